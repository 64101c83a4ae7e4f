"""One person, several employers: one agent, hours summed, and each employer sees its own rows only."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from kit.db.database import Scope
from services.eligibility.adapters.tables import metadata
from tests.services.eligibility.conftest import CITY, OTHER, SOCIAL_CENTRE, Eligibility, hire_body

HALF = {"weekly_hours": "14.00"}


async def both(eligibility: Eligibility) -> str:
    """The same person hired half-time by the city, then by its social centre."""
    ids = set()
    for employer, start in ((CITY, "2025-02-01"), (SOCIAL_CENTRE, "2025-06-01")):
        async with eligibility.hris(employer) as hris:
            body = hire_body(employer=employer, employment=HALF | {"start": start, "service_start": None})
            answer = await hris.post("/v1/agents", json=body, headers={"idempotency-key": employer})
            assert answer.status_code == 201, answer.text
            assert {e["employer"] for e in answer.json()["employments"]} == {employer}
            ids.add(answer.json()["id"])
    (agent,) = ids
    return str(agent)


async def test_the_second_employer_brings_both_into_the_cnracl(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    agent = await both(eligibility)
    await eligibility.decide()
    hired = {e["employer"]: e["data"]["employment"]["regime"] for e in await eligibility.events("agent.hired")}
    assert set(hired.values()) == {"IRCANTEC_FONCTIONNAIRE"}
    changed = [
        (e["employer"], e["data"]["from"], e["data"]["employment"]["regime"])
        for e in await eligibility.events("employment.changed")
    ]
    assert sorted(changed) == [(CITY, "2025-06-01", "CNRACL"), (SOCIAL_CENTRE, "2025-06-01", "CNRACL")]
    async with eligibility.hris(CITY) as hris:
        early = await hris.post(
            f"/v1/agents/{agent}/options", json={"guarantee": "RETIREMENT_LOSS", "from": "2025-03-01"}
        )
        later = await hris.post(
            f"/v1/agents/{agent}/options", json={"guarantee": "RETIREMENT_LOSS", "from": "2025-06-01"}
        )
    assert (early.status_code, later.status_code) == (422, 201)


async def test_each_employer_has_its_own_cover(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    agent = await both(eligibility)
    await eligibility.decide()
    async with eligibility.hris(CITY) as hris:
        cover = (await hris.get(f"/v1/agents/{agent}/affiliation")).json()
    assert (cover["employer"], cover["periods"][0]["start"]) == (CITY, "2025-02-01")
    async with eligibility.hris(CITY, SOCIAL_CENTRE) as shared:
        vague = await shared.get(f"/v1/agents/{agent}/affiliation")
        assert (vague.status_code, vague.json()["code"]) == (422, "employer_required")
        exact = (await shared.get(f"/v1/agents/{agent}/affiliation", params={"employer": SOCIAL_CENTRE})).json()
        assert exact["periods"][0]["start"] == "2025-06-01"
        leave = {"kind": "CMO", "start": "2026-02-01"}
        unsaid = await shared.post(f"/v1/agents/{agent}/leaves", json=leave)
        assert (unsaid.status_code, unsaid.json()["code"]) == (422, "employer_required")
        for employer in (CITY, SOCIAL_CENTRE):
            said = await shared.post(f"/v1/agents/{agent}/leaves", json=leave | {"employer": employer})
            assert said.status_code == 201


async def test_what_concerns_one_employer_is_masked_for_the_other(eligibility: Eligibility) -> None:
    agent = await both(eligibility)
    async with eligibility.hris(SOCIAL_CENTRE) as hris:
        await hris.post(f"/v1/agents/{agent}/leaves", json={"kind": "CLM", "start": "2026-02-01"})
        await hris.post(f"/v1/agents/{agent}/options", json={"guarantee": "DEATH", "from": "2026-01-01"})
    async with eligibility.hris(CITY) as hris:
        seen = (await hris.get(f"/v1/agents/{agent}")).text
        listed = (await hris.get("/v1/agents")).json()["items"]
    assert SOCIAL_CENTRE not in seen
    assert "CLM" not in seen
    assert [(row["id"], row["employer"]) for row in listed] == [(agent, CITY)]
    async with eligibility.hris(OTHER) as stranger:
        assert (await stranger.get(f"/v1/agents/{agent}")).status_code == 404
        assert (await stranger.get("/v1/agents", params={"employer": CITY})).json()["items"] == []
        leave = await stranger.post(f"/v1/agents/{agent}/leaves", json={"kind": "CMO", "start": "2026-02-01"})
        assert leave.status_code == 404


async def test_another_date_of_birth_under_the_same_nir(eligibility: Eligibility) -> None:
    await both(eligibility)
    async with eligibility.hris(OTHER) as hris:
        body = hire_body(employer=OTHER, birth_date="1976-03-01")
        refused = await hris.post("/v1/agents", json=body, headers={"idempotency-key": "x"})
        assert (refused.status_code, refused.json()["code"]) == (422, "identity_mismatch")
        assert (await hris.get("/v1/agents")).json()["items"] == []


async def test_another_name_under_the_same_nir_is_said(eligibility: Eligibility) -> None:
    """The same person, whose name may have changed: hired under the name the employer says, with a word about it."""
    await both(eligibility)
    async with eligibility.hris(OTHER) as hris:
        body = hire_body(employer=OTHER, last_name="AUTRE")
        hired = await hris.post("/v1/agents", json=body, headers={"idempotency-key": "x"})
        items = [hire_body(employer=OTHER, matricule="M2", last_name="Exemple"), {**body, "matricule": "M3"}]
        bulk = (await hris.post("/v1/agents:bulk", json={"items": items})).json()["items"]
    said = hired.json()
    assert (hired.status_code, said["last_name"]) == (201, "AUTRE")
    assert [(w["code"], w["pointer"]) for w in said["warnings"]] == [("known_by_another_name", "/last_name")]
    assert [item["status"] for item in bulk] == [201, 201]
    assert [[w["pointer"] for w in item["warnings"]] for item in bulk] == [["/items/0/last_name"], []]
    assert body["nir"] not in hired.text
    assert "Exemple" not in hired.text


@pytest.mark.parametrize("scope", [Scope.none(), Scope.of(frozenset({OTHER}))])
async def test_every_tenant_table_is_empty_for_a_stranger(eligibility: Eligibility, scope: Scope) -> None:
    await eligibility.publish_accord()
    agent = await both(eligibility)
    async with eligibility.hris(CITY) as hris:
        await hris.post(f"/v1/agents/{agent}/leaves", json={"kind": "CMO", "start": "2026-02-01"})
        await hris.post(f"/v1/agents/{agent}/options", json={"guarantee": "DEATH", "from": "2026-01-01"})
        recognition: dict[str, Any] = {"from": "2026-01-01", "cnracl_rate": "0.5", "pension_net": "1.00"}
        await hris.post(f"/v1/agents/{agent}/invalidities", json=recognition)
        asked = {"requested_on": "2025-02-01", "individual_cover": True}
        await hris.post(f"/v1/agents/{agent}/dispenses", json=asked)
        left = await hris.post(f"/v1/agents/{agent}/departures", json={"date": "2026-12-31", "reason": "RETIREMENT"})
        etag = {"if-match": left.headers["etag"]}
        await hris.patch(f"/v1/agents/{agent}", json={"last_name": "Autre"}, headers=etag)
    await eligibility.decide()
    # Causes of leaves are read by one role only, which is not the one that answers.
    hidden = {"scope_employer", "leave_cause"}
    tables = [t.name for t in metadata.sorted_tables if "employer" in t.c and t.name not in hidden]
    filled = {"agent_employer", "employment", "leave_entry", "invalidity", "option_election", "affiliation", "decision"}
    filled |= {"dispense", "departure", "identity", "identity_past"}
    async with eligibility.database.worker.transaction(Scope.none()) as tx:
        for table in filled:
            assert (await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() > 0
    async with eligibility.database.api.transaction(scope) as tx:
        for table in [*tables, "agent", "identity_past"]:
            assert (await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0, table


async def test_names_and_nir_are_not_readable_in_the_tables(eligibility: Eligibility) -> None:
    await both(eligibility)
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        for table in metadata.sorted_tables:
            rows = (await tx.execute(text(f"SELECT CAST(t AS text) FROM {table.name} t"))).scalars()
            content = " ".join(rows)
            for secret in ("275038500100158", "Exemple", "Zoé"):
                in_clear = secret in content or secret.encode().hex() in content
                assert not in_clear or table.name == "idempotency_key", (table.name, secret)
