"""The file of what insurers pay of annuities and capitals."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from kit.clock import FixedClock
from kit.http.subject import HEADER
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from services.claims.adapters.annuities import Annuity
from tests.services.claims.domain.histories import looking_at
from tests.services.claims.lives import CENTRE, CITY, NOW, Claims, Life, insured
from tests.services.claims.simulator import ACCORD
from tests.services.claims.test_handling import READ
from tests.services.client import Service

(INSURER,) = (one["code"] for one in ACCORD["insurers"])
BEFORE = NOW - timedelta(days=10)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


async def file(staff: httpx.AsyncClient, month: str, drawn_at: datetime | None = None) -> list[dict[str, str]]:
    query: dict[str, Any] = {"employer": CITY, "month": month}
    query |= {} if drawn_at is None else {"drawn_at": drawn_at.isoformat()}
    answer = await staff.get("/v1/awards/dues", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="rentes-capitaux-{CITY}-{month}.csv"'
    rows = list(csv.DictReader(answer.text.splitlines(), delimiter=";"))
    assert answer.headers.get(HEADER, "") == ",".join(dict.fromkeys(row["agent"] for row in rows)), (
        "for the audit trail"
    )
    return rows


def amounts(rows: list[dict[str, str]]) -> list[tuple[str, str, str, str]]:
    return [(row["garantie"], row["du"], row["rappel"], row["a_payer"]) for row in rows]


def invalid() -> Life:
    return insured().elected("RETIREMENT_LOSS").invalid("2026-03-01", cnracl_rate="0.5500", pension_net="900.00")


async def test_a_month_has_its_due_and_the_arrears_of_what_was_decided_late(claims: Claims, service: Service) -> None:
    """R = 1 846.93 − 900.00 = 946.93 a month (G31, §5.3); three months before June."""
    life = invalid()
    claims.clock = FixedClock(BEFORE)
    await claims.tell(life.facts)
    async with service.caller(READ) as staff:
        (row,) = await file(staff, "2026-06")
        (annuity,) = (await staff.get("/v1/annuities", params={"agent": str(life.agent)})).json()["items"]
        told = (row["nature"], row["agent"], row["prestation"], row["depuis"], row["assureur"], row["mois"])
        assert told == ("RENTE", str(life.agent), annuity["id"], "2026-03-01", INSURER, "2026-06")
        assert amounts([row]) == [("BASE", "946.93", "2840.79", "3787.72")]
        assert amounts(await file(staff, "2026-06", BEFORE - timedelta(days=1))) == amounts([row]), "none was known"
        assert amounts(await file(staff, "2026-07", BEFORE)) == [("BASE", "946.93", "0.00", "946.93")]
        assert amounts(await file(staff, "2026-02")) == []
        claims.clock = FixedClock(NOW)
        await claims.tell(life.invalid("2026-03-01", "revised", cnracl_rate="0.5500", pension_net="950.00").last)
        assert amounts(await file(staff, "2026-07", BEFORE)) == [("BASE", "896.93", "-200.00", "696.93")]
        assert amounts(await file(staff, "2026-08", NOW)) == [("BASE", "896.93", "0.00", "896.93")]
    async with service.caller(READ, employers=[CENTRE]) as other:
        assert (await other.get("/v1/awards/dues", params={"employer": CITY, "month": "2026-06"})).status_code == 403
        theirs = await other.get("/v1/awards/dues", params={"employer": CENTRE, "month": "2026-06"})
        assert theirs.text.count("\r\n") == 1


async def test_a_capital_is_due_in_its_month_and_in_arrears_afterwards(claims: Claims, service: Service) -> None:
    life = insured().elected("DEATH").told("agent.deceased", kind="DEATH", date="2026-02-10")
    await claims.tell(life.facts)
    async with service.caller(READ) as staff:
        (capital,) = (await staff.get("/v1/capitals", params={"agent": str(life.agent)})).json()["items"]
        amount = capital["amount"]
        assert amounts(await file(staff, "2026-01")) == []
        (row,) = await file(staff, "2026-02")
        assert (row["nature"], row["depuis"], row["assureur"]) == ("CAPITAL", "2026-02-10", INSURER)
        assert amounts([row]) == [("DEATH", amount, "0.00", amount)]
        assert amounts(await file(staff, "2026-03")) == [("DEATH", "0.00", amount, amount)]
        assert amounts(await file(staff, "2026-03", NOW)) == []


@looking_at(100)
@given(
    DAYS, st.none() | DAYS, st.lists(st.tuples(DAYS, st.integers(1, 9_999)), max_size=4), st.integers(0, 5_000), DAYS
)
def test_what_is_due_to_a_month_is_what_each_month_is_due(
    starts: date, ends: date | None, raised: list[tuple[date, int]], monthly: int, asked: date
) -> None:
    steps = [{"from": str(day), "monthly": str(Money(cents))} for day, cents in sorted(raised)]
    found = Annuity(
        id=new_id(),
        employer=CITY,
        agent=new_id(),
        annuity=new_id(),
        recognition=new_id(),
        claim=None,
        version=1,
        starts=starts,
        full_amount=Money(monthly),
        monthly=Money(monthly),
        monthly_delta=Money(monthly),
        formula="FULL_TARGET",
        decree_floor=Money.zero(),
        alerts=[],
        recorded_at=datetime(2026, 7, 1, tzinfo=UTC),
        ends=ends,
        steps=steps,
    )
    until = Month.of(asked)
    months = [Month(2024, 1).plus(n) for n in range(Month(2024, 1).until(until) + 1)]
    assert found.due_to(until) == Money.sum(found.monthly_in(month) for month in months)
