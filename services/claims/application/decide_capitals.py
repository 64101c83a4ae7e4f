"""Decide capitals so that what is stored is what deaths and annuities support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing
from kit.ids import new_id
from kit.money import Money
from kit.trace import Snapshot
from rules.book import RuleBook
from services.claims.adapters import capitals
from services.claims.adapters.capitals import Capital
from services.claims.application.deciding import Subject, store, withdraw
from services.claims.application.payloads import CapitalDue
from services.claims.domain.capitals import Capital as FoundCapital
from services.claims.domain.due_capitals import ProposedCapital
from services.claims.domain.snapshot import decided

ZERO = Money.zero()


@dataclass(frozen=True, slots=True)
class _Due:
    """A capital that the facts support, under an accord."""

    agreement: str
    found: FoundCapital
    snapshot: Snapshot


async def decide_capitals(tx: AsyncConnection, subject: Subject, proposed: Sequence[ProposedCapital]) -> list[Outgoing]:
    """Write what differs; a capital that nothing supports any more goes back to zero. Raises as `decide`."""
    known = await capitals.current(tx, subject.employer, subject.agent)
    due = _due(proposed, subject.rules)
    taken: list[tuple[Capital, Snapshot]] = []
    for guarantee, one in due.items():
        before = known.get(guarantee)
        if before is None or (one.agreement, one.found.due, one.found.amount) != _said(before):
            taken.append((_capital(subject, one, before), one.snapshot))
    lost = [before for guarantee, before in known.items() if before.amount and guarantee not in due]
    taken += [await _withdrawn(tx, subject, before) for before in lost]
    return await _write(tx, subject, taken)


def _due(proposed: Sequence[ProposedCapital], rules: RuleBook) -> dict[str, _Due]:
    """What each guarantee pays: the first of its cases that gives something."""
    due: dict[str, _Due] = {}
    for one in proposed:
        if one.guarantee.value not in due:
            decision, snapshot = decided(one.case, one.version.document, rules)
            paid = next((capital for capital in decision.capitals if capital.amount), None)
            if paid is not None:
                due[one.guarantee.value] = _Due(one.version.terms.agreement, paid, snapshot)
    return due


async def _withdrawn(tx: AsyncConnection, subject: Subject, before: Capital) -> tuple[Capital, Snapshot]:
    """The former decision's case without the option, which gives nothing."""
    former = await withdraw(tx, subject, before.id, lambda case: replace(case, options=frozenset()))
    return _next(subject, before, before.due, ZERO), former.snapshot


async def _write(tx: AsyncConnection, subject: Subject, taken: Sequence[tuple[Capital, Snapshot]]) -> list[Outgoing]:
    await store(tx, subject, ((one.id, f"capital:{one.capital}", snapshot) for one, snapshot in taken))
    await capitals.decide(tx, [one for one, _ in taken])
    return [subject.tell(_event(one), f"capital/{one.capital}") for one, _ in taken]


def _capital(subject: Subject, due: _Due, before: Capital | None) -> Capital:
    if before is not None:
        return replace(_next(subject, before, due.found.due, due.found.amount), agreement=due.agreement)
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
    )


def _next(subject: Subject, before: Capital, due: date, amount: Money) -> Capital:
    return replace(
        before,
        id=new_id(),
        version=before.version + 1,
        due=due,
        amount=amount,
        amount_delta=amount - before.amount,
        recorded_at=subject.at,
    )


def _said(before: Capital) -> tuple[str, date, Money]:
    return before.agreement, before.due, before.amount


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
    )
