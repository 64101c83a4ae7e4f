"""What becomes of a month's pay that arrives: a first version, a repetition, a correction, or a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.pay import PayElements


@dataclass(frozen=True, slots=True, order=True)
class PayKey:
    """Whose pay of which month. `employment`: a contract number, '' unless the agent has several with this employer."""

    employer: str
    matricule: str
    employment: str
    month: Month


@dataclass(frozen=True, slots=True)
class Pay:
    """The elements as the payroll sends them. `other` holds what no rule reads, by its own code: kept, never lost."""

    elements: PayElements
    other: Mapping[str, Money] = field(default_factory=dict)
    share_of_pay: Rate | None = None


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


WRITTEN = frozenset({Verdict.RECORDED, Verdict.CORRECTED})


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, and the version that holds afterwards (0: none)."""

    verdict: Verdict
    version: int


def decide(current: StoredPay | None, sent: Pay, given: int | None) -> Decision:
    """Compare what is sent with what is stored; `given` is the version the sender read, None when it names none.

    The same pay again changes nothing, whatever version it names. Another one must name the current version, so that
    nobody overwrites what he has not seen.
    """
    if current is None:
        return Decision(Verdict.RECORDED, 1) if given is None else Decision(Verdict.OUTDATED, 0)
    if current.pay == sent:
        return Decision(Verdict.UNCHANGED, current.version)
    if given is None:
        return Decision(Verdict.VERSION_REQUIRED, current.version)
    if given != current.version:
        return Decision(Verdict.OUTDATED, current.version)
    return Decision(Verdict.CORRECTED, current.version + 1)
