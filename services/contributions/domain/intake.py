"""What becomes of a month's pay that arrives: a first version, a repetition, a correction, or a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.pay import PayElements

ZERO: Final = Money.zero()


class PayKey(NamedTuple):
    """Whose pay of which month. `employment`: a contract number, '' unless the agent has several with this employer."""

    employer: str
    matricule: str
    employment: str
    month: Month


@dataclass(frozen=True, slots=True, order=True)
class Rappel:
    """What a month's pay adds to an earlier month, or takes back from it: a contribution of that month.

    `gross` stands for all elements of private law.
    """

    month: Month
    tib: Money = ZERO
    nbi: Money = ZERO
    ri: Money = ZERO
    gross: Money | None = None


@dataclass(frozen=True, slots=True)
class Pay:
    """The elements as the payroll sends them. `other` holds what no rule reads, by its own code: kept, never lost.

    `cabinet` is the flat pay of cabinet staff, `gross` the assiette of CSS L. 242-1 of private law (accord art. 5.2).
    """

    elements: PayElements
    other: Mapping[str, Money] = field(default_factory=dict)
    share_of_pay: Rate | None = None
    cabinet: Money = ZERO
    gross: Money | None = None
    rappels: tuple[Rappel, ...] = ()

    @property
    def counted(self) -> PayElements:
        """The elements as rules read them: flat pay of cabinet staff is their traitement."""
        if not self.cabinet:
            return self.elements
        return replace(self.elements, tib=self.elements.tib + self.cabinet)


class PlainPay(NamedTuple):
    """A month's pay of nothing but amounts, in cents, as nearly all of a file is; `month`: its first day.

    What `Pay` says in objects, for those of whom nothing else is to be said and nothing was known of that month.
    """

    employer: str
    matricule: str
    employment: str
    month: date
    tib: int
    nbi: int
    ri: int
    sft: int
    ir: int
    tpp: int | None
    cabinet: int
    gross: int | None


@dataclass(frozen=True, slots=True)
class StoredPay:
    """The current version of a month's pay; versions count from 1."""

    version: int
    pay: Pay


class Verdict(StrEnum):
    """What happens to it."""

    RECORDED = "RECORDED"
    CORRECTED = "CORRECTED"
    UNCHANGED = "UNCHANGED"
    VERSION_REQUIRED = "VERSION_REQUIRED"
    OUTDATED = "OUTDATED"
    RAPPEL_NOT_EARLIER = "RAPPEL_NOT_EARLIER"


WRITTEN: Final = frozenset({Verdict.RECORDED, Verdict.CORRECTED})
# The version named is not the current one.
CONFLICTS: Final = frozenset({Verdict.VERSION_REQUIRED, Verdict.OUTDATED})


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, and the version that holds afterwards (0: none)."""

    verdict: Verdict
    version: int


def decide(month: Month, current: StoredPay | None, sent: Pay, given: int | None) -> Decision:
    """Compare what is sent with what is stored; `given` is the version the sender read, None when it names none.

    The same pay again changes nothing, whatever version it names. Another one must name the current version, so that
    nobody overwrites what he has not seen. A rappel concerns a month before the one it is paid in.
    """
    if any(rappel.month >= month for rappel in sent.rappels):
        return Decision(Verdict.RAPPEL_NOT_EARLIER, current.version if current else 0)
    if current is None:
        return Decision(Verdict.RECORDED, 1) if given is None else Decision(Verdict.OUTDATED, 0)
    if current.pay == sent:
        return Decision(Verdict.UNCHANGED, current.version)
    if given is None:
        return Decision(Verdict.VERSION_REQUIRED, current.version)
    if given != current.version:
        return Decision(Verdict.OUTDATED, current.version)
    return Decision(Verdict.CORRECTED, current.version + 1)
