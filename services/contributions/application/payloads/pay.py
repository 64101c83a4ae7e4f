"""Pay, as published: one version of a month, whole."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from kit.events.envelope import EventData
from kit.money import Money
from services.contributions.adapters.pay import PayVersion
from services.contributions.domain.intake import PlainPay, Rappel

PAY_TOPIC: Final = "psc.contributions.pay.v1"


class RappelData(BaseModel):
    """What a month's pay adds to `month`, an earlier one; negative: takes back."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    month: str
    tib: str
    nbi: str
    ri: str
    gross: str | None = None

    @classmethod
    def of(cls, rappel: Rappel) -> Self:
        return cls(
            month=str(rappel.month),
            tib=str(rappel.tib),
            nbi=str(rappel.nbi),
            ri=str(rappel.ri),
            gross=None if rappel.gross is None else str(rappel.gross),
        )


class PayData(EventData):
    """One version of a month's pay, whole: the highest `version` of (employer, employment, month) is the current one.

    `other` is the sum of the elements that no rule reads, `other_elements` each of them by the payroll's own code.
    `tpp` null: not stated. `share_of_pay` is the fraction of the full traitement paid; null: not said. `tib` holds the
    flat pay of cabinet staff, which `cabinet` shows apart; `gross` is the assiette of CSS L. 242-1 of private law.
    `rappels` are what this pay adds to earlier months, or takes back from them.
    """

    agent: str
    employer: str
    employment: str | None
    month: str
    version: int
    tib: str
    nbi: str
    ri: str
    sft: str
    ir: str
    tpp: str | None
    other: str
    other_elements: dict[str, str]
    share_of_pay: str | None
    cabinet: str = "0.00"
    gross: str | None = None
    rappels: list[RappelData] = Field(default_factory=list)

    @classmethod
    def of(cls, agent: str, stored: PayVersion) -> Self:
        pay, elements = stored.pay, stored.pay.counted
        return cls(
            agent=agent,
            employer=stored.key.employer,
            employment=stored.key.employment or None,
            month=str(stored.key.month),
            version=stored.version,
            tib=str(elements.tib),
            nbi=str(elements.nbi),
            ri=str(elements.ri),
            sft=str(elements.sft),
            ir=str(elements.ir),
            tpp=None if elements.tpp is None else str(elements.tpp),
            other=str(elements.other),
            other_elements={code: str(amount) for code, amount in sorted(pay.other.items())},
            share_of_pay=None if pay.share_of_pay is None else str(pay.share_of_pay),
            cabinet=str(pay.cabinet),
            gross=None if pay.gross is None else str(pay.gross),
            rappels=[RappelData.of(rappel) for rappel in pay.rappels],
        )


class PayRecorded(PayData):
    """The first version of a month's pay."""

    type: ClassVar[str] = "fr.psc.contributions.pay.recorded.v1"
    topic: ClassVar[str] = PAY_TOPIC


class PayCorrected(PayData):
    """A later version of a month's pay."""

    type: ClassVar[str] = "fr.psc.contributions.pay.corrected.v1"
    topic: ClassVar[str] = PAY_TOPIC


def pay_event(agent: str, stored: PayVersion) -> PayData:
    """The event of one version."""
    kind = PayRecorded if stored.version == 1 else PayCorrected
    return kind.of(agent, stored)


def plain_payload(pay: PlainPay) -> str:
    """What `PayRecorded` says of it after `agent`, to the letter; what stands in it was read as a code or an amount."""
    employment = f'"{pay.employment}"' if pay.employment else "null"
    return (
        f'"employer":"{pay.employer}","employment":{employment},"month":"{pay.month.isoformat()[:7]}","version":1,'
        f'"tib":"{_euros(pay.tib + pay.cabinet)}","nbi":"{_euros(pay.nbi)}","ri":"{_euros(pay.ri)}",'
        f'"sft":"{_euros(pay.sft)}","ir":"{_euros(pay.ir)}","tpp":{_or_null(pay.tpp)},"other":"0.00",'
        f'"other_elements":{{}},"share_of_pay":null,"cabinet":"{_euros(pay.cabinet)}","gross":{_or_null(pay.gross)},'
        '"rappels":[]}'
    )


def _or_null(cents: int | None) -> str:
    return "null" if cents is None else f'"{_euros(cents)}"'


@lru_cache(maxsize=4096)  # of an index or a rate, so the same ones come again
def _euros(cents: int) -> str:
    return str(Money(cents))
