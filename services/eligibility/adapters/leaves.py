"""Leaves in the database: one row an entry, initial stop or renewal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from rules.vocabulary import PositionKind
from services.eligibility.adapters.tables import leave_entry
from services.eligibility.adapters.temporal import known, known_now, record, retract
from services.eligibility.domain.facts import LeaveEntry


async def of_agents(
    tx: AsyncConnection, agents: Sequence[UUID], at: datetime | None = None
) -> list[tuple[UUID, LeaveEntry]]:
    """All that is known now of these agents' leaves, with the agent of each, in date order."""
    query = select(leave_entry).where(known(leave_entry, at), leave_entry.c.agent.in_(agents))
    rows = (await tx.execute(query.order_by(leave_entry.c.valid))).mappings()
    return [(row["agent"], _entry(row)) for row in rows]


async def of_leave(tx: AsyncConnection, agent: UUID, leave: UUID) -> list[LeaveEntry]:
    """The entries known now of one leave, in date order; empty when it is unknown or cancelled."""
    columns = leave_entry.c
    query = select(leave_entry).where(known_now(leave_entry), columns.leave == leave, columns.agent == agent)
    return [_entry(row) for row in (await tx.execute(query.order_by(columns.valid))).mappings()]


async def was_known(tx: AsyncConnection, agent: UUID, leave: UUID) -> bool:
    """Whether the leave was ever recorded: one that is cancelled is no longer known, but was."""
    query = select(exists().where(leave_entry.c.leave == leave, leave_entry.c.agent == agent))
    return bool((await tx.execute(query)).scalar_one())


async def add(tx: AsyncConnection, agent: UUID, entries: Sequence[LeaveEntry], recording: Recording) -> None:
    await add_many(tx, [(agent, entry) for entry in entries], recording)


async def add_many(tx: AsyncConnection, entries: Sequence[tuple[UUID, LeaveEntry]], recording: Recording) -> None:
    """Enter entries, each with its agent."""
    await record(tx, leave_entry, [_row(agent, entry) for agent, entry in entries], recording)


async def replace(
    tx: AsyncConnection, agent: UUID, leave: UUID, entries: Sequence[LeaveEntry], recording: Recording
) -> None:
    """From now on the leave is known as these entries; none: it is cancelled."""
    await retract(tx, leave_entry, leave_entry.c.leave == leave, recording)
    await add(tx, agent, entries, recording)


def _row(agent: UUID, entry: LeaveEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "leave": entry.leave,
        "agent": agent,
        "employer": entry.employer,
        "kind": entry.kind.value,
        "paid": entry.paid,
        "waiting_days": entry.waiting_days,
        "seniority_days": entry.seniority_days,
        "quotity": entry.quotity,
        "sent_on": entry.sent_on,
        "opening": entry.opening,
        "valid": entry.period,
    }


def _entry(row: RowMapping) -> LeaveEntry:
    return LeaveEntry(
        id=row["id"],
        leave=row["leave"],
        employer=row["employer"],
        kind=PositionKind(row["kind"]),
        period=row["valid"],
        paid=row["paid"],
        waiting_days=row["waiting_days"],
        seniority_days=row["seniority_days"],
        quotity=row["quotity"],
        sent_on=row["sent_on"],
        opening=row["opening"],
        recorded_at=row["recorded"].lower,
    )
