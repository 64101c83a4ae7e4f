"""A month's pay as it is sent: its elements, and what it adds to earlier months."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from kit.http.types import (
    Amount,
    Answer,
    Code,
    Count,
    Matricule,
    MonthText,
    Request,
    Share,
    SignedAmount,
    SiretText,
    example,
)
from kit.money import Money
from rules.pay import PayElements
from services.contributions.domain.intake import Pay, PayKey, Rappel

ZERO: Final = Money.zero()
MAX_OTHERS: Final = 50
MAX_RAPPELS: Final = 120
PAY: Final = {"tib": "2067.57", "nbi": "73.84", "ri": "300.00"}
PAY_ITEM: Final = {"employer": "99985001900012", "matricule": "M1", "month": "2026-01", **PAY}


class RappelRequest(Request):
    """What this pay adds to an earlier month, or takes back from it; `gross` for private law."""

    month: MonthText
    tib: SignedAmount = ZERO
    nbi: SignedAmount = ZERO
    ri: SignedAmount = ZERO
    gross: SignedAmount | None = None

    def to_domain(self) -> Rappel:
        return Rappel(self.month, self.tib, self.nbi, self.ri, self.gross)


class RappelAnswer(Answer):
    """A rappel, as received."""

    month: MonthText
    tib: SignedAmount
    nbi: SignedAmount
    ri: SignedAmount
    gross: SignedAmount | None


class PayRequest(Request):
    """A month's pay, in gross monthly amounts. `other`: elements that no rule reads, by the payroll's own codes.

    `cabinet`: the flat pay of cabinet staff. `gross`: the assiette of CSS L. 242-1, for private law. `share_of_pay`:
    the fraction of the full traitement paid in the month, when it is not whole. `tpp` left out is given by the rule.
    """

    model_config = example(PAY)

    cabinet: Amount = ZERO
    gross: Amount | None = None
    # Read after them: whoever has neither has a traitement, if of 0.00.
    tib: Annotated[Amount | None, Field(validate_default=True)] = None
    nbi: Amount = ZERO
    ri: Amount = ZERO
    sft: Amount = ZERO
    ir: Amount = ZERO
    tpp: Amount | None = None
    other: Annotated[dict[Code, Amount], Field(default_factory=dict, max_length=MAX_OTHERS)]
    share_of_pay: Share | None = None
    rappels: Annotated[list[RappelRequest], Field(default_factory=list, max_length=MAX_RAPPELS)]

    @field_validator("tib")
    @classmethod
    def _some_pay(cls, tib: Money | None, info: ValidationInfo) -> Money:
        if tib is None and not info.data.get("cabinet") and info.data.get("gross") is None:
            raise PydanticCustomError("missing", "{message}", {"message": "Champ obligatoire."})
        return tib or ZERO

    def to_domain(self) -> Pay:
        others = Money.sum(self.other.values())
        tib = self.tib or ZERO
        return Pay(
            PayElements(tib=tib, nbi=self.nbi, ri=self.ri, sft=self.sft, ir=self.ir, other=others, tpp=self.tpp),
            self.other,
            self.share_of_pay,
            self.cabinet,
            self.gross,
            tuple(sorted(rappel.to_domain() for rappel in self.rappels)),
        )


class PayItem(PayRequest):
    """A month's pay among others. `version`: the one that was read, for a correction."""

    model_config = example(PAY_ITEM)

    employer: SiretText
    matricule: Matricule
    month: MonthText
    employment: Code | None = None
    version: Annotated[Count, Field(ge=1)] | None = None

    @property
    def key(self) -> PayKey:
        return PayKey(self.employer, self.matricule, self.employment or "", self.month)
