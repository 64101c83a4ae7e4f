"""What becomes of the stretches of a contract, or of the entries of a leave or position, when one of them changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from kit.period import ONE_DAY, Period
from rules.vocabulary import ContractKind, PositionKind
from services.eligibility.domain.errors import (
    ConditionsRefused,
    LeaveNotLonger,
    NotEmployed,
    OutsideLeave,
    ReversedInterval,
)
from services.eligibility.domain.facts import Conditions, LeaveEntry, Spell


@dataclass(frozen=True, slots=True)
class Change:
    """What holds from a day on: other conditions, another last day of the contract, or both; None leaves as it was.

    `agreed_end` goes with `end`: the last day the contract was concluded for, where it ends before.
    """

    since: date
    conditions: Conditions | None = None
    end: date | None = None
    agreed_end: date | None = None


def amended(spells: Sequence[Spell], change: Change) -> tuple[Spell, ...]:
    """The contract's stretches after a change; what was known of later days gives way to it.

    Raises NotEmployed when the contract does not run on that day, ReversedInterval when it would end before it.
    """
    current = next((spell for spell in spells if change.since in spell.period), None)
    if current is None:
        raise NotEmployed(pointer="/from")
    last = change.end or spells[-1].period.end
    if last is not None and last < change.since:
        raise ReversedInterval(pointer="/end")
    before = [s for s in spells if s.period.start < change.since]
    kept = [*before[:-1], *(_until(spell, change.since - ONE_DAY) for spell in before[-1:])]
    conditions = change.conditions or current.conditions
    agreed = spells[-1].agreed_end if change.end is None else change.agreed_end
    new = replace(current, period=Period(change.since, last), conditions=conditions, agreed_end=agreed)
    if kept and kept[-1].conditions == new.conditions:
        return (*kept[:-1], replace(new, period=Period(kept[-1].period.start, last)))
    return (*kept, new)


def ended(spells: Sequence[Spell], end: date) -> tuple[Spell, ...]:
    """The contract's stretches when it ends, or is to end, on another day. Raises ReversedInterval before its start."""
    if end < spells[0].period.start:
        raise ReversedInterval(pointer="/end")
    kept = [spell for spell in spells if spell.period.start <= end]
    return (*kept[:-1], replace(_until(kept[-1], end), agreed_end=spells[-1].agreed_end))


def concluded(spells: Sequence[Spell], agreed_end: date | None) -> tuple[Spell, ...]:
    """The contract's stretches with the last day it was concluded for, where it ends before; None where it does not.

    Raises ConditionsRefused when it is no CDD.
    """
    if agreed_end is not None and spells[-1].conditions.contract is not ContractKind.CDD:
        raise ConditionsRefused(pointer="/agreed_end", detail_fr="Seul un CDD prend fin avant le jour convenu.")
    return (*spells[:-1], replace(spells[-1], agreed_end=agreed_end))


def shortened(entries: Sequence[LeaveEntry], end: date) -> tuple[LeaveEntry, ...]:
    """The leave's entries when it ends earlier. Raises ReversedInterval before its first day, LeaveNotLonger after."""
    ordered = sorted(entries, key=lambda entry: entry.period.start)
    if end < ordered[0].period.start:
        raise ReversedInterval(pointer="/end")
    if end > ordered[-1].period.last:
        raise LeaveNotLonger(pointer="/end")
    kept = [entry for entry in ordered if entry.period.start <= end]
    return (*kept[:-1], replace(kept[-1], period=Period(kept[-1].period.start, end)))


@dataclass(frozen=True, slots=True)
class Alteration:
    """What a leave or a position was in truth from a day on: its kind, whether it is paid; None leaves as it was."""

    since: date
    kind: PositionKind | None = None
    paid: bool | None = None


def altered(entries: Sequence[LeaveEntry], what: Alteration, key: UUID) -> tuple[LeaveEntry, ...]:
    """The entries with what lies from that day on altered; the entry it falls in is cut, its second part named `key`.

    Waiting days, a quotity and the day a note was sent belong to the kind they were said of.
    Raises OutsideLeave when the day is none of the leave's.
    """
    ordered = sorted(entries, key=lambda entry: entry.period.start)
    if not ordered[0].period.start <= what.since <= ordered[-1].period.last:
        raise OutsideLeave(pointer="/from")
    return tuple(part for entry in ordered for part in _altered(entry, what, key))


def _altered(entry: LeaveEntry, what: Alteration, key: UUID) -> tuple[LeaveEntry, ...]:
    if entry.period.last < what.since:
        return (entry,)
    kind = what.kind or entry.kind
    now = replace(
        entry,
        kind=kind,
        paid=entry.paid if what.paid is None else what.paid,
        waiting_days=entry.waiting_days if kind is entry.kind else None,
        quotity=entry.quotity if kind is entry.kind else None,
        sent_on=entry.sent_on if kind is entry.kind else None,
    )
    if entry.period.start >= what.since or now == entry:
        return (now,)
    passed = (what.since - entry.period.start).days
    rest = replace(
        now,
        id=key,
        period=Period(what.since, entry.period.end),
        waiting_days=None,
        seniority_days=None if entry.seniority_days is None else entry.seniority_days + passed,
    )
    return (replace(entry, period=Period(entry.period.start, what.since - ONE_DAY)), rest)


def _until(spell: Spell, end: date) -> Spell:
    return replace(spell, period=Period(spell.period.start, end))
