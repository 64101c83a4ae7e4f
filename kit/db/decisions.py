"""Decisions as they were taken: inputs, rules, result, trace, kept to be shown and recomputed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.db.schema import KIT
from kit.ids import new_id
from kit.trace import Snapshot

_TABLE = KIT.decision


class AlteredDecisionError(RuntimeError):
    """What is stored is not what was decided: its digest differs."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A stored decision. `subject` is what it is about (an agent, a claim), `employer` whose it is to see."""

    id: UUID
    subject: str
    employer: str | None
    recorded_at: datetime
    digest: str
    snapshot: Snapshot


async def store(
    tx: AsyncConnection, snapshot: Snapshot, *, subject: str, employer: str | None, at: datetime
) -> Decision:
    """Write a decision; it is never changed afterwards."""
    decision = Decision(new_id(), subject, employer, at, snapshot.digest(), snapshot)
    await store_many(tx, [decision])
    return decision


async def store_many(tx: AsyncConnection, decisions: list[Decision]) -> None:
    """Write decisions, however many."""
    await put_rows(tx, _TABLE, [_row(decision) for decision in decisions])


async def load(tx: AsyncConnection, decision: UUID) -> Decision | None:
    """The decision, or None when there is none in scope. Raises AlteredDecisionError when its digest is not its own."""
    row = (await tx.execute(select(_TABLE).where(_TABLE.c.id == decision))).one_or_none()
    return None if row is None else _decision(row)


async def latest(tx: AsyncConnection, subject: str, kind: str) -> Decision | None:
    """The last decision of a kind about a subject."""
    query = select(_TABLE).where((_TABLE.c.subject == subject) & (_TABLE.c.kind == kind))
    row = (await tx.execute(query.order_by(_TABLE.c.recorded_at.desc(), _TABLE.c.id.desc()).limit(1))).one_or_none()
    return None if row is None else _decision(row)


def _row(decision: Decision) -> dict[str, Any]:
    snapshot = decision.snapshot
    return {
        "id": decision.id,
        "kind": snapshot.kind,
        "subject": decision.subject,
        "employer": decision.employer,
        "recorded_at": decision.recorded_at,
        "inputs": snapshot.inputs,
        "rules": snapshot.rules,
        "result": snapshot.result,
        "trace": snapshot.trace,
        "digest": decision.digest,
    }


def _decision(row: Row[Any]) -> Decision:
    snapshot = Snapshot(row.kind, row.inputs, row.rules, row.result, row.trace)
    if snapshot.digest() != row.digest:
        raise AlteredDecisionError(f"decision {row.id} does not match its digest")
    return Decision(row.id, row.subject, row.employer, row.recorded_at, row.digest, snapshot)
