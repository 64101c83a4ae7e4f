"""What is beyond a bound is not issued until somebody says so; then once, and only as large as it was shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kit.money import Money
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.contributions.domain.bounds import Bound, Bounds, Breach, of_agents, of_employer
from services.contributions.domain.delta import Amounts, Delta, LineKey, Position
from services.contributions.domain.lines import Lines
from tests.services.client import Service
from tests.services.contributions.facts import ACCORD, AGGLOMERATION, BOOK, CITY, lines_of, money
from tests.services.contributions.test_properties import FIRST, MONTHS
from tests.services.contributions.world import World, amounts

BOUNDS = Bounds(money("500"), money("3000"), Rate.parse("0.5"), Rate.parse("0.5"), money("5000"))
NO_FLOOR = Bounds(money("500"), money("3000"), Rate.parse("0.5"), Rate.parse("0.5"), Money(0))


def delta(amount: str, month: int = 0, agent: str = "a", guarantee: Guarantee = Guarantee.BASE) -> Delta:
    key = LineKey(agent, MONTHS[month], ACCORD, "", guarantee)
    return Delta(key, Amounts(money("1.00"), money(amount), money(amount), Money(0)), Rate.parse("0.0205"), False)


def lines(*deltas: Delta) -> Lines:
    held = {one.key: Position(one.amounts, one.rate, one.unresolved) for one in deltas}
    return lines_of(np.array([b"a", b"b"]), held)


def test_an_agent_moves_so_much_in_a_month_and_in_a_run() -> None:
    within = [delta("500.00"), delta("-500.00", 1), delta("500.00", 2, "b")]
    assert list(of_agents(lines(*within), BOUNDS)) == []
    together = [delta("-300.00"), delta("-200.01", guarantee=Guarantee.DEATH)]
    assert list(of_agents(lines(*together), BOUNDS)) == [Breach(Bound.AGENT_MONTH, "a", money("-500.01"), money("500"))]
    # A rise and a fall do not hide each other.
    hidden = [delta("500.00" if n % 2 else "-500.00", n) for n in range(6)]
    assert list(of_agents(lines(*hidden), BOUNDS)) == []
    # Many months, none of them beyond its limit.
    assert list(of_agents(lines(*hidden, delta("499.99", agent="b")), replace(BOUNDS, agent_run=money("2999.99")))) == [
        Breach(Bound.AGENT_RUN, "a", money("3000.00"), money("2999.99"))
    ]
    assert list(of_agents(lines(*hidden, delta("-0.01", guarantee=Guarantee.DEATH)), BOUNDS)) == [
        Breach(Bound.AGENT_MONTH, "a", money("-500.01"), money("500")),
        Breach(Bound.AGENT_RUN, "a", money("3000.01"), money("3000")),
    ]


def test_an_employer_is_compared_with_the_month_before() -> None:
    before = lines(delta("100.00", 1))
    assert list(of_employer(lines(delta("150.00", 2), delta("50.00", 0)), MONTHS[2], before, NO_FLOOR)) == []
    assert list(of_employer(lines(delta("150.01", 2)), MONTHS[2], before, NO_FLOOR)) == [
        Breach(Bound.MONTH, "", money("50.01"), money("50.00"))
    ]
    assert list(of_employer(lines(delta("100.00", 2), delta("-50.01", 0)), MONTHS[2], before, NO_FLOOR)) == [
        Breach(Bound.REGULARISATION, "", money("-50.01"), money("50.00"))
    ]
    fallen = list(of_employer(lines(delta("49.99", 2)), MONTHS[2], before, NO_FLOOR))
    assert fallen == [Breach(Bound.MONTH, "", money("-50.01"), money("50.00"))]
    # What was issued already for the month counts; a first month and small employers are not held up.
    assert (
        list(of_employer(lines(delta("1.00", 2)), MONTHS[2], lines(delta("100.00", 1), delta("99.00", 2)), NO_FLOOR))
        == []
    )
    assert list(of_employer(lines(delta("900.00", 2)), MONTHS[2], lines(), NO_FLOOR)) == []
    assert list(of_employer(lines(delta("5100.00", 2)), MONTHS[2], before, BOUNDS)) == []


def test_the_bounds_are_figures_of_the_rule_book() -> None:
    assert Bounds.at(FIRST, BOOK) == BOUNDS


async def test_an_agent_beyond_the_bound_waits_and_the_others_are_issued(world: World) -> None:
    await world.member("M1")
    wrong = await world.member("M2")
    await world.pay("M1", "2025-06", tib="2000.00")
    await world.pay("M2", "2025-06", tib="200000.00")
    dry = await world.run("2025-06", dry_run=True)
    assert [(one.bound, one.agent) for one in dry.parked] == [
        (Bound.AGENT_MONTH, str(wrong)),
        (Bound.AGENT_RUN, str(wrong)),
    ]
    assert await world.rows("SELECT * FROM parked_change") == []
    for _ in range(2):
        await world.run("2025-06")
    assert await world.rows("SELECT sum(amount) AS amount FROM contribution_line") == [{"amount": 4_100}]
    opened = await world.events("work-item.opened")
    assert [(one["kind"], one["agent"], one["month"]) for one in opened] == [
        ("contributions-parked", str(wrong), "2025-06")
    ] * 2
    # Corrected: nothing is left to look at.
    await world.pay("M2", "2025-06", 1, tib="2000.00")
    assert amounts(await world.run("2025-06")) == [("2025-06", "BASE", "41.00")]
    assert {row["state"] for row in await world.rows("SELECT state FROM parked_change")} == {"GONE"}
    assert len(await world.events("work-item.closed")) == 2


async def test_a_release_is_used_once_and_only_for_the_change_it_was_given_for(world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="30000.00")
    await world.run("2025-06")
    await world.release()
    await world.pay("M1", "2025-06", 1, tib="40000.00")
    assert [str(one.change) for one in (await world.run("2025-06")).parked] == ["820.00"]
    await world.release()
    assert amounts(await world.run("2025-06")) == [("2025-06", "BASE", "820.00")]
    states = await world.rows("SELECT change, state FROM parked_change ORDER BY id")
    assert states == [{"change": 61_500, "state": "GONE"}, {"change": 82_000, "state": "ISSUED"}]
    await world.pay("M1", "2025-06", 2, tib="0.00")
    assert [str(one.change) for one in (await world.run("2025-06")).parked] == ["-820.00"]


async def test_who_may_release_and_what_is_shown(service: Service, world: World) -> None:
    agent = await world.member("M1")
    await world.pay("M1", "2025-06", tib="30000.00")
    await world.run("2025-06")
    scopes = ("contributions:read", "contributions:write")
    async with service.caller(*scopes, employers=[CITY]) as client:
        (shown,) = (await client.get("/v1/runs/parked", params={"employer": CITY, "state": "OPEN"})).json()["items"]
        about = {"bound": "AGENT_MONTH", "agent_id": str(agent), "change": "615.00", "limit": "500.00", "state": "OPEN"}
        assert shown | about == shown
        path = f"/v1/runs/parked/{shown['id']}/release"
        headers = {"Idempotency-Key": "1"}
        assert (await client.post(path, json={}, headers=headers)).status_code == 422
        done = await client.post(path, json={"reason": "Prime exceptionnelle"}, headers={"Idempotency-Key": "2"})
        assert (done.status_code, done.json()["state"], done.json()["reason"]) == (
            200,
            "RELEASED",
            "Prime exceptionnelle",
        )
        again = await client.post(path, json={"reason": "x"}, headers={"Idempotency-Key": "3"})
        assert (again.status_code, again.json()["code"]) == (409, "change_not_parked")
    async with service.caller(*scopes, employers=[AGGLOMERATION]) as other:
        assert (await other.get("/v1/runs/parked")).json()["items"] == []
        missing = await other.post(path, json={"reason": "x"}, headers={"Idempotency-Key": "4"})
        assert (missing.status_code, missing.json()["code"]) == (404, "parked_change_not_found")
