"""Opening balances in the database, and what tells causes apart: sealed, written here and read by the worker alone."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.recording import Recording
from services.eligibility.adapters.tables import leave_cause, opening_balance
from services.eligibility.domain.opening import Opening


async def mark_of(tx: AsyncConnection, agent: UUID, employer: str) -> str | None:
    """The fingerprint of what the employer said of the agent when it joined; None when it said nothing yet."""
    held = (opening_balance.c.agent == agent) & (opening_balance.c.employer == employer)
    found: str | None = (await tx.execute(select(opening_balance.c.mark).where(held))).scalar_one_or_none()
    return found


async def add(tx: AsyncConnection, agent: UUID, one: Opening, mark: str, recording: Recording) -> None:
    row = {"agent": agent, "employer": one.employer, "as_of": one.as_of, "mark": mark}
    await tx.execute(insert(opening_balance).values(**row, recorded_at=recording.at, recorded_by=recording.by))


async def keep_causes(
    tx: AsyncConnection, agent: UUID, employer: str, causes: Mapping[UUID, str], crypto: KeyRing
) -> None:
    """Keep a key of the cause of each leave: equal causes of one agent have equal keys, and nobody can tell which."""
    if not causes:
        return
    own = await data_subjects.key(tx, agent, crypto)
    rows = [
        {
            "leave": leave,
            "agent": agent,
            "employer": employer,
            "cause_key": own.encrypt(crypto.blind_index(cause, f"cause:{agent}"), f"leave_cause:{leave}"),
        }
        for leave, cause in causes.items()
    ]
    await tx.execute(insert(leave_cause).inline(), rows)
