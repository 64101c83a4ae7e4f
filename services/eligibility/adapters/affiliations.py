"""Decisions on cover in the database: every snapshot is kept, and the latest of each agent and accord is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.ids import new_id
from kit.trace import Snapshot, plain
from services.eligibility.adapters.decision_tables import affiliation
from services.eligibility.adapters.tables import kit
from services.eligibility.domain.announcement import Move, Told
from services.eligibility.domain.decision import KIND
from services.eligibility.domain.documents import dates, period

_DECISION = kit.decision


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
            "again_on": s.again_on,
            "items_open": [{"reference": one.reference, "due": one.due.isoformat()} for one in s.items],
        }
        for s in states_
    ]
    changing = ("decision", "digest", "told", "again_on", "items_open")
    await put_rows(tx, affiliation, rows, key=("agent", "employer", "agreement"), update=changing)


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


def _told(document: dict[str, Any]) -> Told:
    return Told(Move(document["move"]), period(document))
