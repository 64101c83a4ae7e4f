"""The reference pay of a claim: which months, averaged or not, revalued, frozen with its trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rules.book import RuleBook
from tests.services.claims.lives import BOOK, Claims, Life, insured

CONTRACTUEL = {
    "kind": "CONTRACTUEL_PUBLIC",
    "regime": "CONTRACTUEL_PUBLIC",
    "category": None,
    "titular": None,
    "start": "2022-01-01",
    "service_start": "2022-01-01",
}


def contractuel() -> Life:
    return Life().accord().hired(**CONTRACTUEL).affiliated()


async def frozen(claims: Claims) -> dict[str, str]:
    (row,) = await claims.rows("SELECT pay, trace FROM claim_reference ORDER BY version DESC LIMIT 1")
    assert row["trace"]["steps"][0]["rule"] == "reference.pay"
    return dict(row["pay"])


async def test_a_contractuel_rests_on_the_average_of_three_months(claims: Claims) -> None:
    """Rulebook §3.3."""
    life = contractuel()
    for month, ri in (("2025-11", "100.00"), ("2025-12", "200.00"), ("2026-01", "300.01")):
        life.paid(month, nbi="0.00", ri=ri)
    await claims.tell(life.sick("2026-02-01", "2026-06-30", waiting_days=0).facts)
    pay = await frozen(claims)
    assert (pay["month"], pay["tib"], pay["ri"]) == ("2026-01", "2067.57", "200.00")
    await claims.decided()
    (row, *_) = await claims.rows("SELECT trace FROM decision")
    month = next(step for step in row["trace"]["steps"] if step["rule"] == "benefit.month")
    reference = month["steps"][0]["steps"][0]
    months, average = reference["steps"][:3], reference["steps"][3]
    assert [(one["inputs"]["month"], one["result"]["ri"]) for one in months] == [
        ("2025-11", "100.00"),
        ("2025-12", "200.00"),
        ("2026-01", "300.01"),
    ]
    assert (average["inputs"]["total"]["ri"], average["result"]["ri"]) == ("600.01", "200.00")
    (law,) = average["steps"]
    assert (law["result"], law["inputs"]["valid_from"]) == ("3", "2017-02-01")


async def test_each_of_the_three_months_is_awaited(claims: Claims) -> None:
    life = contractuel().paid("2026-01").paid("2025-11").sick("2026-02-01", "2026-06-30", waiting_days=0)
    await claims.tell(life.facts)
    assert (await claims.claims(life))[0][2:] == ("awaiting_pay", "2025-12")
    await claims.tell(life.paid("2025-12").last)
    assert (await claims.claims(life))[0][2:] == ("decided", None)


async def test_who_has_worked_for_fewer_months_rests_on_those(claims: Claims) -> None:
    life = Life().accord().hired(**{**CONTRACTUEL, "start": "2025-12-01"}).affiliated()
    life.paid("2025-12", ri="100.00").paid("2026-01", ri="300.00")
    await claims.tell(life.sick("2026-02-01", "2026-06-30", waiting_days=0).facts)
    assert (await frozen(claims))["ri"] == "200.00"


async def test_the_reference_follows_the_point_until_the_leave(claims: Claims) -> None:
    """What if the point d'indice rose by a tenth on the first day of the leave?"""
    point = BOOK.rule("index_point.yearly")
    last = point.values[-1]
    before = replace(last, end=date(2026, 1, 31))
    risen = replace(last, start=date(2026, 2, 1), text="64.98074", meaning=Decimal("64.98074"))
    rules = {rule.id: rule for rule in BOOK} | {point.id: replace(point, values=(*point.values[:-1], before, risen))}
    told = Claims(claims.database, rules=RuleBook(rules))
    life = insured().sick("2026-02-01", "2026-06-30", waiting_days=0)
    await told.tell(life.facts)
    pay = await frozen(told)
    assert (pay["tib"], pay["nbi"], pay["ri"]) == ("2274.33", "81.22", "300.00")
    assert (await told.benefits(life))["2026-06"] == "1073.61", "and 997.11 without the rise"
    await told.decided()


@pytest.mark.parametrize("month", ["2025-10", "2025-11"])
async def test_a_correction_of_any_of_the_months_reopens_the_question(claims: Claims, month: str) -> None:
    life = contractuel().paid("2025-11").paid("2025-12").paid("2026-01")
    await claims.tell(life.sick("2026-02-01", "2026-06-30", waiting_days=0).facts)
    before = await claims.benefits(life)
    await claims.tell(life.paid(month, "pay.corrected", ri="600.00").last)
    assert ((await claims.benefits(life)) != before) == (month == "2025-11")
