"""Runs on a real database: what is issued, once, in whatever order facts come, and for whom to see."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from kit.db.database import Scope
from kit.period import Month
from services.contributions.application.run_contributions import run_contributions
from tests.services.contributions.facts import ACCORD, BOOK, CITY, revised
from tests.services.contributions.world import RECEPTION, World, amounts

OWN = Scope.of(frozenset({CITY}))
SUMS = """
    SELECT agent, month, guarantee, sum(base) AS base, sum(amount) AS amount, sum(employer_share) AS employer
      FROM contribution_line GROUP BY agent, month, guarantee HAVING sum(amount) <> 0 OR sum(base) <> 0
     ORDER BY agent, month, guarantee
"""


async def test_a_month_becomes_lines_a_statement_and_an_event(world: World) -> None:
    agent = await world.member("M1")
    for code in ("DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY"):
        await world.elect(agent, code, "2025-01-01")
    await world.pay("M1", "2025-06", tib="2113.92", ri="300.00")
    outcome = await world.run("2025-06")
    assert amounts(outcome) == [
        ("2025-06", "BASE", "49.20"),
        ("2025-06", "DEATH", "4.80"),
        ("2025-06", "RETIREMENT_LOSS", "8.40"),
        ("2025-06", "RI_FULL_PAY", "6.00"),
    ]
    (statement,) = outcome.statements
    (event,) = await world.events("statement.issued")
    total = {"base": "9600.00", "amount": "68.40", "employer": "68.40", "agent": "0.00"}
    assert outcome.record is not None
    assert event == {
        "statement": str(statement.id),
        "number": 1,
        "employer": CITY,
        "agreement": ACCORD,
        "insurer": "demo-a",
        "month": "2025-06",
        "run": str(outcome.record.id),
        "lines": 4,
        "guarantees": {
            code: {"base": "2400.00", "amount": amount, "employer": amount, "agent": "0.00"}
            for code, amount in zip(
                ("BASE", "DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY"), ("49.20", "4.80", "8.40", "6.00"), strict=True
            )
        },
        "total": total,
    }


async def test_a_run_twice_and_a_dry_run_change_nothing(world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    dry = await world.run("2025-06", dry_run=True)
    assert amounts(dry) == [("2025-06", "BASE", "49.20")]
    assert (dry.record, dry.statements) == (None, ())
    assert await world.rows("SELECT * FROM contribution_line") == []
    assert (await world.run("2025-06")).record is not None
    again = await world.run("2025-06")
    assert (again.record, again.drafts) == (None, ())
    counts = await world.rows(
        "SELECT (SELECT count(*) FROM run) AS runs, (SELECT count(*) FROM statement) AS statements,"
        " (SELECT count(*) FROM decision) AS decisions"
    )
    assert counts == [{"runs": 1, "statements": 1, "decisions": 1}]
    assert len(await world.events("statement.issued")) == 1


async def test_what_changes_for_the_past_is_issued_in_the_next_run(world: World) -> None:
    agent = await world.member("M1")
    for month in ("2025-05", "2025-06"):
        await world.pay("M1", month, tib="2400.00")
        await world.run(month)
    await world.pay("M1", "2025-05", 1, tib="2500.00")
    await world.elect(agent, "DEATH", "2025-06-01")
    await world.pay("M1", "2025-07", tib="2400.00")
    july = await world.run("2025-07")
    assert amounts(july) == [
        ("2025-05", "BASE", "2.05"),
        ("2025-06", "DEATH", "4.80"),
        ("2025-07", "BASE", "49.20"),
        ("2025-07", "DEATH", "4.80"),
    ]
    lines = await world.rows("SELECT month, regularisation FROM contribution_line ORDER BY id")
    assert [row["regularisation"] for row in lines] == [False, False, True, True, False, False]


async def test_cover_lost_for_the_past_is_taken_back_and_given_back(world: World) -> None:
    agent = await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    await world.affiliate(agent, {"start": "2025-01-01", "end": None, "outcome": "DISPENSED"})
    back = await world.run("2025-06")
    assert amounts(back) == [("2025-06", "BASE", "-49.20")]
    (event,) = (await world.events("statement.issued"))[1:]
    assert (event["number"], event["total"]["amount"]) == (2, "-49.20")
    assert await world.rows(SUMS) == []
    await world.affiliate(agent)
    assert amounts(await world.run("2025-07")) == [("2025-06", "BASE", "49.20")]


async def test_a_retroactive_rate_is_a_difference(world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    split = revised("BASE", {"employer_share": "0.5000"})
    await world.tell("agreement.published", {**split, "version": 2})
    (draft,) = (await world.run("2025-06")).drafts
    assert (str(draft.total.amount), str(draft.total.employer), str(draft.total.agent)) == ("0.00", "-24.60", "24.60")
    await world.tell("agreement.published", {**revised("BASE", {"rate": "0.0210"}), "version": 3})
    (draft,) = (await world.run("2025-06")).drafts
    assert (str(draft.total.amount), str(draft.total.employer)) == ("1.20", "25.80")


async def test_another_insurer_for_the_past_is_two_statements(world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    accord = revised("BASE")
    accord["insurers"][0]["code"] = "demo-b"
    await world.tell("agreement.published", {**accord, "version": 2})
    moved = await world.run("2025-06")
    assert [(s.draft.insurer, str(s.draft.total.amount), s.number) for s in moved.statements] == [
        ("demo-a", "-49.20", 2),
        ("demo-b", "49.20", 1),
    ]


async def test_what_is_unknown_waits_and_the_rest_goes_on(world: World) -> None:
    await world.member("M1")
    uncovered = await world.hire("M2")
    nameless = await world.hire("M3", category=None)
    await world.affiliate(nameless)
    for matricule in ("M1", "M2", "M3", "M4"):
        await world.pay(matricule, "2025-06", tib="2113.92", ri="300.00")
    found = await world.run("2025-06")
    assert amounts(found) == [("2025-06", "BASE", "49.20")]
    held = {UUID(one.agent): one.reason for one in found.held}
    assert held == {uncovered: "affiliation_unknown", nameless: "category_required"}
    assert found.unknown == 1
    await world.affiliate(uncovered)
    late = await world.member("M4")
    assert {UUID(d.key.agent) for draft in (await world.run("2025-06")).drafts for d in draft.deltas} == {
        uncovered,
        late,
    }


async def test_a_rebuild_under_way_takes_nothing_back(world: World) -> None:
    """While copies are being built again from zero, nothing is known, and nothing issued changes."""
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    await world.database.admin.execute("TRUNCATE agent_matricule, employment, affiliation, option_election")
    during = await world.run("2025-07")
    assert (during.drafts, [one.reason for one in during.held]) == ((), ["pay_unknown"])


async def test_facts_in_any_order_give_the_same_sums(world: World) -> None:
    agent = await world.member("M0")
    other = await world.hire("M-other")

    def facts(matricule: str, who: UUID) -> list[Callable[[], Awaitable[Any]]]:
        return [
            lambda: world.hire(matricule, agent=who),
            lambda: world.affiliate(who),
            lambda: world.elect(who, "DEATH", "2025-06-01"),
            lambda: world.pay(matricule, "2025-06", tib="2113.92", ri="300.00"),
        ]

    for number, order in enumerate(itertools.permutations(range(4))):
        matricule = f"P{number}"
        who = UUID(int=agent.int + 1 + number)
        told = facts(matricule, who)
        for place in order:
            await told[place]()
            await world.run("2025-06", dry_run=place % 2 == 0)
    await world.run("2025-06")
    by_agent: dict[UUID, list[tuple[str, int]]] = {}
    for row in await world.rows(SUMS):
        by_agent.setdefault(row["agent"], []).append((row["guarantee"], int(row["amount"])))
    assert len(by_agent) == 24
    assert set(map(tuple, by_agent.values())) == {(("BASE", 4920), ("DEATH", 480))}
    assert other not in by_agent


async def test_a_change_of_status_counts_from_its_day(world: World) -> None:
    agent = await world.member("M1", category=None, regime="CONTRACTUEL_PUBLIC")
    for month in ("2025-05", "2025-06"):
        await world.pay("M1", month, tib="2113.92", ri="300.00")
    titular = {"id": "e-M1", "start": "2020-01-01", "end": None, "regime": "CNRACL", "category": "C"}
    change = {"agent": str(agent), "employer": CITY, "from": "2025-06-01", "employment": titular}
    await world.tell("employment.changed", change)
    assert amounts(await world.run("2025-06")) == [("2025-05", "BASE", "49.49"), ("2025-06", "BASE", "49.20")]
    await world.tell("employment.changed", {**change, "from": None})
    assert amounts(await world.run("2025-06")) == [("2025-05", "BASE", "-0.29")]


async def test_an_option_cancelled_stops_or_never_ran(world: World) -> None:
    agent = await world.member("M1")
    for month in ("2025-05", "2025-06"):
        await world.pay("M1", month, tib="2400.00")
    await world.elect(agent, "DEATH", "2025-05-01")
    cancelled = {"agent": str(agent), "employer": CITY, "guarantee": "DEATH", "from": "2025-05-01"}
    await world.tell("option.cancelled", {**cancelled, "to": "2025-05-31"})
    first = await world.run("2025-06")
    assert [line for line in amounts(first) if line[1] == "DEATH"] == [("2025-05", "DEATH", "4.80")]
    await world.tell("option.cancelled", {**cancelled, "to": None})
    assert amounts(await world.run("2025-06")) == [("2025-05", "DEATH", "-4.80")]


async def failing_run(world: World) -> None:
    """A run whose transaction does not commit."""
    async with world.database.api.transaction(OWN) as tx:
        done = await run_contributions(tx, CITY, Month(2025, 7), BOOK, RECEPTION, dry_run=False)
        assert [statement.number for statement in done.statements] == [2]
        raise RuntimeError("after the run")


async def test_20_runs_at_once_issue_once_and_number_without_a_hole(world: World) -> None:
    for n in range(5):
        await world.member(f"M{n}")
        await world.pay(f"M{n}", "2025-06", tib="2400.00")
    outcomes = await asyncio.gather(*(world.run("2025-06") for _ in range(20)))
    assert sum(outcome.record is not None for outcome in outcomes) == 1
    assert await world.rows("SELECT count(*) AS n, sum(amount) AS amount FROM contribution_line") == [
        {"n": 5, "amount": 5 * 4920}
    ]
    for n in range(5):
        await world.pay(f"M{n}", "2025-07", tib="2400.00")
    with pytest.raises(RuntimeError, match="after the run"):
        await failing_run(world)
    await world.run("2025-07")
    assert [row["number"] for row in await world.rows("SELECT number FROM statement ORDER BY number")] == [1, 2]


async def test_a_statement_regularised_by_a_later_one_is_told_of(world: World) -> None:
    await world.member("M1")
    for month in ("2025-04", "2025-05", "2025-06"):
        await world.pay("M1", month, tib="2400.00")
    first = await world.run("2025-05")
    await world.pay("M1", "2025-05", 1, tib="2500.00")
    await world.run("2025-06")
    (told,) = await world.events("statement.adjusted")
    (issued,), (_, june) = first.statements, await world.events("statement.issued")
    assert told == {
        "statement": str(issued.id),
        "number": 1,
        "employer": CITY,
        "agreement": ACCORD,
        "insurer": "demo-a",
        "month": "2025-05",
        "by": june["statement"],
        "by_number": 2,
        "lines": 1,
        "total": {"base": "100.00", "amount": "2.05", "employer": "2.05", "agent": "0.00"},
    }
