"""Proof files: sealed in the database, read back by who may, gone on their day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kit.db.database import Scope
from kit.scheduler import Scheduler
from services.eligibility.api.proofs import MAX_BYTES
from services.eligibility.application.protect_person import PROTECTION
from tests.services.eligibility.conftest import CITY, OTHER, RULES, SOCIAL_CENTRE, Eligibility, hire_body
from tests.services.eligibility.test_replays import count

PDF = b"%PDF-1.7\n attestation de Zo\xc3\xa9 Exemple"
SCOPES = ("agents:read", "agents:write", "proofs:read", "proofs:write")


def hris(eligibility: Eligibility, *employers: str) -> httpx.AsyncClient:
    return eligibility.service.caller(*SCOPES, employers=list(employers), client="demo-hris")


async def hired(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await client.post("/v1/agents", json=hire_body(**changes), headers={"idempotency-key": str(changes)})
    return str(answer.json()["id"])


async def send(
    client: httpx.AsyncClient, agent: str, content: bytes = PDF, kind: str = "application/pdf", **query: str
) -> httpx.Response:
    params = {"purpose": "DISPENSE", **query}
    return await client.post(
        f"/v1/agents/{agent}/proofs", content=content, headers={"content-type": kind}, params=params
    )


async def test_a_proof_comes_back_as_it_was_sent(eligibility: Eligibility) -> None:
    async with hris(eligibility, CITY) as client:
        agent = await hired(client)
        sent = await send(client, agent)
        listed = (await client.get(f"/v1/agents/{agent}/proofs")).json()["items"]
        read = await client.get(sent.headers["location"])
    assert sent.status_code == 201
    assert listed == [sent.json()]
    assert (listed[0]["size"], listed[0]["purge_on"], listed[0]["employer"]) == (len(PDF), "2031-03-10", CITY)
    assert (read.content, read.headers["content-type"]) == (PDF, "application/pdf")
    assert read.headers["x-content-type-options"] == "nosniff"
    assert read.headers["content-disposition"].startswith("attachment")


async def test_it_is_sealed_and_told_to_nobody(eligibility: Eligibility) -> None:
    async with hris(eligibility, CITY) as client:
        agent = await hired(client)
        await send(client, agent)
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        row = (await tx.execute(text("SELECT * FROM proof_file"))).one()
    assert PDF not in bytes(row.content)
    assert b"Exemple" not in bytes(row.content)
    assert await eligibility.names() == ["agent.hired"]


async def test_sent_again_it_is_kept_once(eligibility: Eligibility) -> None:
    async with hris(eligibility, CITY) as client:
        agent = await hired(client)
        first, again = await send(client, agent), await send(client, agent)
        for_another = await send(client, agent, purpose="INVALIDITY")
    assert (first.status_code, again.status_code, for_another.status_code) == (201, 200, 201)
    assert again.json() == first.json()
    assert await count(eligibility, "proof_file") == 2


async def test_another_employer_sees_nothing_of_it(eligibility: Eligibility) -> None:
    async with hris(eligibility, CITY) as client, hris(eligibility, SOCIAL_CENTRE) as also_employs:
        agent = await hired(client)
        await hired(also_employs, employer=SOCIAL_CENTRE)
        path = (await send(client, agent)).headers["location"]
        assert (await also_employs.get(f"/v1/agents/{agent}/proofs")).json()["items"] == []
        for answer in (await also_employs.get(path), await also_employs.delete(path)):
            assert (answer.status_code, answer.json()["code"]) == (404, "fact_not_found")
        async with hris(eligibility, OTHER) as stranger:
            assert (await send(stranger, agent)).json()["code"] == "agent_not_found"
    assert await count(eligibility, "proof_file") == 1


async def test_reading_and_sending_need_scopes_of_their_own(eligibility: Eligibility) -> None:
    async with hris(eligibility, CITY) as client, eligibility.hris(CITY) as without:
        agent = await hired(client)
        path = (await send(client, agent)).headers["location"]
        answers = [await send(without, agent), await without.get(path), await without.delete(path)]
    assert [answer.json()["code"] for answer in answers] == ["insufficient_scope"] * 3


async def test_it_is_gone_on_its_day(eligibility: Eligibility) -> None:
    clock = eligibility.service.clock
    scheduler = Scheduler(eligibility.database.worker, clock, [PROTECTION.task(RULES, clock)])
    async with hris(eligibility, CITY) as client:
        agent = await hired(client)
        path = (await send(client, agent, purge_on="2026-04-01")).headers["location"]
        await send(client, agent, purpose="OTHER")
        clock.at = datetime(2026, 3, 31, 12, tzinfo=UTC)
        await scheduler.tick()
        assert await count(eligibility, "proof_file") == 2
        clock.at = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # the first of April in Paris
        assert await count(eligibility, "proof_file") == 2
    clock.at += timedelta(hours=6)
    async with hris(eligibility, CITY) as client:
        before = await client.get(path)
        await scheduler.tick()
        after = await client.get(path)
    assert (before.status_code, after.status_code) == (404, 404)
    assert await count(eligibility, "proof_file") == 1


async def test_it_may_be_deleted_before(eligibility: Eligibility) -> None:
    async with hris(eligibility, CITY) as client:
        agent = await hired(client)
        path = (await send(client, agent)).headers["location"]
        assert (await client.delete(path)).status_code == 204
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "query", "refusal"),
    [
        (b"MZ", "application/pdf", {}, (422, "proof_mismatch")),
        (b"", "image/png", {}, (422, "proof_mismatch")),
        (PDF, "image/jpeg", {}, (422, "proof_mismatch")),
        (PDF, "text/html", {}, (415, "unsupported_media_type")),
        (PDF + b"x" * MAX_BYTES, "application/pdf", {}, (413, "too_large")),
        (PDF, "application/pdf", {"purge_on": "2026-03-10"}, (422, "purge_out_of_bounds")),
        (PDF, "application/pdf", {"purge_on": "2031-03-11"}, (422, "purge_out_of_bounds")),
        (PDF, "application/pdf", {"purpose": "FUN"}, (422, "validation")),
        (PDF, "application/pdf", {"employer": OTHER}, (422, "not_employed")),
    ],
)
async def test_what_is_no_proof(
    eligibility: Eligibility, content: bytes, kind: str, query: dict[str, str], refusal: tuple[int, str]
) -> None:
    async with hris(eligibility, CITY) as client:
        agent = await hired(client)
        answer = await send(client, agent, content, kind, **query)
    assert (answer.status_code, answer.json()["code"]) == refusal
    assert await count(eligibility, "proof_file") == 0
