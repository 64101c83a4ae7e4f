"""The guarantees of the accord's document: one model a guarantee, because each pays something of its own shape."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from kit.http.types import Amount, DateText, Flag, Text
from rules.vocabulary import Guarantee, LeaveKind, PayElement, Regime
from services.agreements.adapters.document_parts import MANY, Dated, ExactRate, Part
from services.agreements.domain import benefit as benefits
from services.agreements.domain.agreement import GuaranteeTerm, RateTerm


class RateDocument(Dated):
    """A contribution rate, its split, and until when it is guaranteed.

    `minimum_rate`: the part of the rate that pays for the minimum guarantees (CGFP L. 827-11); null: unknown.
    """

    guaranteed_to: DateText | None = None
    rate: ExactRate
    employer_share: ExactRate
    source: Text
    minimum_rate: ExactRate | None = None

    def to_domain(self) -> RateTerm:
        return RateTerm(self.period, self.guaranteed_to, self.rate, self.employer_share, self.source, self.minimum_rate)


class AnnuityDocument(Part):
    """Permanent invalidity.

    `cap`: the share of the net reference that a capped complement never exceeds. What is left out of the two switches
    reads ANNUITY (S6, as the annex of La Roche-sur-Yon is worded) and LEGAL_AGE.
    """

    formula: benefits.AnnuityFormula
    full_rate_from: ExactRate
    atmp_from: ExactRate
    categories: Annotated[list[Literal["1", "2", "3"]], MANY]
    prorated: benefits.Prorated | None = None
    cap: ExactRate | None = None
    until: benefits.Until | None = None

    @model_validator(mode="after")
    def _says_its_cap(self) -> Self:
        if (self.cap is not None) != (self.formula is benefits.AnnuityFormula.COMPLEMENT_CAPPED_50):
            message = "Un plafond accompagne la formule COMPLEMENT_CAPPED_50, et elle seule."
            raise PydanticCustomError("annuity_cap", "{message}", {"message": message})
        return self


class IncomeDocument(Part):
    """Temporary incapacity, then annuity.

    `unpaid_leaves`: those whose unpaid days are maintained too, TPT among them; left out: CMO, CGM and DO (S27).
    `elements`: with SFT and IR, or without RI, for an accord that compares these (S28). `net` left out: before the
    agent's own contribution (S29).
    """

    target: ExactRate
    elements: Annotated[list[PayElement], MANY]
    starts: benefits.Start
    annuity: AnnuityDocument
    source: Text
    unpaid_leaves: Annotated[list[LeaveKind], MANY] | None = None
    net: benefits.Net | None = None

    def to_domain(self) -> benefits.Benefit:
        annuity = benefits.Annuity(
            self.annuity.formula, self.annuity.full_rate_from, self.annuity.atmp_from, tuple(self.annuity.categories)
        )
        return benefits.IncomeBenefit(self.target, tuple(self.elements), self.starts, annuity, self.source)


class DeathDocument(Part):
    """A capital in parts of the annual base; an IAD pays `advance_on_iad` of it, a death afterwards the rest (S8)."""

    share_of_annual_base: ExactRate
    advance_on_iad: ExactRate
    source: Text

    def to_domain(self) -> benefits.Benefit:
        return benefits.DeathBenefit(self.share_of_annual_base, self.advance_on_iad, self.source)


class FlatDocument(Part):
    """A fixed capital; `prorated`: in the share of a full annuity that the rate gives (S24), false where left out."""

    flat: Amount
    due: benefits.Due
    source: Text
    prorated: Flag | None = None

    def to_domain(self) -> benefits.Benefit:
        return benefits.FlatBenefit(self.flat, self.due, self.source)


class RiDocument(Part):
    """The régime indemnitaire kept during full pay (S9).

    `deducts_maintained`: less what the employer keeps, true where left out. `subordinate`: only on days for which
    the base pays as well, false where left out.
    """

    target: ExactRate
    elements: Annotated[list[PayElement], MANY]
    leaves: Annotated[list[LeaveKind], MANY]
    source: Text
    deducts_maintained: Flag | None = None
    subordinate: Flag | None = None

    def to_domain(self) -> benefits.Benefit:
        return benefits.RiBenefit(self.target, tuple(self.elements), tuple(self.leaves), self.source)


BENEFITS: Final[dict[Guarantee, type[IncomeDocument | DeathDocument | FlatDocument | RiDocument]]] = {
    Guarantee.BASE: IncomeDocument,
    Guarantee.DEATH: DeathDocument,
    Guarantee.RETIREMENT_LOSS: FlatDocument,
    Guarantee.RI_FULL_PAY: RiDocument,
}


class GuaranteeDocument(Part):
    """A guarantee; the fields of `benefit` are those of its `code`."""

    code: Guarantee
    mandatory: Flag
    populations: Annotated[list[Regime], MANY]
    unresolved: Flag = False
    source: Text
    rates: Annotated[list[RateDocument], MANY]
    benefit: IncomeDocument | DeathDocument | FlatDocument | RiDocument

    @field_validator("benefit", mode="before")
    @classmethod
    def _of_its_code(cls, value: Any, info: ValidationInfo) -> Any:
        """Read it as what its code says, so that an error names the field and not four unions."""
        code = info.data.get("code")
        return value if code is None else BENEFITS[code].model_validate(value)

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
