"""What an agent's case waits for is told to people, once, and is taken back when it is done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kit.clock import FixedClock
from kit.db.database import Scope
from services.claims.application.days_pass import day_passes
from tests.services.claims.lives import BOOK, Claims, Life, insured
from tests.services.client import Service

READ, WRITE = "claims:read", "claims:write"


async def work(claims: Claims) -> list[tuple[str, str]]:
    """What was told, in order."""
    return [
        (happened, item["kind"])
        for happened in ("opened", "closed")
        for item in await claims.events(f"work-item.{happened}")
    ]


@pytest.mark.parametrize(
    ("kind", "start", "said", "work_kind"),
    [
        ("CGM", "2026-02-01", {}, "leave-not-in-regime"),
        ("TPT", "2026-02-01", {"quotity": "0.55"}, "leave-quotity-wrong"),
        ("CMO", "2013-06-30", {}, "leave-too-long"),
        ("CLM", "2026-02-01", {"waiting_days": 1}, "case-held"),
    ],
)
async def test_a_leave_that_cannot_be_is_told_until_it_is_corrected(
    claims: Claims, kind: str, start: str, said: dict[str, Any], work_kind: str
) -> None:
    life = insured().sick(start, "2026-06-30", kind=kind, **said)
    await claims.tell(life.facts, times=2)
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    assert await work(claims) == [("opened", work_kind)], "once, whatever else is told"
    (item,) = await claims.events("work-item.opened")
    assert (item["agent"], item["employer"], item["due"]) == (str(life.agent), life.employer, None)
    await claims.tell(life.cancelled().last)
    assert await work(claims) == [("opened", work_kind), ("closed", work_kind)]
    (closed,) = await claims.events("work-item.closed")
    assert closed["reference"] == item["reference"]


def of_the_regime_general(start: str) -> Life:
    life = Life().accord().hired(regime="IRCANTEC_FONCTIONNAIRE", weekly_hours="20.00").affiliated()
    return life.paid("2026-01").paid("2026-03").sick(start, "2026-12-31", waiting_days=0)


async def test_daily_allowances_that_nobody_told_are_asked_for(claims: Claims, service: Service) -> None:
    life = of_the_regime_general("2026-02-01")
    await claims.tell(life.facts)
    assert await work(claims) == [("opened", "daily-allowance-missing")]
    days = {"stop_start": "2026-02-01", "start": "2026-05-02", "end": "2026-12-31"}
    body = {"employer": life.employer, "agent": str(life.agent), "kind": "SICKNESS", "daily": "20.00", **days}
    async with service.caller(READ, WRITE) as staff:
        assert (await staff.put("/v1/claims/daily-allowances", json=body)).is_success
    assert await work(claims) == [("opened", "daily-allowance-missing"), ("closed", "daily-allowance-missing")]


async def test_they_are_asked_for_once_half_pay_has_begun(claims: Claims) -> None:
    await claims.tell(of_the_regime_general("2026-04-20").facts)
    assert await work(claims) == [], "half pay begins on 19 July, and it is the first"
    clock = FixedClock(datetime(2026, 7, 20, 1, 0, tzinfo=UTC))
    async with claims.database.worker.transaction(Scope.all()) as tx:
        await day_passes(BOOK, clock).run(tx, clock.instant())
    assert await work(claims) == [("opened", "daily-allowance-missing")]


async def test_half_pay_is_no_longer_foreseen_once_the_leave_is_over(claims: Claims, service: Service) -> None:
    """Nobody said so: the leave was told with its end, and was not extended."""
    life = insured().paid("2026-04").sick("2026-04-20", "2026-07-10", waiting_days=0)
    await claims.tell(life.facts)
    (foreseen,) = await claims.events("half-pay.foreseen")
    assert (foreseen["on"], await work(claims)) == ("2026-07-19", [])
    for day in (10, 11, 12):
        clock = FixedClock(datetime(2026, 7, day, 1, 0, tzinfo=UTC))
        async with claims.database.worker.transaction(Scope.all()) as tx:
            await day_passes(BOOK, clock).run(tx, clock.instant())
        assert await work(claims) == ([] if day == 10 else [("closed", "half-pay-without-claim")])
    (closed,) = await claims.events("work-item.closed")
    assert closed["reference"] == f"/v1/agents/{life.agent}/leaves/{life.ids['leave']}"


async def test_nothing_is_foreseen_of_a_leave_that_was_over_when_it_was_told(claims: Claims, service: Service) -> None:
    uncovered = Life().accord().hired().sick("2026-01-20", "2026-04-10", waiting_days=0)
    half = Life().accord().hired().sick("2026-01-20", "2026-05-10", waiting_days=0)
    await claims.tell([*uncovered.facts, *half.facts])
    assert await claims.events("half-pay.foreseen") == []
    async with service.caller(READ) as staff:
        shown = [
            (await staff.get("/v1/entitlements", params={"agent": str(life.agent)})).json()["half_pay"]
            for life in (uncovered, half)
        ]
    assert [len(found) for found in shown] == [0, 1], "what has happened is told, what cannot is not"


async def test_a_regime_without_daily_allowances_is_asked_for_none(claims: Claims) -> None:
    await claims.tell(insured().sick("2026-02-01", "2026-06-30").facts)
    assert await work(claims) == []


async def test_annuities_wait_for_what_the_insurer_raises_them_by_each_first_of_july(
    claims: Claims, service: Service
) -> None:
    """From the night on; not one that begins that day, is over by then, or of which nothing is due."""
    claims.clock.at = datetime(2026, 6, 30, 8, 0, tzinfo=UTC)
    waits = insured().invalid("2026-03-01", cnracl_rate="0.6000", pension_net="1000.00")
    later = insured().invalid("2026-07-01", cnracl_rate="0.6000", pension_net="1000.00")
    nothing = insured().invalid("2026-03-01", cnracl_rate="0.6000", pension_net="5000.00")
    dead = insured().invalid("2026-03-01", cnracl_rate="0.6000", pension_net="1000.00")
    dead.told("agent.deceased", kind="DEATH", date="2026-06-30")
    await claims.tell([fact for life in (waits, later, nothing, dead) for fact in life.facts])
    assert await work(claims) == []
    clock = FixedClock(datetime(2026, 7, 1, 1, 0, tzinfo=UTC))
    async with claims.database.worker.transaction(Scope.all()) as tx:
        await day_passes(BOOK, clock).run(tx, clock.instant())
    (item,) = await claims.events("work-item.opened")
    assert (item["kind"], item["agent"], item["due"]) == ("annuity-to-revalue", str(waits.agent), "2026-07-01")
    async with service.caller(READ, WRITE) as staff:
        body = {"agreement": waits.agreement, "from": "2026-07-01", "rate": "0.0110"}
        assert (await staff.put("/v1/annuities/revaluations", json=body)).is_success
    assert await work(claims) == [("opened", "annuity-to-revalue"), ("closed", "annuity-to-revalue")]
