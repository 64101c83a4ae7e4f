"""Who sees which event: an employer its own, an insurer those of its lots on their date, nobody anything else."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import pytest
from sqlalchemy import text

from gateway.adapters.partner_events import forget
from gateway.application.distribute import agreement_published
from gateway.events import subscriptions
from kit.db.database import Scope
from kit.ids import new_id
from services.agreements.events import PUBLISHES
from tests.gateway.conftest import Door
from tests.gateway.feeding import MINE, OTHER, Producers, ids, insurer, named, read


@pytest.fixture
def producers(door: Door) -> Producers:
    return Producers(door.database.worker)


async def test_each_sees_its_own_and_nothing_else(door: Door, producers: Producers) -> None:
    mine, other = producers.statement("2026-01"), producers.statement("2026-01", OTHER)
    await producers.deliver(
        producers.agreement("accord-a"),
        producers.agreement("accord-b", insurers=[insurer("demo-b")], employers=[OTHER]),
        mine,
        other,
    )
    assert await ids(door, "demo-hris") == await ids(door, "insurer-a") == named(mine)
    assert await ids(door, "other-hris") == await ids(door, "insurer-b") == named(other)
    assert await ids(door, "two-employers") == await ids(door, "staff") == named(mine, other)


async def test_acting_for_one_employer_narrows_the_feed(door: Door, producers: Producers) -> None:
    mine, other = producers.statement("2026-01"), producers.statement("2026-01", OTHER)
    await producers.deliver(mine, other)
    for client in ("two-employers", "staff"):
        headers = await door.bearer(client) | {"x-acting-employer": OTHER}
        content = (await door.http.get("/v1/events", headers=headers)).json()
        assert [event["id"] for event in content["events"]] == named(other)
    for client in ("insurer-a", "demo-hris"):
        headers = await door.bearer(client) | {"x-acting-employer": OTHER}
        assert (await door.http.get("/v1/events", headers=headers)).status_code == 403


async def test_no_token_no_scope_no_feed(door: Door) -> None:
    assert (await door.http.get("/v1/events")).status_code == 401
    answer = await door.http.get("/v1/events", headers=await door.bearer("reader"))
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


async def test_an_insurer_is_told_certain_types_and_certain_fields_only(door: Door, producers: Producers) -> None:
    agent = str(new_id())
    leave = {"agent": agent, "kind": "CLD", "start": "2026-01-05", "end": None, "entries": [{"kind": "CLD"}]}
    started = {"agent": agent, "agreement": "accord", "from": "2026-01-01", "to": None, "reasons": [{"detail": "x"}]}
    claim = {"agent": agent, "agreement": "accord", "claim": "c", "leave": "l", "from": "2026-04-05"}
    await producers.deliver(
        producers.agreement(),
        producers.event(
            "eligibility.agent.hired", agent, {"agent": agent, "matricule": "M1", "birth_date": "1980-01-01"}
        ),
        producers.event("eligibility.affiliation.started", agent, started | {"timeline": [{"outcome": "AFFILIATED"}]}),
        producers.event("eligibility.sick-leave.started", agent, leave),
        producers.event("eligibility.invalidity.recognised", agent, {"agent": agent, "from": "2026-05-01"}),
        producers.event("claims.half-pay.foreseen", agent, {"agent": agent, "on": "2026-04-05"}),
        producers.event("claims.claim.opened", agent, claim),
    )
    seen = (await read(door, "insurer-a"))["events"]
    assert [event["type"].removeprefix("fr.psc.") for event in seen] == [
        "eligibility.affiliation.started.v1",
        "claims.claim.opened.v1",
    ]
    assert seen[0]["data"] == {
        "agent": agent,
        "employer": MINE,
        "agreement": "accord",
        "from": "2026-01-01",
        "to": None,
    }
    assert seen[1]["data"].keys() == {"agent", "employer", "agreement", "claim", "from"}
    assert seen[1]["insurer"] == "demo-a"
    assert seen[1]["correlationid"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    for hidden in ("CLD", "M1", "1980", "reasons", "timeline", "causationid"):
        assert hidden not in json.dumps(seen)
    assert len((await read(door, "demo-hris"))["events"]) == 6


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_any_order_of_accord_and_facts_gives_the_same_feed(
    door: Door, producers: Producers, order: tuple[int, ...]
) -> None:
    """Two versions of the accord, in their order for their key, among two facts of different producers."""
    fact = {"agent": "a", "agreement": "accord", "from": "2025-06-01", "to": None}
    facts = [producers.statement("2025-05"), producers.event("eligibility.affiliation.started", "a", fact)]
    accords = [
        producers.agreement(insurers=[insurer("demo-b")]),
        producers.agreement(insurers=[insurer("demo-a"), insurer("demo-b", "2030-01-01")]),
    ]
    waiting = iter(accords)
    await producers.deliver(*(facts[place] if place < 2 else next(waiting) for place in order))
    assert sorted(await ids(door, "insurer-a")) == sorted(named(*facts))
    # The first version named another insurer: it was told what came before the second, and that is not taken back.
    second = max(order.index(2), order.index(3))
    assert sorted(await ids(door, "insurer-b")) == sorted(named(*(facts[n] for n in (0, 1) if order.index(n) < second)))


async def test_an_accord_that_comes_late_is_given_the_facts_before_it_once(door: Door, producers: Producers) -> None:
    facts = [producers.statement(f"2025-{month:02d}") for month in range(1, 13)]
    await producers.deliver(*facts)
    assert await ids(door, "insurer-a") == []
    accord = producers.agreement()
    await producers.deliver(accord, accord)
    assert await ids(door, "insurer-a") == named(*facts)
    again = producers.agreement()
    await producers.deliver(again)
    assert await ids(door, "insurer-a") == named(*facts)
    assert await ids(door, "insurer-b") == []


async def test_a_fact_is_its_insurer_s_of_the_day(door: Door, producers: Producers) -> None:
    accord = producers.agreement(
        insurers=[insurer("demo-a", "2025-01-01", "2025-12-31"), insurer("demo-b", "2026-01-01")]
    )
    before, after = producers.statement("2025-12"), producers.statement("2026-01")
    early = producers.statement("2024-12")
    await producers.deliver(before, accord, after, early)
    assert await ids(door, "insurer-a") == named(before)
    assert await ids(door, "insurer-b") == named(after)


async def test_accords_read_again_give_a_former_insurer_nothing_more(door: Door, producers: Producers) -> None:
    """Their first version knew of no end, and what came after it is there by now."""
    first = producers.agreement()
    before, after = producers.statement("2025-12"), producers.statement("2026-01")
    ended = producers.agreement(
        insurers=[insurer("demo-a", "2025-01-01", "2025-12-31"), insurer("demo-b", "2026-01-01")]
    )
    await producers.deliver(first, before, ended, after)
    await producers.build_again(first, ended)
    assert await ids(door, "insurer-a") == named(before)
    assert await ids(door, "insurer-b") == named(after)
    later = producers.statement("2026-02")
    await producers.deliver(later)
    assert await ids(door, "insurer-b") == named(after, later), "the accord binds as before"


async def test_what_becomes_of_a_claim_is_for_the_insurer_it_was_opened_with(door: Door, producers: Producers) -> None:
    accord = producers.agreement(
        insurers=[insurer("demo-a", "2025-01-01", "2025-12-31"), insurer("demo-b", "2026-01-01")]
    )
    opened = producers.event("claims.claim.opened", "a", {"claim": "c", "agreement": "accord", "from": "2025-11-01"})
    month = {"claim": "c", "agreement": "accord", "month": "2026-02", "benefit": "1.00"}
    after = producers.event("claims.benefit.decided", "a", month)
    closed = producers.event("claims.claim.closed", "a", {"claim": "c", "reason": "x"})
    await producers.deliver(accord, opened, after, closed)
    assert await ids(door, "insurer-a") == named(opened, after, closed)
    assert await ids(door, "insurer-b") == []


async def test_a_fact_that_names_its_accord_or_insurer_stays_with_it(door: Door, producers: Producers) -> None:
    named_a = producers.statement("2026-01", agreement="one")
    named_b = producers.statement("2026-01", insurer="demo-b")
    stranger = producers.statement("2026-01", agreement="one", insurer="demo-c")
    unclear = producers.statement("2026-02")
    await producers.deliver(
        producers.agreement("one", insurers=[insurer("demo-a")]),
        producers.agreement("two", insurers=[insurer("demo-b")]),
        named_a,
        named_b,
        stranger,
        unclear,
    )
    assert await ids(door, "insurer-a") == named(named_a)
    assert await ids(door, "insurer-b") == []
    assert await ids(door, "demo-hris") == named(named_a, named_b, stranger, unclear)


async def test_nothing_is_lost_when_accord_and_facts_come_at_the_same_time(door: Door, producers: Producers) -> None:
    statements = [producers.statement("2026-01", agreement="accord") for _ in range(20)]
    starts = [
        producers.event("eligibility.affiliation.started", f"agent-{n}", {"agreement": "accord", "from": "2026-01-01"})
        for n in range(20)
    ]
    claims = [
        producers.event(
            "claims.claim.opened", f"agent-{n}", {"agreement": "accord", "claim": f"c{n}", "from": "2026-01-01"}
        )
        for n in range(20)
    ]
    accords = [producers.agreement() for _ in range(3)]
    seen: list[str] = []
    done = asyncio.Event()

    async def follow() -> None:
        cursor: dict[str, Any] = {}
        while True:
            last = done.is_set()
            content = await read(door, "insurer-a", wait=0 if last else 0.2, **cursor)
            seen.extend(event["id"] for event in content["events"])
            cursor = {"after": content["next"]}
            if last and not content["events"]:
                return

    follower = asyncio.create_task(follow())
    await asyncio.gather(*(producers.deliver(*one) for one in (statements, starts, claims, accords)))
    done.set()
    await follower
    assert sorted(seen) == sorted(named(*statements, *starts, *claims))
    assert len(set(seen)) == 60


async def test_a_long_poll_is_woken_by_the_next_event(door: Door, producers: Producers) -> None:
    await producers.deliver(producers.agreement())
    start = (await read(door, "insurer-a"))["next"]
    poll = asyncio.create_task(read(door, "insurer-a", after=start, wait=20))
    for_another = producers.statement("2026-01", OTHER)
    statement = producers.statement("2026-01")
    await producers.deliver(for_another, statement)
    content = await asyncio.wait_for(poll, 5)
    assert [event["id"] for event in content["events"]] == named(statement)
    assert (await read(door, "insurer-a", after=content["next"], wait=0.05)) == {"events": [], "next": content["next"]}


async def test_a_cursor_of_another_epoch_starts_again(door: Door, producers: Producers) -> None:
    statement = producers.statement("2026-01")
    await producers.deliver(statement)
    content = await read(door, "demo-hris", after="019a0000-0000-7000-8000-000000000000:99")
    assert [event["id"] for event in content["events"]] == named(statement)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("after", "x"),
        ("after", "1:2"),
        ("limit", "0"),
        ("limit", "201"),
        ("wait", "31"),
        ("wait", "-1"),
        ("wait", "nan"),
    ],
)
async def test_a_bad_parameter_is_pointed_at(door: Door, parameter: str, value: str) -> None:
    answer = await door.http.get("/v1/events", params={parameter: value}, headers=await door.bearer())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{parameter}"


async def test_an_insurer_s_positions_say_nothing_of_the_others(door: Door, producers: Producers) -> None:
    await producers.deliver(*(producers.statement("2026-01", OTHER) for _ in range(5)), producers.agreement())
    await producers.deliver(producers.statement("2026-01"))
    assert (await read(door, "insurer-a"))["next"].endswith(":1")


async def test_row_level_security_shows_nothing_without_a_scope(door: Door, producers: Producers) -> None:
    await producers.deliver(producers.agreement(), producers.statement("2026-01"))
    counts = text("SELECT (SELECT count(*) FROM partner_event), (SELECT count(*) FROM employer_event)")
    expected = {
        Scope.none(): (0, 0),
        Scope.of(frozenset({OTHER, "demo-b"})): (0, 0),
        Scope.of(frozenset({MINE})): (0, 1),
        Scope.of(frozenset({"demo-a"})): (1, 0),
    }
    for scope, seen in expected.items():
        async with door.database.api.transaction(scope) as tx:
            assert tuple((await tx.execute(counts)).one()) == seen


async def test_a_restored_producer_takes_back_what_it_lost(door: Door, producers: Producers) -> None:
    kept, lost = producers.statement("2026-01"), producers.statement("2026-01", OTHER)
    await producers.deliver(producers.agreement(employers=[MINE, OTHER]), kept, lost)
    async with door.database.worker.transaction(Scope.all()) as tx:
        await forget(tx, "psc.contributions.statement.v1", [OTHER])
    assert await ids(door, "insurer-a") == await ids(door, "staff") == named(kept)


async def test_what_a_person_has_asked_reaches_whoever_was_told_of_that_person(
    door: Door, producers: Producers
) -> None:
    """Even after the insurer has changed, and with nothing left to do about that person."""
    agent, stranger = str(new_id()), str(new_id())
    accord = producers.agreement(
        insurers=[insurer("demo-a", "2025-01-01", "2025-12-31"), insurer("demo-b", "2026-01-01")]
    )
    covered = {"agent": agent, "agreement": "accord", "from": "2025-01-01", "to": None}
    started = producers.event("eligibility.affiliation.started", agent, covered)
    item = {"agent": agent, "kind": "dispense-proof", "reference": "r", "due": "2026-05-01"}
    opened = producers.event("eligibility.work-item.opened", agent, item)
    erased = producers.event("eligibility.agent.erased", agent, {"agent": agent})
    unknown = producers.event("eligibility.agent.erased", stranger, {"agent": stranger})
    await producers.deliver(accord, started, opened)
    assert await rows(door, "SELECT agent FROM work_item") == [agent]
    await producers.deliver(erased, unknown)
    assert await rows(door, "SELECT agent FROM work_item") == []
    assert await ids(door, "insurer-a") == named(started, erased)
    assert await ids(door, "insurer-b") == []
    assert await ids(door, "demo-hris") == named(started, opened, erased, unknown)


async def rows(door: Door, query: str) -> list[Any]:
    async with door.database.worker.transaction(Scope.all()) as tx:
        return list((await tx.execute(text(query))).scalars())


def test_what_is_read_of_accords_says_whom_they_bind() -> None:
    """An event without them, an avenant's, would be poison, and hold the accord's later ones up."""
    (accords,) = (one for one in subscriptions() if one.name == "agreements")
    read = [model for model in PUBLISHES if accords.handlers.get(model.type) is agreement_published]
    assert [model.type for model in read] == ["fr.psc.agreements.agreement.published.v1"]
    assert {"agreement", "effective", "employers", "insurers"} <= read[0].model_fields.keys()
