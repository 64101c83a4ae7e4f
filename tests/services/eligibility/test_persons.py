"""The rights of a person over the file: restriction, erasure, purge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.db.data_subjects import PersonErased
from kit.db.database import Scope
from kit.scheduler import Scheduler
from services.eligibility.application.protect_person import PROTECTION
from tests.services.eligibility.conftest import CITY, RING, RULES, Eligibility, hire_body
from tests.services.eligibility.test_openings import enter
from tests.services.eligibility.test_proofs import PDF, hired, send

HRIS = ("agents:read", "agents:write", "proofs:read", "proofs:write")
OFFICER = ("persons:read", "persons:write")
LONG_AFTER = datetime(2031, 7, 1, 9, tzinfo=UTC)


def hris(eligibility: Eligibility) -> httpx.AsyncClient:
    return eligibility.service.caller(*HRIS, employers=[CITY], client="demo-hris")


def officer(eligibility: Eligibility, *more: str) -> httpx.AsyncClient:
    return eligibility.service.caller(*HRIS, *OFFICER, *more, client="officer")


async def codes(client: httpx.AsyncClient, agent: str, proof: str) -> list[tuple[int, str | None]]:
    """Status and code of each reading or change of who the agent is."""
    etag = (await client.get(f"/v1/agents/{agent}")).headers.get("etag", '"1"')
    change: dict[str, Any] = {"json": {"first_name": "Zoé"}, "headers": {"if-match": etag}}
    answers = [
        await client.get(f"/v1/agents/{agent}"),
        await client.get(f"/v1/agents/{agent}", params={"known_at": "2026-03-10T09:00:00Z"}),
        await client.patch(f"/v1/agents/{agent}", **change),
        await client.get(f"/v1/agents/{agent}/proofs"),
        await client.get(proof),
    ]
    return [(one.status_code, one.json()["code"] if one.is_error else None) for one in answers]


async def leave(client: httpx.AsyncClient, agent: str, start: str = "2026-03-01") -> httpx.Response:
    body = {"kind": "CMO", "start": start, "end": start, "waiting_days": 0}
    return await client.post(f"/v1/agents/{agent}/leaves", json=body)


async def rows(eligibility: Eligibility, query: str) -> list[Any]:
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        return list((await tx.execute(text(query))).all())


async def test_a_restricted_file_is_kept_and_shown_to_nobody_else(eligibility: Eligibility) -> None:
    async with hris(eligibility) as client, officer(eligibility) as staff:
        agent = await hired(client)
        proof = (await send(client, agent)).headers["location"]
        path, body = f"/v1/agents/{agent}/restriction", {"asked_by": "PERSON", "reason": "Exactitude contestée"}
        assert (await client.put(path, json={"restricted": True, **body})).json()["code"] == "insufficient_scope"
        for _ in range(2):
            said = (await staff.put(path, json={"restricted": True, **body})).json()
        assert (said["restricted_at"], len(said["history"])) == ("2026-03-10T09:00:00Z", 1)
        assert said["history"][0] | {"recorded_at": ""} == {"restricted": True, "recorded_by": "officer"} | body | {
            "recorded_at": ""
        }
        assert await codes(client, agent, proof) == [(423, "person_restricted")] * 5
        assert await codes(staff, agent, proof) == [(200, None)] * 5
        (row,) = (await client.get("/v1/agents")).json()["items"]
        assert (row["id"], row["last_name"], row["first_name"], row["restricted"]) == (agent, "", "", True)
        (row,) = (await staff.get("/v1/agents", params={"name": "exemple"})).json()["items"]
        assert (row["last_name"], row["restricted"]) == ("Exemple", True)
        assert (await client.get("/v1/agents", params={"name": "exemple"})).json()["items"] == []
        assert (await leave(client, agent)).status_code == 201, "what the law has decided of goes on"
        said = (await staff.put(path, json={"restricted": False, **body})).json()
        assert (said["restricted_at"], [one["restricted"] for one in said["history"]]) == (None, [True, False])
        assert await codes(client, agent, proof) == [(200, None)] * 5
    assert (await eligibility.names())[1::2] == ["agent.restricted", "agent.unrestricted"]


async def test_erasing_waits_for_the_retention_and_for_a_fresh_preview(eligibility: Eligibility) -> None:
    async with hris(eligibility) as client, officer(eligibility) as staff:
        agent = await hired(client)
        place: dict[str, Any] = {"params": {"agent": agent}}
        before = (await staff.get("/v1/agents/erasures", **place)).json()
        assert [(one["what"], one["until"], one["rule"]) for one in before["holds"]] == [("employment", None, None)]
        body = {"preview": before["preview"], "reason": "RGPD art. 17"}
        refused = await staff.post("/v1/agents/erasures", json=body, **place)
        assert (refused.status_code, refused.json()["code"]) == (409, "retention_runs")
        forced = await staff.post("/v1/agents/erasures", json={**body, "override": True}, **place)
        assert (forced.status_code, forced.json()["code"]) == (403, "insufficient_scope")
        await send(client, agent)
        stale = await staff.post("/v1/agents/erasures", json=body, **place)
        assert (stale.status_code, stale.json()["code"]) == (409, "erasure_preview_stale")
        unknown = await staff.get("/v1/agents/erasures", params={"agent": "01a21eae-7852-771d-8ec6-afb7a3d34581"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "agent_not_found")
        for one in (await client.get("/v1/agents/erasures", **place), await client.get("/v1/agents/purges")):
            assert one.json()["code"] == "insufficient_scope"
    async with officer(eligibility, "persons:override") as head:
        preview = (await head.get("/v1/agents/erasures", **place)).json()["preview"]
        done = await head.post("/v1/agents/erasures", json={**body, "preview": preview, "override": True}, **place)
    assert (done.status_code, done.json()["overridden"], done.json()["reason"]) == (200, True, "RGPD art. 17")


async def test_an_erased_person_is_found_and_read_by_nobody_any_more(eligibility: Eligibility) -> None:
    async with hris(eligibility) as client:
        agent = await hired(client)
        await enter(client, agent)
        proof = (await send(client, agent)).headers["location"]
        etag = (await client.get(f"/v1/agents/{agent}")).headers["etag"]
        renamed: dict[str, Any] = {"json": {"last_name": "Autrefois"}, "headers": {"if-match": etag}}
        assert (await client.patch(f"/v1/agents/{agent}", **renamed)).status_code == 200
        leaving = {"date": "2026-03-31", "reason": "RESIGNATION"}
        assert (await client.post(f"/v1/agents/{agent}/departures", json=leaving)).status_code == 201
    sealed = await rows(eligibility, "SELECT nir, names FROM identity")
    decisions = await rows(eligibility, "SELECT id, result FROM decision ORDER BY id")
    eligibility.service.clock.at = LONG_AFTER
    place: dict[str, Any] = {"params": {"agent": agent}}
    async with hris(eligibility) as client, officer(eligibility) as staff:
        preview = (await staff.get("/v1/agents/erasures", **place)).json()
        assert preview["holds"] == []
        assert {one["what"] for one in preview["holdings"] if one["erased"]} == {
            "identity",
            "nir_index",
            "proofs",
            "causes",
        }
        body = {"preview": preview["preview"], "reason": "RGPD art. 17"}
        first = await staff.post("/v1/agents/erasures", json=body, **place)
        again = await staff.post("/v1/agents/erasures", json={**body, "preview": "another"}, **place)
        assert (first.status_code, first.json()["erased_at"]) == (200, "2031-07-01T09:00:00Z")
        assert first.json() == again.json() == (await staff.get("/v1/agents/erasures", **place)).json()
        for caller in (client, staff):
            assert await codes(caller, agent, proof) == [(410, "person_erased")] * 5
            assert (await caller.get("/v1/agents")).json()["items"] == []
            assert (await caller.get(f"/v1/agents/{agent}/affiliation")).json()["code"] == "person_erased"
        assert (await leave(client, agent)).json()["code"] == "person_erased"
        assert (await staff.put(f"/v1/agents/{agent}/restriction", json=RESTRICT)).json()["code"] == "person_erased"
        anew = await client.post("/v1/agents", json=hire_body(matricule="M2"), headers={"idempotency-key": "anew"})
        assert (anew.status_code, anew.json()["id"] != agent) == (201, True), "the same NIR is somebody unknown"
    assert [event["data"] for event in await eligibility.events("agent.erased")] == [{"agent": agent, "employer": CITY}]
    mine = f"agent = '{agent}'"
    assert await rows(
        eligibility, f"SELECT nir, names, name_index, birth_date::text FROM identity WHERE agent = '{agent}'"
    ) == [(b"", b"", None, "1975-01-01")]
    for table in ("identity_past", "person", "proof_file", "leave_cause"):
        assert await rows(eligibility, f"SELECT 1 FROM {table} WHERE {mine}") == [], table
    assert await rows(eligibility, f"SELECT hire_mark FROM agent_employer WHERE {mine}") == [("",)]
    assert (
        await rows(
            eligibility, "SELECT 1 FROM idempotency_key WHERE position('Autrefois' IN convert_from(body, 'UTF8')) > 0"
        )
        == []
    )
    assert await rows(eligibility, f"SELECT count(*) > 0 FROM leave_entry WHERE {mine}") == [(True,)]
    assert await rows(eligibility, "SELECT id, result FROM decision ORDER BY id") == decisions
    await _comes_back_unreadable(eligibility, agent, sealed[0])


RESTRICT = {"restricted": True, "asked_by": "PERSON", "reason": "Trop tard"}


async def _comes_back_unreadable(eligibility: Eligibility, agent: str, sealed: Any) -> None:
    """What an old archive brings back opens no more, and is cleared at night."""
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        back = {"agent": agent, "nir": sealed.nir, "names": sealed.names}
        await tx.execute(
            text("UPDATE identity SET nir = :nir, names = :names, name_index = 'x' WHERE agent = :agent"), back
        )
        await tx.execute(text("INSERT INTO person VALUES ('restored', :agent)"), back)
        with pytest.raises(PersonErased):
            await data_subjects.key(
                tx, (await tx.execute(text("SELECT CAST(:agent AS uuid)"), back)).scalar_one(), KeyRing.parse(RING)
            )
    async with hris(eligibility) as client:
        assert (await client.get(f"/v1/agents/{agent}")).json()["code"] == "person_erased"
        assert [one["matricule"] for one in (await client.get("/v1/agents")).json()["items"]] == ["M2"]
    clock = eligibility.service.clock
    await Scheduler(eligibility.database.worker, clock, [PROTECTION.task(RULES, clock)]).tick()
    assert await rows(eligibility, f"SELECT nir, name_index FROM identity WHERE agent = '{agent}'") == [(b"", None)]
    assert await rows(eligibility, "SELECT 1 FROM person WHERE nir_index = 'restored'") == []


async def test_a_purge_says_by_which_rule_before_it_deletes(eligibility: Eligibility) -> None:
    async with hris(eligibility) as client, officer(eligibility) as staff:
        agent = await hired(client)
        await send(client, agent, purge_on="2026-04-01")
        await send(client, agent, PDF + b" again")
        eligibility.service.clock.at = datetime(2026, 4, 1, 9, tzinfo=UTC)
    async with officer(eligibility) as staff:
        (due,) = (await staff.get("/v1/agents/purges")).json()["items"]
        (done,) = (await staff.post("/v1/agents/purges")).json()["items"]
        (after,) = (await staff.get("/v1/agents/purges")).json()["items"]
    assert (due["what"], due["rule"], due["before"], due["confidence"]) == (
        "proofs",
        "retention.proof_years",
        "2026-04-01",
        "K",
    )
    assert (due["count"], done["count"], after["count"]) == (1, 1, 0)
    assert len(await rows(eligibility, "SELECT 1 FROM proof_file")) == 1
