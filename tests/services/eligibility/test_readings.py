"""Readings of the texts that were a choice, held on both sides of their edge."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kit.period import Period
from rules.book import RuleBook
from rules.vocabulary import ContractKind, EmploymentKind, Guarantee, Regime
from services.eligibility.domain.affiliation import decide
from services.eligibility.domain.errors import RenewalGap
from services.eligibility.domain.file import Dispense, Employment
from services.eligibility.domain.options import options_held
from services.eligibility.domain.regime import regime_on
from tests.services.eligibility.accord import terms as accord
from tests.services.eligibility.test_affiliation import file_of, period

DAY = date(2026, 1, 15)


def job(kind: EmploymentKind, hours: str) -> Employment:
    contract = None if kind is EmploymentKind.TITULAIRE else ContractKind.CDI
    return Employment(kind, contract, period("2025-01-01"), Decimal(hours))


@pytest.mark.parametrize(
    ("beside", "hours", "regime"),
    [
        (EmploymentKind.TITULAIRE, "8", Regime.CNRACL),
        (EmploymentKind.TITULAIRE, "7.99", Regime.IRCANTEC_FONCTIONNAIRE),
        (EmploymentKind.CONTRACTUEL_PUBLIC, "15", Regime.IRCANTEC_FONCTIONNAIRE),
    ],
)
def test_only_hours_held_as_fonctionnaire_are_summed(beside: EmploymentKind, hours: str, regime: Regime) -> None:
    held = [job(EmploymentKind.TITULAIRE, "20"), job(beside, hours)]
    assert regime_on(held, DAY, RuleBook.load()) is regime


@pytest.mark.parametrize(
    ("second", "begins"),
    [(date(2026, 3, 4), "2027-01-01"), (date(2026, 3, 5), "2027-01-01"), (date(2026, 3, 6), "2026-04-01")],
)
def test_a_proof_holds_to_the_eve_of_its_anniversary(second: date, begins: str) -> None:
    asked = Dispense(date(2025, 3, 5), individual_cover=True, proofs=(date(2025, 3, 5), second))
    file = file_of(("CONTRACTUEL_PUBLIC", "CDD", "2025-03-01", "2026-12-31"), dispenses=(asked,))
    stretches = decide(file, accord()).stretches
    assert stretches[0].outcome.value == "DISPENSED"
    assert str(stretches[1].period.start) == begins


def test_an_option_runs_across_a_gap_in_employment() -> None:
    jobs = (("TITULAIRE", None, "2025-01-01", "2025-06-30"), ("TITULAIRE", None, "2025-09-01", "2025-12-31"))
    timeline = decide(file_of(*jobs), accord())
    assert "ENDED" in [s.outcome.value for s in timeline.stretches][1:-1]
    held, _ = options_held([next(iter(Guarantee))], timeline, None, accord(), date(2025, 7, 15))
    every = [options_held([one], timeline, Regime.CNRACL, accord(), date(2025, 10, 1))[0] for one in Guarantee]
    periods = {option.period for found in [held, *every] for option in found}
    assert periods == {period("2025-01-01", "2025-12-31")}


def test_a_renewal_of_a_leave_without_a_last_day_is_told_why() -> None:
    assert RenewalGap.after(Period(date(2026, 1, 1), None)).detail_fr == "Le congé n'a pas de dernier jour connu."
