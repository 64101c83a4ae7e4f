"""Cover, case by case: articles 2 and 3 of the accord, in the words of the accord."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kit.period import Period
from rules.book import RuleBook
from rules.vocabulary import ContractKind, EmploymentKind
from services.eligibility.api.simulation import AffiliationRequest, SimulatedAffiliation
from services.eligibility.application.simulate_affiliation import Supposition
from services.eligibility.domain.affiliation import decide
from services.eligibility.domain.documents import file_document, read_file
from services.eligibility.domain.file import AgentFile, Dispense, Employment
from services.eligibility.domain.grounds import explained, references
from services.eligibility.domain.reasons import ADHESION_ENDED
from services.eligibility.domain.simulation import simulate
from services.eligibility.domain.terms_document import read_terms, terms_for
from tests.golden.cases import OK, Case, difference, load
from tests.services.eligibility.accord import content
from tests.services.eligibility.accord import terms as accord

PATH = "/v1/simulations/affiliation"
CASES = [case for case in load() if case.post == PATH and case.status == OK]
RULES = RuleBook.load()


def supposed(case: Case) -> Supposition:
    return AffiliationRequest.model_validate(case.body).supposition()


def file_of(*jobs: tuple[str, str | None, str, str | None], **more: Any) -> AgentFile:
    """A file with these jobs: kind, contract, start, end."""
    made = [
        Employment(
            EmploymentKind(kind), None if contract is None else ContractKind(contract), period(start, end), Decimal(35)
        )
        for kind, contract, start, end in jobs
    ]
    return AgentFile(tuple(made), **more)


def period(start: str, end: str | None = None) -> Period:
    return Period(date.fromisoformat(start), None if end is None else date.fromisoformat(end))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cover(case: Case) -> None:
    """The golden cases once more, without a door in between."""
    what = supposed(case)
    found = simulate(what.file, what.chosen, accord(), what.as_of, RULES)
    assert difference(case.expect, SimulatedAffiliation.of(found).model_dump(mode="json")) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_kept_with_a_decision_reads_as_it_was(case: Case) -> None:
    file = supposed(case).file
    assert read_file(file_document(file)) == file


@pytest.mark.parametrize("article", ["art. 2.1", "art. 2.2", "art. 3"])
def test_each_article_is_cited_by_a_reason(article: str) -> None:
    cited: set[str] = set()
    for case in CASES:
        file, terms = supposed(case).file, accord()
        cited |= set(references(explained(decide(file, terms), file, terms)))
    assert any(article in reference for reference in cited)


def test_an_accord_that_ends_covers_nobody_after() -> None:
    file = file_of(("TITULAIRE", None, "2020-03-01", None))
    terms = accord(bound=Period(date(2025, 1, 1), date(2026, 12, 31)))
    stretches = explained(decide(file, terms), file, terms)
    assert [(str(s.period.start), s.outcome.value) for s in stretches] == [
        ("2025-01-01", "AFFILIATED"),
        ("2027-01-01", "ENDED"),
    ]
    assert stretches[1].reasons == (ADHESION_ENDED,)


def test_an_employer_never_bound_has_no_terms() -> None:
    assert read_terms(terms_for(content(), None), Period(date(2020, 1, 1), date(2024, 12, 31))) is None


def test_an_accord_without_dispense_lets_nobody_out() -> None:
    terms = accord(eligibility={"dispense": None})
    case = next(c for c in CASES if c.name == "hired later, asked on the fifteenth day")
    assert [s.outcome.value for s in decide(supposed(case).file, terms).stretches] == ["AFFILIATED", "ENDED"]


class TestDispenses:
    """A request may be given up, and made again."""

    JOB = ("CONTRACTUEL_PUBLIC", "CDD", "2025-03-01", "2026-12-31")
    PROOFS = (date(2025, 3, 5), date(2026, 3, 1))

    @classmethod
    def outcomes(cls, *asked: Dispense) -> list[tuple[str, str]]:
        stretches = decide(file_of(cls.JOB, dispenses=asked), accord()).stretches
        return [(str(s.period.start), s.outcome.value) for s in stretches]

    def test_given_up_it_holds_to_its_last_day(self) -> None:
        asked = Dispense(date(2025, 3, 5), individual_cover=True, proofs=self.PROOFS, until=date(2025, 9, 30))
        assert self.outcomes(asked)[:2] == [("2025-03-01", "DISPENSED"), ("2025-10-01", "AFFILIATED")]

    def test_given_up_after_it_lapsed_changes_nothing(self) -> None:
        asked = Dispense(date(2025, 3, 5), individual_cover=True, proofs=self.PROOFS[:1], until=date(2026, 9, 30))
        assert self.outcomes(asked)[1] == ("2026-04-01", "AFFILIATED")

    def test_given_up_before_affiliation_would_begin_it_never_held(self) -> None:
        asked = Dispense(date(2025, 2, 1), individual_cover=True, proofs=(date(2025, 2, 1),), until=date(2025, 2, 28))
        assert self.outcomes(asked)[0] == ("2025-03-01", "AFFILIATED")

    def test_asked_again_in_time(self) -> None:
        first = Dispense(date(2025, 3, 5), individual_cover=True, proofs=self.PROOFS, until=date(2025, 3, 9))
        again = Dispense(date(2025, 3, 10), individual_cover=True, proofs=self.PROOFS)
        assert self.outcomes(again, first) == [("2025-03-01", "DISPENSED"), ("2027-01-01", "ENDED")]

    @pytest.mark.parametrize(("asked", "outcome"), [("2026-12-31", "AFFILIATED"), ("2027-01-01", "DISPENSED")])
    def test_asked_on_the_last_day_of_a_job_it_is_of_that_job(self, asked: str, outcome: str) -> None:
        second = ("CONTRACTUEL_PUBLIC", "CDD", "2027-02-01", "2027-12-31")
        day = date.fromisoformat(asked)
        one = Dispense(day, individual_cover=True, proofs=(day,))
        found = decide(file_of(self.JOB, second, dispenses=(one,)), accord()).stretches
        assert [s.outcome.value for s in found if s.period.start == date(2027, 2, 1)] == [outcome]

    def test_another_presence_asks_anew(self) -> None:
        second = ("CONTRACTUEL_PUBLIC", "CDD", "2027-02-01", "2027-12-31")
        first = Dispense(date(2025, 3, 5), individual_cover=True, proofs=self.PROOFS)
        again = Dispense(date(2027, 2, 10), individual_cover=True, proofs=(date(2027, 2, 10),))
        both = decide(file_of(self.JOB, second, dispenses=(first, again)), accord()).stretches
        alone = decide(file_of(self.JOB, second, dispenses=(first,)), accord()).stretches
        assert [s.outcome.value for s in both] == ["DISPENSED", "ENDED", "DISPENSED", "ENDED"]
        assert [s.outcome.value for s in alone] == ["DISPENSED", "ENDED", "AFFILIATED", "ENDED"]
