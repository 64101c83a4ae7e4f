"""Why cover begins and ends where it does: the rule told beside each outcome."""

from __future__ import annotations

from datetime import date

import pytest

from services.eligibility.domain.affiliation import decide
from services.eligibility.domain.decision import inputs_of, taken
from services.eligibility.domain.grounds import explained, references
from tests.services.eligibility.accord import content
from tests.services.eligibility.accord import terms as accord
from tests.services.eligibility.test_affiliation import CASES, file_of, period, supposed

RULES_TOLD = {
    "a titulaire present at the effect is covered from the effect": ["compulsory"],
    "cover ends with the last day of employment": ["compulsory", "employment"],
    "the accord does not apply to vacataires": ["excluded_kind", "employment"],
    "the example of the simulation API": ["seniority", "seniority", "employment"],
    "a contract of exactly six months joins on arrival": ["contract_length", "employment"],
    "a long contract beside a short one joins on arrival": ["seniority", "contract_length", "employment"],
    "back on 21 March, joined on 20 April": ["return_to_work", "return_to_work"],
    "a disponibilité d'office that is not indemnified suspends it": ["compulsory", "suspension", "suspension"],
    "a year later without a new proof, covered on the first of the next month": ["dispense", "dispense", "employment"],
}


@pytest.mark.parametrize("name", RULES_TOLD)
def test_the_rule_told(name: str) -> None:
    file, terms = supposed(next(case for case in CASES if case.name == name)).file, accord()
    stretches = explained(decide(file, terms), file, terms)
    assert [s.reasons[0].rule.removeprefix("eligibility.") for s in stretches] == RULES_TOLD[name]


def test_an_appointment_ends_the_wait() -> None:
    waiting = ("CONTRACTUEL_PUBLIC", "CDD", "2025-02-01", "2025-04-30")
    file, terms = file_of(waiting, ("STAGIAIRE", None, "2025-05-01", None)), accord()
    stretches = explained(decide(file, terms), file, terms)
    assert [s.reasons[0].rule for s in stretches] == ["eligibility.seniority", "eligibility.compulsory"]
    assert references(stretches) == ["accord art. 3", "accord art. 2.1 et 3"]


def test_figures_in_words_are_those_of_the_terms() -> None:
    file = supposed(next(c for c in CASES if c.name == "back on 21 March, joined on 20 April")).file
    terms = accord(eligibility={"return_days": 45})
    stretches = explained(decide(file, terms), file, terms)
    assert "45 jours" in stretches[1].reasons[0].detail
    assert stretches[1].period.start == date(2025, 5, 5)


def test_no_decision_where_the_accord_binds_on_no_day() -> None:
    file = file_of(("TITULAIRE", None, "2020-03-01", None))
    assert taken(inputs_of(file, content(), period("2020-01-01", "2024-12-31"))) is None
