"""Which insurer a fact concerns: derived from the dated memberships that accords give, never declared by anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from kit.clock import PARIS
from kit.period import Month, Period

# A fact is of the day its validity begins; the first of these that it carries says which.
DATE_FIELDS: Final = ("covered_on", "from", "start", "month", "on", "date", "due")


@dataclass(frozen=True, slots=True)
class Membership:
    """An insurer covers the agents of an employer under an accord during a period."""

    agreement: str
    employer: str
    insurer: str
    valid: Period


@dataclass(frozen=True, slots=True)
class Fact:
    """What matters of an event: whose it is, and the days it is about. The rest when the event names it."""

    employer: str
    span: Period
    agreement: str | None = None
    insurer: str | None = None
    claim: str | None = None

    def following(self, opening: Fact) -> Fact:
        """What becomes of a claim is of the lot of its opening, whatever month it is about: whoever covered the first
        day goes on paying once the contract has ended (loi Évin, art. 7: K).
        """
        return replace(self, agreement=self.agreement or opening.agreement, span=opening.span)


def fact_of(data: Mapping[str, Any], employer: str, recorded: datetime) -> Fact:
    """Read a fact from a payload; without a validity date it is of the day it was recorded (Europe/Paris).

    >>> from datetime import UTC
    >>> fact_of({"month": "2026-02"}, "1", datetime(2026, 5, 1, tzinfo=UTC)).span.end
    datetime.date(2026, 2, 28)
    """
    span = _span(data) or _day(recorded.astimezone(PARIS).date())
    return Fact(employer, span, _text(data, "agreement"), _text(data, "insurer"), _text(data, "claim"))


def concerned(memberships: Iterable[Membership], fact: Fact) -> frozenset[str]:
    """The insurers of the fact's lot on its first day that any insurer covers.

    A month whose insurer changes half way is thus the former one's; a month that begins without cover is the first
    one's that comes. A fact that names no accord, on a day when the employer has several, is withheld from all:
    it cannot be said whose lot it is of.
    """
    candidates = [m for m in memberships if _of_the_same_lot(m, fact) and m.valid.meets(fact.span)]
    if not candidates:
        return frozenset()
    day = max(fact.span.start, min(m.valid.start for m in candidates))
    covering = [m for m in candidates if day in m.valid]
    if len({m.agreement for m in covering}) > 1:
        return frozenset()
    insurers = frozenset(m.insurer for m in covering)
    return insurers if fact.insurer is None else insurers & {fact.insurer}


def memberships_of(data: Mapping[str, Any]) -> list[Membership]:
    """Every employer of an accord with every insurer of it, as long as both are in and the accord is in effect."""
    effective = _period(data.get("effective") or {}) or Period(date.min)
    found: list[Membership] = []
    for employer in data["employers"]:
        for insurer in data["insurers"]:
            valid = _common(effective, _period(employer), _period(insurer))
            if valid is not None:
                found.append(Membership(str(data["agreement"]), str(employer["siret"]), str(insurer["code"]), valid))
    return found


def _of_the_same_lot(membership: Membership, fact: Fact) -> bool:
    return membership.employer == fact.employer and fact.agreement in (None, membership.agreement)


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None


def _span(data: Mapping[str, Any]) -> Period | None:
    for name in DATE_FIELDS:
        value = data.get(name)
        if isinstance(value, str) and (found := _read(value)) is not None:
            return found
    nested = data.get("employment")
    return _span(nested) if isinstance(nested, Mapping) else None


def _read(text: str) -> Period | None:
    try:
        return Month.parse(text).period() if len(text) == len("2026-01") else _day(date.fromisoformat(text))
    except ValueError:
        return None


def _day(day: date) -> Period:
    return Period(day, day)


def _period(dated: Mapping[str, Any]) -> Period | None:
    """`from` and `to`, both included. A party without a date is in as long as the accord is."""
    if not dated.get("from"):
        return None
    end = dated.get("to")
    return Period(date.fromisoformat(dated["from"]), date.fromisoformat(end) if end else None)


def _common(first: Period, *others: Period | None) -> Period | None:
    common: Period | None = first
    for other in others:
        if common is not None and other is not None:
            common = common.intersection(other)
    return common
