"""The guarantees of the accord's document: one model a guarantee, because each pays something of its own shape."""

from __future__ import annotations

from typing import Annotated, Literal

from kit.http.types import Amount, DateText, Flag, RateText, Text
from rules.vocabulary import Guarantee, LeaveKind, PayElement, Regime
from services.agreements.adapters.document_parts import MANY, Dated, Part
from services.agreements.domain import benefit as benefits
from services.agreements.domain.agreement import GuaranteeTerm, RateTerm


class RateDocument(Dated):
    """A contribution rate, its split, and until when it is guaranteed."""

    guaranteed_to: DateText | None = None
    rate: RateText
    employer_share: RateText
    source: Text

    def to_domain(self) -> RateTerm:
        return RateTerm(self.period, self.guaranteed_to, self.rate, self.employer_share, self.source)


class AnnuityDocument(Part):
    """Permanent invalidity."""

    formula: benefits.AnnuityFormula
    full_rate_from: RateText
    atmp_from: RateText
    categories: Annotated[list[Literal["1", "2", "3"]], MANY]


class IncomeDocument(Part):
    """Temporary incapacity, then annuity."""

    target: RateText
    elements: Annotated[list[PayElement], MANY]
    starts: benefits.Start
    annuity: AnnuityDocument
    source: Text

    def to_domain(self) -> benefits.Benefit:
        annuity = benefits.Annuity(
            self.annuity.formula, self.annuity.full_rate_from, self.annuity.atmp_from, tuple(self.annuity.categories)
        )
        return benefits.IncomeBenefit(self.target, tuple(self.elements), self.starts, annuity, self.source)


class DeathDocument(Part):
    """A capital in parts of the annual base."""

    share_of_annual_base: RateText
    advance_on_iad: RateText
    source: Text

    def to_domain(self) -> benefits.Benefit:
        return benefits.DeathBenefit(self.share_of_annual_base, self.advance_on_iad, self.source)


class FlatDocument(Part):
    """A fixed capital."""

    flat: Amount
    due: benefits.Due
    source: Text

    def to_domain(self) -> benefits.Benefit:
        return benefits.FlatBenefit(self.flat, self.due, self.source)


class RiDocument(Part):
    """The régime indemnitaire kept during full pay."""

    target: RateText
    elements: Annotated[list[PayElement], MANY]
    leaves: Annotated[list[LeaveKind], MANY]
    source: Text

    def to_domain(self) -> benefits.Benefit:
        return benefits.RiBenefit(self.target, tuple(self.elements), tuple(self.leaves), self.source)


class _Guarantee(Part):
    """What all guarantees say."""

    code: Guarantee
    mandatory: Flag
    populations: Annotated[list[Regime], MANY]
    unresolved: Flag = False
    source: Text
    rates: Annotated[list[RateDocument], MANY]
    benefit: IncomeDocument | DeathDocument | FlatDocument | RiDocument

    def to_domain(self) -> GuaranteeTerm:
        return GuaranteeTerm(
            self.code,
            self.mandatory,
            frozenset(self.populations),
            self.unresolved,
            self.source,
            tuple(rate.to_domain() for rate in self.rates),
            self.benefit.to_domain(),
        )


class BaseGuaranteeDocument(_Guarantee):
    code: Literal[Guarantee.BASE]
    benefit: IncomeDocument


class DeathGuaranteeDocument(_Guarantee):
    code: Literal[Guarantee.DEATH]
    benefit: DeathDocument


class RetirementLossGuaranteeDocument(_Guarantee):
    code: Literal[Guarantee.RETIREMENT_LOSS]
    benefit: FlatDocument


class RiFullPayGuaranteeDocument(_Guarantee):
    code: Literal[Guarantee.RI_FULL_PAY]
    benefit: RiDocument


GuaranteeDocument = (
    BaseGuaranteeDocument | DeathGuaranteeDocument | RetirementLossGuaranteeDocument | RiFullPayGuaranteeDocument
)
