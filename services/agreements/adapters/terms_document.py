"""Groups of terms: what a scheme offers its accords, what an accord says itself, what it says of one employer.

The nearest level that states a group holds: a guarantee by its code, the bases, the revision and the eligibility each
as one. A lock keeps a level below from saying otherwise.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Strict

from kit.http.types import DateText, Flag, SiretText, Text
from rules.vocabulary import ContractKind, EmploymentKind, LeaveKind, PayElement, Regime
from services.agreements.adapters.document_guarantees import GuaranteeDocument
from services.agreements.adapters.document_parts import MANY, MAX_ITEMS, Dated, ExactRate, Part
from services.agreements.domain import agreement as domain

TermPath = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f]+(/[^/\x00-\x1f]+)*$")]


# No accord asks for more than a career of months, or for ten years of days; beyond, no date could be reckoned.
Months = Annotated[int, Strict(), Field(ge=0, le=600)]
Days = Annotated[int, Strict(), Field(ge=0, le=3_660)]


class BaseDocument(Part):
    """What the rates apply to, by population."""

    populations: Annotated[list[Regime], MANY]
    elements: Annotated[list[PayElement], MANY]
    tpp: domain.TppBase | None = None
    source: Text

    def to_domain(self) -> domain.BaseTerm:
        return domain.BaseTerm(frozenset(self.populations), tuple(self.elements), self.tpp, self.source)


class RevisionDocument(Part):
    """The ceiling of a revision, as a part of the rate applicable until then."""

    max_increase: ExactRate
    source: Text

    def to_domain(self) -> domain.RevisionTerm:
        return domain.RevisionTerm(self.max_increase, self.source)


class DispenseDocument(Part):
    """Who may refuse to join, and how."""

    contracts: Annotated[list[ContractKind], MANY]
    kinds: Annotated[list[EmploymentKind], MANY]
    present_deadline: DateText
    hire_days: Days
    proof_months: Months
    source: Text

    def to_domain(self) -> domain.DispenseTerm:
        return domain.DispenseTerm(
            frozenset(self.contracts),
            frozenset(self.kinds),
            self.present_deadline,
            self.hire_days,
            self.proof_months,
            self.source,
        )


class SuspensionDocument(Part):
    """Whether pay during a suspension keeps the cover, and on what contributions are reckoned then."""

    paid_keeps_cover: Flag
    contribution_on: domain.SuspendedBase = domain.SuspendedBase.PAY_DUE
    source: Text


class EligibilityDocument(Part):
    """Who is compulsorily covered, and from when.

    `seniority_gap_days`: the days without contract that leave months consecutive (rulebook S12); none unless said.
    """

    return_days: Days
    deferring_leaves: Annotated[list[LeaveKind], MANY]
    seniority_months: Months
    contract_months: Months
    # Left out where it is zero, so that documents stored without it read the same.
    seniority_gap_days: Days = Field(0, exclude_if=lambda days: days == 0)
    seniority_kinds: Annotated[list[EmploymentKind], MANY]
    excluded_kinds: Annotated[list[EmploymentKind], MANY]
    dispense: DispenseDocument | None = None
    suspension: SuspensionDocument
    source: Text

    def to_domain(self) -> domain.EligibilityTerm:
        return domain.EligibilityTerm(
            self.return_days,
            frozenset(self.deferring_leaves),
            self.seniority_months,
            self.contract_months,
            frozenset(self.seniority_kinds),
            frozenset(self.excluded_kinds),
            self.dispense.to_domain() if self.dispense else None,
            domain.SuspensionTerm(
                self.suspension.paid_keeps_cover, self.suspension.source, self.suspension.contribution_on
            ),
            self.source,
            self.seniority_gap_days,
        )


class TermsDocument(Part):
    """Groups of terms; a group left out comes from the level above."""

    guarantees: list[GuaranteeDocument] = Field(default_factory=list, max_length=MAX_ITEMS)
    contribution_base: list[BaseDocument] = Field(default_factory=list, max_length=MAX_ITEMS)
    rate_revision: RevisionDocument | None = None
    eligibility: EligibilityDocument | None = None


class ExceptionDocument(Dated, TermsDocument):
    """What an accord says otherwise for one employer, in a period."""

    employer: SiretText
    source: Text

    def to_domain(self) -> domain.ExceptionTerm:
        return domain.ExceptionTerm(
            employer=self.employer,
            period=self.period,
            guarantees=tuple(g.to_domain() for g in self.guarantees),
            bases=tuple(b.to_domain() for b in self.contribution_base),
            revision=self.rate_revision.to_domain() if self.rate_revision else None,
            eligibility=self.eligibility.to_domain() if self.eligibility else None,
            source=self.source,
        )


def stated(terms: TermsDocument) -> dict[str, Any]:
    """The groups that are stated, as JSON holds them."""
    dumped = TermsDocument.model_validate(
        {name: getattr(terms, name) for name in TermsDocument.model_fields}
    ).model_dump(mode="json", by_alias=True)
    return {name: group for name, group in dumped.items() if group}
