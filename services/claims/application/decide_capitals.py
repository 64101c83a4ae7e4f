"""Decide capitals so that what is stored is what deaths and annuities support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from kit.trace import Snapshot
from rules.vocabulary import Guarantee
from services.claims.adapters.capitals import Capital, Paying
from services.claims.application.deciding import Subject, store, withdraw
from services.claims.application.follow_overpayments import Change, Paid, follow_overpayments
from services.claims.application.payloads import CapitalDue
from services.claims.domain.capitals import Capital as FoundCapital
from services.claims.domain.case import Case
from services.claims.domain.due_capitals import ProposedCapital
from services.claims.domain.overpayment import OverpaymentKind, presumed_overpaid
from services.claims.domain.snapshot import decided

ZERO = Money.zero()
# The accord, the day it is due, the amount, the alerts, and the last day of the ended contract that owes it.
_Said = tuple[str, date, Money, list[str], date | None]


@dataclass(frozen=True, slots=True)
class _Due:
    """A capital that the facts support, under an accord."""

    agreement: str
    found: FoundCapital
    snapshot: Snapshot
    terms: Mapping[str, Any]
    rest: bool

    @property
    def said(self) -> _Said:
        found = self.found
        return self.agreement, found.due, found.amount, [one.value for one in found.alerts], found.kept


@dataclass(frozen=True, slots=True)
class _Taken:
    """A capital decided anew."""

    now: Capital
    before: Capital | None
    snapshot: Snapshot
    terms: Mapping[str, Any]

    def changes(self, today: date) -> list[Change]:
        """What it changes in the months in which it was, and is, due."""
        month, deltas = Month.of(self.now.due), {}
        if self.before is not None:
            deltas[Month.of(self.before.due)] = -self.before.amount
        deltas[month] = deltas.get(month, ZERO) + self.now.amount
        return [Change(self.now.id, one, by, presumed_overpaid(one, by, today)) for one, by in deltas.items()]


async def decide_capitals(tx: AsyncConnection, subject: Subject, proposed: Sequence[ProposedCapital]) -> list[Outgoing]:
    """Write what differs; a capital that nothing supports any more goes back to zero. Raises as `decide`."""
    known = subject.before.capitals
    due = _due(subject, proposed)
    taken: list[_Taken] = []
    for thing, one in due.items():
        before = known.get(thing)
        if before is None or one.said != _said(before):
            taken.append(_Taken(_capital(subject, one, before), before, one.snapshot, one.terms))
    lost = [before for thing, before in known.items() if before.amount and thing not in due]
    taken += [await _withdrawn(tx, subject, before) for before in lost]
    return _write(subject, taken)


def _due(subject: Subject, proposed: Sequence[ProposedCapital]) -> dict[Paying, _Due]:
    """What each guarantee pays, and the rest of it: the first of its cases that gives something."""
    due: dict[Paying, _Due] = {}
    for one in proposed:
        thing = (one.guarantee.value, one.rest)
        if thing not in due:
            case = _with_overrides(subject, one, thing)
            decision, snapshot = decided(case, one.version.document, subject.rules)
            paid = next((capital for capital in decision.capitals if capital.amount or capital.alerts), None)
            if paid is not None:
                terms = one.version
                due[thing] = _Due(terms.terms.agreement, paid, snapshot, terms.document, rest=one.rest)
    return due


def _with_overrides(subject: Subject, one: ProposedCapital, thing: Paying) -> Case:
    """The case with what people decided of the capital, and of the annuity that it depends on."""
    known = subject.before.capitals.get(thing)
    annuity = subject.before.annuities.get(UUID(one.recognition)) if one.recognition else None
    return replace(
        one.case,
        capital_override=subject.before.awards.get(known.capital) if known else None,
        annuity_override=subject.before.awards.get(annuity.annuity) if annuity else None,
    )


async def _withdrawn(tx: AsyncConnection, subject: Subject, before: Capital) -> _Taken:
    """The former decision's case without the option, which gives nothing."""
    former = await withdraw(tx, subject, before.id, lambda case: replace(case, options=frozenset()))
    return _Taken(_next(subject, before, before.due, ZERO, []), before, former.snapshot, former.terms)


def _write(subject: Subject, taken: Sequence[_Taken]) -> list[Outgoing]:
    store(subject, ((one.now.id, f"capital:{one.now.capital}", one.snapshot) for one in taken))
    subject.writes.capitals += [one.now for one in taken]
    events = []
    for one in taken:
        events.append(subject.tell(_event(one.now), f"/v1/capitals/{one.now.capital}"))
        paid = Paid(OverpaymentKind.CAPITAL, one.now.capital, None, one.terms, Guarantee(one.now.guarantee))
        events += follow_overpayments(subject, paid, one.changes(subject.today))
    return events


def _capital(subject: Subject, due: _Due, before: Capital | None) -> Capital:
    if before is not None:
        _, on, amount, alerts, kept = due.said
        return replace(_next(subject, before, on, amount, alerts), agreement=due.agreement, kept=kept)
    return Capital(
        id=new_id(),
        employer=subject.employer,
        agent=subject.agent,
        capital=new_id(),
        agreement=due.agreement,
        guarantee=due.found.guarantee.value,
        version=1,
        due=due.found.due,
        amount=due.found.amount,
        amount_delta=due.found.amount,
        recorded_at=subject.at,
        rest=due.rest,
        kept=due.found.kept,
    )


def _next(subject: Subject, before: Capital, due: date, amount: Money, alerts: list[str]) -> Capital:
    return replace(
        before,
        id=new_id(),
        version=before.version + 1,
        due=due,
        amount=amount,
        amount_delta=amount - before.amount,
        alerts=alerts,
        recorded_at=subject.at,
    )


def _said(before: Capital) -> _Said:
    return before.agreement, before.due, before.amount, before.alerts, before.kept


def _event(one: Capital) -> CapitalDue:
    return CapitalDue(
        decision=str(one.id),
        capital=str(one.capital),
        agent=str(one.agent),
        employer=one.employer,
        agreement=one.agreement,
        guarantee=one.guarantee,
        version=one.version,
        due=one.due.isoformat(),
        amount=str(one.amount),
        amount_delta=str(one.amount_delta),
        alerts=one.alerts,
        covered_on=None if one.kept is None else one.kept.isoformat(),
    )
