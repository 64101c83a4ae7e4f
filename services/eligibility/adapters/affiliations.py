"""Decisions on cover in the database: every snapshot is kept, and the latest of each agent and accord is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import column, func, literal, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB, Range, distinct_on
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.ids import new_id
from kit.period import ONE_DAY, merged
from kit.trace import Snapshot, plain
from services.eligibility.adapters.decision_tables import affiliation
from services.eligibility.adapters.tables import identity, kit
from services.eligibility.adapters.tables import subject as subject_of
from services.eligibility.domain.announcement import Move, Told
from services.eligibility.domain.decision import KIND
from services.eligibility.domain.documents import dates, period

_DECISION = kit.decision
_COVERED = (Move.STARTED, Move.SUSPENDED, Move.RESUMED)
_RUNNING = (Move.STARTED, Move.RESUMED)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something the employer was told to do and that is not done: where, and by which day."""

    reference: str
    due: date


@dataclass(frozen=True, slots=True)
class State:
    """Where an affiliation stands: its latest decision, what was told of it, when to look again, what is to be done."""

    agent: UUID
    employer: str
    agreement: str
    decision: UUID
    digest: str
    told: tuple[Told, ...]
    again_on: date | None
    items: tuple[OpenItem, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it is kept."""

    id: UUID
    employer: str
    recorded_at: datetime
    inputs: dict[str, Any]
    result: dict[str, Any]
    trace: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose cover is asked for, and of which day; an empty set leaves nobody out."""

    on: date
    employers: frozenset[str] = frozenset()
    agreements: frozenset[str] = frozenset()
    agents: frozenset[UUID] = frozenset()
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """An agent covered under an accord: by which move, for how long."""

    agent: UUID
    employer: str
    agreement: str
    told: Told
    birth_date: date


def subject(agent: UUID, employer: str, agreement: str) -> str:
    """What a decision is about."""
    return f"{agent}/{employer}/{agreement}"


async def states(tx: AsyncConnection, agents: Sequence[UUID]) -> dict[tuple[UUID, str, str], State]:
    """Where the affiliations of these agents stand, as far as the caller sees."""
    rows = await tx.execute(select(affiliation).where(affiliation.c.agent.in_(agents)))
    found = [
        State(
            *(r.agent, r.employer, r.agreement, r.decision, r.digest),
            tuple(_told(document) for document in r.told),
            r.again_on,
            tuple(OpenItem(one["reference"], date.fromisoformat(one["due"])) for one in r.items_open),
        )
        for r in rows
    ]
    return {(state.agent, state.employer, state.agreement): state for state in found}


async def decide(tx: AsyncConnection, about: Sequence[tuple[str, str, Snapshot, str]], at: datetime) -> list[UUID]:
    """Keep decisions, each with its subject, employer, snapshot and digest; their ids."""
    rows = [
        {
            "id": new_id(),
            "kind": KIND,
            "subject": subject_,
            "employer": employer,
            "recorded_at": at,
            "inputs": snapshot.inputs,
            "rules": snapshot.rules,
            "result": snapshot.result,
            "trace": snapshot.trace,
            "digest": digest,
        }
        for subject_, employer, snapshot, digest in about
    ]
    await put_rows(tx, _DECISION, rows)
    return [row["id"] for row in rows]


async def store(tx: AsyncConnection, states_: Sequence[State]) -> None:
    """Keep where affiliations now stand."""
    rows = [
        {
            "agent": s.agent,
            "employer": s.employer,
            "agreement": s.agreement,
            "decision": s.decision,
            "digest": s.digest,
            "told": [{"move": told.move.value, **plain(dates(told.period))} for told in s.told],
            "covered": _covered(s.told),
            "again_on": s.again_on,
            "items_open": [{"reference": one.reference, "due": one.due.isoformat()} for one in s.items],
        }
        for s in states_
    ]
    changing = ("decision", "digest", "told", "covered", "again_on", "items_open")
    await put_rows(tx, affiliation, rows, key=("agent", "employer", "agreement"), update=changing)


def _covered(told: Sequence[Told]) -> MultiRange[date]:
    """The days on which cover runs, as far as it was told."""
    periods = merged(one.period for one in told if one.move in _RUNNING)
    return MultiRange(Range(one.start, one.end and one.end + ONE_DAY, bounds="[)") for one in periods)


async def latest(tx: AsyncConnection, agent: UUID, known_at: datetime | None) -> list[StoredDecision]:
    """The latest decision of each affiliation of an agent, as it is known now or was at an instant, by subject."""
    query = select(_DECISION).where(_DECISION.c.kind == KIND, _DECISION.c.subject.like(f"{agent}/%"))
    if known_at is not None:
        query = query.where(_DECISION.c.recorded_at <= known_at)
    ordered = query.ext(distinct_on(_DECISION.c.subject)).order_by(
        _DECISION.c.subject, _DECISION.c.recorded_at.desc(), _DECISION.c.id.desc()
    )
    return [
        StoredDecision(r.id, r.employer, r.recorded_at, r.inputs, r.result, r.trace) for r in await tx.execute(ordered)
    ]


async def listed(tx: AsyncConnection, asked: Asked, after: tuple[str, UUID, str] | None, limit: int) -> list[Covered]:
    """Who is covered on a day, as it was told, by employer, agent and accord, as far as the caller sees.

    Nobody who is erased; whose processing is restricted only where `asked` says so.
    """
    held = func.jsonb_array_elements(affiliation.c.told).table_valued(column("move", JSONB)).render_derived()
    move = held.c.move
    start, end = move["start"].astext, move["end"].astext
    on = literal(asked.on.isoformat())
    key = (affiliation.c.employer, affiliation.c.agent, affiliation.c.agreement)
    query = (
        select(*key, move.label("move"), identity.c.birth_date)
        .join(identity, (identity.c.agent == affiliation.c.agent) & (identity.c.employer == affiliation.c.employer))
        .join(subject_of, subject_of.c.agent == affiliation.c.agent)
        .join(held, true())
        .where(
            subject_of.c.wrapped_key.is_not(None),
            move["move"].astext.in_(_COVERED),
            start <= on,
            or_(end.is_(None), end >= on),
        )
    )
    if not asked.restricted:
        query = query.where(subject_of.c.restricted_at.is_(None))
    for name in ("employer", "agreement", "agent"):
        values = getattr(asked, f"{name}s")
        if values:
            query = query.where(affiliation.c[name].in_(values))
    if after is not None:
        query = query.where(
            tuple_(*key) > tuple_(*(literal(part, one.type) for part, one in zip(after, key, strict=True)))
        )
    rows = await tx.execute(query.order_by(*key).limit(limit))
    return [Covered(r.agent, r.employer, r.agreement, _told(r.move), r.birth_date) for r in rows]


def _told(document: dict[str, Any]) -> Told:
    return Told(Move(document["move"]), period(document))
