"""Whole leaves, each with its renewals, entered many at once: from a file, or when an employer joins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import data_subjects
from kit.db.data_subjects import PersonErased
from kit.errors import RelaisError
from kit.events.outbox import Outgoing, publish_many
from kit.recording import Recording
from rules.book import Rules
from rules.vocabulary import PositionKind
from services.eligibility.adapters import agents, employments, hires, leaves, redecisions
from services.eligibility.application.leave_payloads import SickLeaveStarted
from services.eligibility.domain.errors import NotEmployed, PositionOverlap
from services.eligibility.domain.facts import LeaveEntry, Spell
from services.eligibility.domain.plausibility import check_entry, check_position

Leave = Sequence[LeaveEntry]
_With = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Entered:
    """The leave, and whether this call entered it."""

    leave: UUID
    new: bool


async def enter_leaves(
    tx: AsyncConnection, whole: Sequence[tuple[UUID, Leave]], recording: Recording, rules: Rules
) -> list[Entered | RelaisError]:
    """Enter leaves, each with its agent and its entries in date order; what became of each, in their order.

    The same leave again changes nothing. NotEmployed, PositionOverlap, NotOfThisKind, TooFarAhead, PersonErased and
    what LeaveEntry.check raises refuse one and leave the others.
    """
    who = list(dict.fromkeys(agent for agent, _ in whole))
    await agents.lock(tx, who)
    standing = await data_subjects.of(tx, who)
    spells: dict[_With, list[Spell]] = defaultdict(list)
    for agent, spell in await employments.of_agents(tx, who):
        spells[agent, spell.key.employer].append(spell)
    known: dict[_With, list[LeaveEntry]] = defaultdict(list)
    for agent, entry in await leaves.of_agents(tx, who):
        known[agent, entry.employer].append(entry)
    until = partial(check_entry, today=recording.at.date(), rules=rules)
    outcomes: list[Entered | RelaisError] = []
    new: list[tuple[UUID, Leave]] = []
    for agent, leave in whole:
        both = agent, leave[0].employer
        erased = standing[agent].erasure is not None
        outcome = PersonErased() if erased else _judged(leave, spells[both], known[both], until)
        if isinstance(outcome, Entered) and outcome.new:
            known[both] += leave
            new.append((agent, leave))
        outcomes.append(outcome)
    await _write(tx, new, recording)
    return outcomes


def _judged(
    leave: Leave, spells: Sequence[Spell], known: Sequence[LeaveEntry], until: Callable[..., None]
) -> Entered | RelaisError:
    try:
        for number, entry in enumerate(leave):
            entry.check(f"/entries/{number}")
            until(entry.period, place=f"/entries/{number}")
        check_position(leave[0].kind, leave[0].period.start, spells, "/kind")
    except RelaisError as refusal:
        return refusal
    first = leave[0]
    before_this_job = first.opening and first.kind is PositionKind.CLD  # its years count once in a career
    if not before_this_job and not any(first.period.start in spell.period for spell in spells):
        return NotEmployed(pointer="/entries/0/start")
    same = [_known_as(entry, known) for entry in leave]
    if same[0] is not None and set(same) == {same[0]}:
        return Entered(same[0], new=False)
    for number, entry in enumerate(leave):
        if met := next((other.period for other in known if other.period.meets(entry.period)), None):
            return PositionOverlap.with_known(met, f"/entries/{number}/start")
    return Entered(first.leave, new=True)


def _known_as(entry: LeaveEntry, known: Sequence[LeaveEntry]) -> UUID | None:
    """The leave that already has this entry."""
    return next((one.leave for one in known if replace(one, id=entry.id, leave=entry.leave) == entry), None)


async def _write(tx: AsyncConnection, whole: Sequence[tuple[UUID, Leave]], recording: Recording) -> None:
    if not whole:
        return
    await leaves.add_many(tx, [(agent, entry) for agent, leave in whole for entry in leave], recording)
    await publish_many(tx, [_event(agent, leave) for agent, leave in whole])
    who = list(dict.fromkeys(agent for agent, _ in whole))
    await redecisions.ask(tx, *who)
    await hires.count_changes(tx, {(leave[0].employer, agent) for agent, leave in whole})


def _event(agent: UUID, leave: Leave) -> Outgoing:
    """One event a leave: it carries every entry."""
    data = SickLeaveStarted.of(agent, leave)
    return Outgoing(data, str(agent), data.employer, subject=f"/v1/agents/{agent}/leaves/{data.leave}")
