from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee
from services.claims.domain.errors import ScheduleTooLong
from services.claims.domain.overpayment import (
    LaidOut,
    LateRecovery,
    clocks,
    compensated,
    late_recovery,
    left_of,
    legal_code,
    monthly_changes,
    presumed_overpaid,
    schedule,
)
from services.claims.domain.prescription import claim_clock
from tests.services.claims.domain.histories import BOOK

JUNE = Month(2026, 6)
TODAY = date(2026, 7, 1)
AMOUNTS = st.integers(-200_000, 200_000).map(Money)


@pytest.mark.parametrize(
    ("code", "guarantee", "until"),
    [
        ("MUTUALITE", Guarantee.BASE, "2031-07-01"),
        ("MUTUALITE", Guarantee.RI_FULL_PAY, "2031-07-01"),
        ("MUTUALITE", Guarantee.DEATH, "2036-07-01"),
        ("MUTUALITE", Guarantee.RETIREMENT_LOSS, "2028-07-01"),
        ("SECURITE_SOCIALE", Guarantee.BASE, "2031-07-01"),
        ("SECURITE_SOCIALE", Guarantee.DEATH, "2036-07-01"),
        ("SECURITE_SOCIALE", Guarantee.RETIREMENT_LOSS, "2028-07-01"),
        ("ASSURANCES", Guarantee.BASE, "2028-07-01"),
        ("ASSURANCES", Guarantee.DEATH, "2036-07-01"),
    ],
)
def test_the_insurer_s_clock_depends_on_its_code_and_the_risk(code: str, guarantee: Guarantee, until: str) -> None:
    """Rulebook §7."""
    found = clocks(JUNE, guarantee, TODAY, code, BOOK)
    assert str(found.insurer.until) == until
    assert str(found.employer.until) == "2028-06-30", "two years from 1 July, whatever the insurer"


def test_what_is_paid_back_after_a_clock_ran_out_says_which() -> None:
    employer, insurer = date(2028, 6, 30), date(2031, 7, 1)
    assert late_recovery(employer, employer, insurer) == (), "the last day itself"
    assert late_recovery(date(2028, 7, 1), employer, insurer) == (LateRecovery.EMPLOYER_CLOCK_OVER,)
    assert late_recovery(date(2031, 7, 2), employer, insurer) == tuple(LateRecovery)
    assert late_recovery(date(2031, 7, 2), employer, None) == (LateRecovery.EMPLOYER_CLOCK_OVER,)


def test_without_a_code_no_insurer_s_clock_runs() -> None:
    found = clocks(JUNE, Guarantee.BASE, TODAY, None, BOOK)
    assert (found.insurer.until, found.insurer.reference) == (None, "code dont relève l'assureur : inconnu")


def test_a_claim_lapses_by_the_code_from_its_first_day() -> None:
    assert str(claim_clock(date(2026, 5, 2), "MUTUALITE", BOOK).until) == "2031-05-02"
    assert claim_clock(date(2026, 5, 2), None, BOOK).until is None
    before = claim_clock(date(2024, 12, 31), "MUTUALITE", BOOK)
    assert (before.until, before.reference) == (None, "aucun texte vérifié avant le 2025-01-01")


def insurer(start: str, end: str | None, code: str | None) -> dict[str, Any]:
    return {"code": "x", "from": start, "to": end, "legal_code": code}


def test_the_code_is_that_of_the_insurer_of_the_day() -> None:
    document = {
        "insurers": [insurer("2025-01-01", "2025-12-31", "ASSURANCES"), insurer("2026-01-01", None, "MUTUALITE")]
    }
    days = (date(2024, 12, 31), date(2025, 12, 31), date(2026, 1, 1))
    assert [legal_code(document, day) for day in days] == [None, "ASSURANCES", "MUTUALITE"]
    assert legal_code({"insurers": [insurer("2025-01-01", None, None)]}, TODAY) is None
    assert legal_code({}, TODAY) is None


@given(st.integers(-6, 6), AMOUNTS)
def test_an_annuity_counts_as_paid_once_its_month_is_over(offset: int, change: Money) -> None:
    over = JUNE.plus(offset).last < TODAY and change.cents < 0
    assert presumed_overpaid(JUNE.plus(offset), change, TODAY) == (-change if over else Money(0))


POSITIVE = st.integers(0, 200_000).map(Money)


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE, st.integers(-1, 1))
def test_what_comes_back_left_somebody_s_hands(
    approved: Money, paid: Money, before: Money, after: Money, offset: int
) -> None:
    month = JUNE.plus(offset)
    found = LaidOut(approved, paid).overpaid(month, before, after, TODAY)
    out = max(paid, approved) if month.last < TODAY else paid
    assert found == max(min(out, before) - after, Money(0))
    assert LaidOut().overpaid(month, before, after, TODAY) == Money(0)


@given(st.lists(st.integers(0, 90_000).map(Money), max_size=5), st.integers(0, 300_000).map(Money))
def test_what_is_due_again_is_taken_from_the_oldest_first(balances: list[Money], due: Money) -> None:
    taken = compensated(due, list(enumerate(balances)))
    assert Money.sum(part for _, part in taken) == min(due, Money.sum(balances))
    assert [place for place, _ in taken] == sorted(place for place, _ in taken)
    for place, part in taken[:-1]:
        assert part == balances[place], "a later one is touched only when those before are settled"


@given(AMOUNTS, AMOUNTS, st.integers(0, 12))
def test_changes_of_a_monthly_amount_add_up(before: Money, after: Money, months: int) -> None:
    found = monthly_changes(JUNE.plus(-months).first, lambda _: before, lambda _: after, TODAY)
    assert Money.sum(change for _, change in found) == Money((after - before).cents * (months + 1))


@given(st.integers(12, 200_000).map(Money), st.integers(1, 12), st.data())
def test_a_schedule_always_adds_up_to_what_is_left(owed: Money, count: int, data: st.DataObject) -> None:
    planned = schedule(owed, count, TODAY)
    balance = Money(data.draw(st.integers(0, owed.cents)))
    left = left_of(planned, balance)
    assert Money.sum(part.amount for part in left) == balance
    assert left[1:] == planned[len(planned) - len(left) + 1 :], "what falls due last is asked for as it was"


@pytest.mark.parametrize(("cents", "count"), [(2, 3), (100, 0)])
def test_an_instalment_is_a_cent_at_least(cents: int, count: int) -> None:
    with pytest.raises(ScheduleTooLong):
        schedule(Money(cents), count, TODAY)
