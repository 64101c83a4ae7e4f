"""The audit trail: written before the answer leaves, held together by digests, searchable, never changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import asyncpg
import pytest

from gateway.application.audit import AuditWriter, verify
from gateway.domain.audit import FIRST, Entry, agent_of, is_audited
from kit.db.database import Database, Scope
from kit.http.problem import Problem
from kit.http.subject import MOST
from tests.gateway.conftest import MINE, Door
from tests.gateway.feeding import Producers, read
from tests.gateway.upstream import crowd
from tests.operations import merged_document, operations

NOW = datetime(2026, 6, 30, 8, tzinfo=UTC)
AGENT, OTHER_AGENT = "0190b0c4-0000-7000-8000-000000000001", "0190b0c4-0000-7000-8000-000000000002"


async def _verified(door: Door, noted: str | None = None) -> tuple[int, int | None, str]:
    async with door.database.worker.transaction(Scope.all()) as tx:
        found = await verify(tx, noted)
    return found.checked, found.broken, found.head


async def test_an_access_is_on_record_once_answered(door: Door) -> None:
    headers = await door.bearer() | {"x-acting-employer": MINE, "x-purpose": "Instruction du dossier"}
    assert (await door.http.get(f"/v1/agents/{AGENT}/leaves", headers=headers)).status_code == 200
    row = await door.database.admin.fetchrow("SELECT * FROM audit_entry")
    assert row is not None
    said = (row["client"], row["acting"], row["method"], row["agent"], row["status"], row["purpose"])
    assert said == ("demo-hris", MINE, "GET", AGENT, 200, "Instruction du dossier")
    assert len(row["trace"]) == 32


async def test_what_touches_nobody_is_not_on_record(door: Door) -> None:
    await door.http.get("/v1/organisations", headers=await door.bearer())
    assert await door.database.admin.fetchval("SELECT count(*) FROM audit_entry") == 0


def test_every_operation_that_touches_a_person_is_audited() -> None:
    personal = [op for op in operations(merged_document()) if op.policy and op.policy["personal"]]
    assert personal
    assert [op.name for op in personal if not is_audited(op.path)] == []


def test_whose_file_it_is() -> None:
    assert agent_of(f"/v1/agents/{AGENT}", "") == AGENT
    assert agent_of("/v1/claims", f"agent={AGENT}&limit=2") == AGENT
    assert agent_of("/v1/agents", "", f"/v1/agents/{AGENT}") == AGENT
    assert agent_of("/v1/agents", "limit=1") is None


async def test_a_service_says_whose_file_it_was_and_nobody_outside_is_told(door: Door) -> None:
    answer = await door.http.get(f"/v1/claims?about={AGENT}", headers=await door.bearer())
    assert "relais-agent" not in answer.headers
    await door.http.get(f"/v1/claims?agent={OTHER_AGENT}", headers=await door.bearer())
    await door.http.get(f"/v1/claims?about={AGENT},{OTHER_AGENT}", headers=await door.bearer())
    found = await door.database.admin.fetch("SELECT agent, agents::text[] FROM audit_entry ORDER BY position")
    assert [tuple(one) for one in found] == [(AGENT, None), (OTHER_AGENT, None), (None, [AGENT, OTHER_AGENT])]


async def test_many_at_once_through_two_writers_make_one_chain(door: Door) -> None:
    second = AuditWriter(door.database.worker)
    await second.start()
    headers = await door.bearer()
    first = door.gateway.state.audit
    try:

        async def ask(number: int) -> int:
            door.gateway.state.audit = first if number % 2 else second
            return (await door.http.get(f"/v1/agents?n={number}", headers=headers)).status_code

        assert set(await asyncio.gather(*(ask(number) for number in range(60)))) == {200}
    finally:
        door.gateway.state.audit = first
        await second.stop()
    checked, broken, head = await _verified(door)
    assert (checked, broken) == (60, None)
    assert (await _verified(door, head))[1] is None


@pytest.mark.parametrize(
    "tampering",
    ["UPDATE audit_entry SET client = 'x' WHERE position = 2", "DELETE FROM audit_entry WHERE position = 2"],
)
async def test_tampering_is_refused_and_otherwise_found(door: Door, tampering: str) -> None:
    headers = await door.bearer()
    for _ in range(3):
        await door.http.get("/v1/claims", headers=headers)
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await door.database.admin.execute(tampering)
    await door.database.admin.execute(
        f"SET session_replication_role = replica; {tampering}; RESET session_replication_role"
    )
    assert (await _verified(door))[1] == 2


async def test_a_trail_cut_at_its_end_lacks_the_head_noted(door: Door) -> None:
    headers = await door.bearer()
    for _ in range(3):
        await door.http.get("/v1/claims", headers=headers)
    head = (await _verified(door))[2]
    await door.database.admin.execute(
        "SET session_replication_role = replica; DELETE FROM audit_entry WHERE position = 3;"
        "RESET session_replication_role"
    )
    assert (await _verified(door))[1] is None
    assert (await _verified(door, head))[1] == 3


async def test_nothing_is_shown_that_cannot_be_recorded(door: Door) -> None:
    url = door.database.api.url.set(port=1)
    broken = Database(url.render_as_string(hide_password=False), pool_size=1)
    writer, before = AuditWriter(broken), door.gateway.state.audit
    await writer.start()
    door.gateway.state.audit = writer
    try:
        answer = await door.http.get(f"/v1/agents/{AGENT}", headers=await door.bearer())
    finally:
        door.gateway.state.audit = before
        await writer.stop()
        await broken.close()
    assert (answer.status_code, answer.json()["code"]) == (503, "audit_unavailable")
    assert AGENT not in answer.text


async def test_the_trail_is_searched_by_those_who_answer_for_all(door: Door) -> None:
    for client, path in (("demo-hris", f"/v1/agents/{AGENT}"), ("other-hris", "/v1/claims")):
        await door.http.get(path, headers=await door.bearer(client))
    staff = await door.bearer("staff")
    found = (await door.http.get("/v1/audit", params={"agent": AGENT}, headers=staff)).json()
    assert [one["client"] for one in found["items"]] == ["demo-hris"]
    page = (await door.http.get("/v1/audit", params={"limit": 1}, headers=staff)).json()
    assert page["next"] == 1
    odd = await door.http.get("/v1/audit?client=%00", headers=staff)
    assert (odd.status_code, odd.json()["errors"][0]["pointer"]) == (422, "/query/client")
    refused = await door.http.get("/v1/audit", headers=await door.bearer("demo-hris"))
    assert (refused.status_code, refused.json()["code"]) == (403, "staff_only")


async def test_who_was_told_of_an_agent_is_on_record_before_the_page_leaves(door: Door) -> None:
    producers = Producers(door.database.worker)
    told = [producers.event("claims.claim.opened", agent, {"agent": agent}) for agent in (AGENT, OTHER_AGENT, AGENT)]
    await producers.deliver(producers.statement("2026-01"), *told)
    page = await read(door, "demo-hris", limit=1)
    assert await door.database.admin.fetchval("SELECT count(*) FROM audit_entry") == 0, "it told of nobody"
    page = await read(door, "demo-hris", after=page["next"])
    assert (await read(door, "demo-hris", after=page["next"]))["events"] == []
    staff = await door.bearer("staff")
    await door.http.get(f"/v1/agents/{AGENT}", headers=staff)
    for agent, paths in ((OTHER_AGENT, ["/v1/events"]), (AGENT, ["/v1/events", f"/v1/agents/{AGENT}"])):
        found = (await door.http.get("/v1/audit", params={"agent": agent}, headers=staff)).json()["items"]
        assert [one["path"] for one in found] == paths
        assert (found[0]["client"], found[0]["agents"], found[0]["agent"]) == ("demo-hris", 2, None)
    assert (await _verified(door))[:2] == (2, None)
    await door.database.admin.execute(
        "SET session_replication_role = replica; UPDATE audit_entry SET agents = agents[:1] WHERE position = 1;"
        "RESET session_replication_role"
    )
    assert (await _verified(door))[1] == 1, "whom it told of is in the chain"


def test_an_entry_that_names_no_agents_has_the_digest_it_always_had() -> None:
    entry = Entry(NOW, "demo-hris", None, "GET", "/v1/agents", "", None, 200, None, None)
    assert entry.digest(1, FIRST) == "f447b536a1a0f5b65ea2b52790477ec35dbffb323c5f1099224982641cda403d"


async def test_an_entry_that_cannot_be_written_stops_its_answer_and_not_the_next(door: Door) -> None:
    writer: AuditWriter = door.gateway.state.audit
    entry = Entry(NOW, "demo-hris", None, "GET", "/v1/agents", "", None, 200, None, None)
    with pytest.raises(Problem) as refused:
        await writer.record(replace(entry, query=cast("str", object())))
    assert (refused.value.status, refused.value.code) == (503, "audit_unavailable")
    await writer.record(entry)
    assert await door.database.admin.fetchval("SELECT count(*) FROM audit_entry") == 1


async def test_whom_a_file_was_about_is_on_record_once_its_lines_are_applied(door: Door) -> None:
    producers = Producers(door.database.worker)
    said = {"job": "job-1", "file": "pay", "client": "demo-hris"}
    for agents in ([AGENT, OTHER_AGENT], [OTHER_AGENT]):
        event = producers.event("contributions.import.applied", "job-1", said | {"agents": agents})
        event = event.model_copy(update={"topic": "psc.contributions.import.v1"})
        await producers.deliver(event)
        await producers.deliver(event)  # as after a crash: it has its effect once
    asked = f"/v1/audit?agent={OTHER_AGENT}&changes=true"
    found = (await door.http.get(asked, headers=await door.bearer("staff"))).json()["items"]
    assert [(one["client"], one["acting"], one["method"], one["path"]) for one in found] == [
        ("demo-hris", MINE, "IMPORT", "/v1/imports/pay/job-1")
    ] * 2
    assert [(one["agent"], one["agents"], one["trace"]) for one in found] == [
        (None, 2, event.correlationid),
        (OTHER_AGENT, 0, event.correlationid),
    ]
    assert (await _verified(door))[:2] == (2, None)


async def test_everybody_in_a_large_file_is_on_record(door: Door) -> None:
    answer = await door.http.get(f"/v1/statements/x/file?crowd={MOST}", headers=await door.bearer())
    assert (answer.status_code, "relais-agent" in answer.headers) == (200, False)
    last = crowd(MOST)[-1]
    found = (await door.http.get(f"/v1/audit?agent={last}", headers=await door.bearer("staff"))).json()["items"]
    assert [(one["path"], one["agents"]) for one in found] == [("/v1/statements/x/file", MOST)]
