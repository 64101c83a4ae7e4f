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


def under(code: str) -> Life:
    insurers = [{"code": "x", "name": "X", "legal_code": code, "from": "2025-01-01", "to": None}]
    return Life().accord(insurers=insurers).hired().affiliated().paid("2026-01")


async def nights(claims: Claims, *days: str, of: str = "claim-") -> list[tuple[str, str, str | None]]:
    """What was told of these kinds after these nights: what happened, of which kind, due on which day."""
    for day in days:
        claims.clock.at = datetime.fromisoformat(f"{day}T01:00:00+00:00")
        async with claims.database.worker.transaction(Scope.all()) as tx:
            await day_passes(BOOK, claims.clock).run(tx, claims.clock.instant())
    return [
        (happened, item["kind"], item["due"])
        for happened in ("opened", "closed")
        for item in await claims.events(f"work-item.{happened}")
        if item["kind"].startswith(of)
    ]


async def test_a_claim_that_nobody_declares_is_told_of_near_its_day_and_not_long_after(claims: Claims) -> None:
    """Half pay from 2 May 2026: to declare by 29 October, prescribed after 2 May 2028 (code des assurances)."""
    life = under("ASSURANCES").sick("2026-02-01", "2026-06-30", waiting_days=0)
    await claims.tell(life.facts)
    assert await nights(claims, "2026-08-29") == []
    to_declare = ("opened", "claim-to-declare", "2026-10-29")
    assert await nights(claims, "2026-08-30", "2026-08-31") == [to_declare], "once, sixty days before"
    over = ("closed", "claim-to-declare", None)
    assert await nights(claims, "2026-12-28") == [to_declare]
    assert await nights(claims, "2026-12-29") == [to_declare, over], "sixty days after"
    prescribed = ("opened", "claim-prescription", "2028-05-02")
    assert await nights(claims, "2028-03-03") == [to_declare, prescribed, over]
    await claims.approved(life)
    assert (await nights(claims))[-1] == ("closed", "claim-prescription", None)
    late = under("ASSURANCES").sick("2026-02-01", "2026-06-30", waiting_days=0)
    claims.clock.at = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)
    before = await nights(claims)
    await claims.tell(late.facts)
    assert await nights(claims, "2030-01-02") == before, "of what is long over nobody is told"


async def test_a_declared_claim_is_no_longer_to_declare(claims: Claims, service: Service) -> None:
    life = insured().sick("2025-11-01", "2026-06-30", waiting_days=0).paid("2025-10")
    await claims.tell(life.facts)
    (item,) = await claims.events("work-item.opened")
    claim = item["reference"].split("/")[3]
    assert (item["kind"], item["due"]) == ("claim-to-declare", "2026-07-29")
    async with service.caller(READ, WRITE) as staff:
        body = {"on": "2026-06-30", "payee": "AGENT"}
        assert (await staff.put(f"/v1/claims/{claim}/declaration", json=body)).is_success
    assert await work(claims) == [("opened", "claim-to-declare"), ("closed", "claim-to-declare")]


async def test_an_overpayment_is_told_of_before_the_insurer_may_no_longer_ask(claims: Claims, service: Service) -> None:
    life = under("ASSURANCES").sick("2026-02-01", "2026-06-30", waiting_days=0)
    await claims.tell(life.facts)
    await claims.approved(life)
    await claims.tell(life.shortened("2026-05-31").last)
    (owed,) = await claims.events("overpayment.opened")
    what = "overpayment-"
    near = ("opened", "overpayment-prescription", "2028-07-01")
    assert await nights(claims, "2028-05-01", of=what) == []
    assert await nights(claims, "2028-05-02", of=what) == [near]
    told = {item["kind"]: item["reference"] for item in await claims.events("work-item.opened")}
    assert told["overpayment-prescription"] == f"/v1/overpayments/{owed['overpayment']}/recoveries"
    assert await nights(claims, "2028-08-30", of=what) == [near]
    assert await nights(claims, "2028-08-31", of=what) == [near, ("closed", "overpayment-prescription", None)]
    service.clock.at = claims.clock.at
    async with service.caller(READ, WRITE) as staff:
        path, body = f"/v1/overpayments/{owed['overpayment']}", {"amount": "10.00", "on": "2028-07-02"}
        assert (await staff.post(f"{path}/recoveries", json=body, headers={"Idempotency-Key": "late"})).is_success
        (late,) = (await staff.get(path)).json()["movements"]
    assert late["warnings"] == ["employer_clock_over", "insurer_clock_over"]


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
