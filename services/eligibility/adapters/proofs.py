"""Proof files in the database, sealed with the agent's key until they are purged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.recording import Recording
from services.eligibility.adapters.tables import proof_file

_SHOWN: Final = [column for column in proof_file.c if column.name not in ("content", "mark", "recorded_by")]


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof, without its content. `size` is in bytes, `purge_on` the day it is deleted."""

    id: UUID
    agent: UUID
    employer: str
    purpose: str
    media_type: str
    size: int
    purge_on: date
    recorded_at: datetime


async def add(
    tx: AsyncConnection, one: Proof, plain: bytes, *, mark: str, crypto: KeyRing, recording: Recording
) -> Proof | None:
    """Keep a proof, unless its mark is known for that purpose: then gives the one already kept."""
    own = await data_subjects.key(tx, one.agent, crypto)
    row = {
        "id": one.id,
        "agent": one.agent,
        "employer": one.employer,
        "purpose": one.purpose,
        "mark": mark,
        "media_type": one.media_type,
        "size": one.size,
        "content": own.encrypt_bytes(plain, _place(one.id)),
        "purge_on": one.purge_on,
        "recorded_at": one.recorded_at,
        "recorded_by": recording.by,
    }
    made = await tx.execute(insert(proof_file).values(row).on_conflict_do_nothing())
    if made.rowcount == 1:
        return None
    table = proof_file.c
    same = (table.agent == one.agent) & (table.employer == one.employer) & (table.purpose == one.purpose)
    query = select(*_SHOWN).where(same & (table.mark == mark))
    return _proof((await tx.execute(query)).mappings().one())


async def of_agent(tx: AsyncConnection, agent: UUID) -> Sequence[Proof]:
    """The proofs of an agent that the caller may know of, in the order they came."""
    query = select(*_SHOWN).where(proof_file.c.agent == agent).order_by(proof_file.c.id)
    return [_proof(row) for row in (await tx.execute(query)).mappings()]


async def content(tx: AsyncConnection, agent: UUID, key: UUID, crypto: KeyRing) -> tuple[Proof, bytes] | None:
    """A proof with what it holds; None when there is none in scope."""
    query = select(*_SHOWN, proof_file.c.content).where(proof_file.c.id == key, proof_file.c.agent == agent)
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    own = await data_subjects.key(tx, agent, crypto)
    return _proof(row), own.decrypt_bytes(row["content"], _place(key))


async def remove(tx: AsyncConnection, agent: UUID, key: UUID) -> bool:
    """Delete a proof; whether there was one in scope."""
    gone = await tx.execute(delete(proof_file).where(proof_file.c.id == key, proof_file.c.agent == agent))
    return gone.rowcount == 1


def _proof(row: RowMapping) -> Proof:
    return Proof(**{column.name: row[column.name] for column in _SHOWN})


def _place(key: UUID) -> str:
    return f"proof_file.content:{key}"
