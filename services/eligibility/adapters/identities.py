"""Who persons are, as each employer states it: sealed, corrected, and as it was known before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import DataKey, KeyRing
from kit.db import data_subjects
from kit.db.data_subjects import PersonErased
from kit.ids import new_id
from kit.nir import Nir
from kit.recording import Recording
from services.eligibility.adapters.agents import Identity, name_index
from services.eligibility.adapters.tables import agent, identity, identity_past, person, subject
from services.eligibility.adapters.temporal import known


@dataclass(frozen=True, slots=True)
class Stated:
    """Who an agent is, as an employer states it."""

    employer: str
    last_name: str
    first_name: str
    birth_date: date
    since: datetime


@dataclass(frozen=True, slots=True)
class StoredAgent:
    """A person as the caller may see it: what its employers state, by employer, never nothing."""

    id: UUID
    version: int
    stated: tuple[Stated, ...]
    restricted: bool

    @property
    def latest(self) -> Stated:
        """What was stated last."""
        return max(self.stated, key=lambda one: one.since)


async def read(tx: AsyncConnection, key: UUID, crypto: KeyRing, at: datetime | None = None) -> StoredAgent | None:
    """One person, as known now or at an instant; None when unknown, then or now, or not the caller's to see.

    Raises PersonErased.
    """
    query = select(agent.c.id, subject.c.wrapped_key, subject.c.restricted_at)
    query = query.outerjoin(subject, subject.c.agent == agent.c.id).where(agent.c.id == key)
    who = (await tx.execute(query)).mappings().one_or_none()
    if who is None:
        return None
    if who["wrapped_key"] is None:
        raise PersonErased
    now = (await tx.execute(select(identity).where(identity.c.agent == key))).mappings().all()
    rows = [row for row in now if at is None or row["recorded_at"] <= at]
    if len(rows) < len(now):
        past = select(identity_past, func.lower(identity_past.c.recorded).label("recorded_at"))
        rows += (await tx.execute(past.where(identity_past.c.agent == key, known(identity_past, at)))).mappings()
    if not rows:
        return None
    own = crypto.open_data_key(who["wrapped_key"], str(key))
    stated = tuple(
        Stated(row["employer"], *_opened(own, key, row), row["birth_date"], row["recorded_at"])
        for row in sorted(rows, key=lambda row: str(row["employer"]))
    )
    return StoredAgent(key, sum(row["version"] for row in now), stated, who["restricted_at"] is not None)


def _opened(own: DataKey, key: UUID, row: RowMapping) -> tuple[str, str]:
    last_name, first_name = json.loads(own.decrypt(row["names"], f"agent.identity:{key}"))
    return last_name, first_name


async def version(tx: AsyncConnection, key: UUID) -> int:
    """The version of a file as far as the caller sees it: it grows with every change of what its employers see."""
    found = await tx.execute(select(func.sum(identity.c.version)).where(identity.c.agent == key))
    return int(found.scalar_one())


async def count_change(tx: AsyncConnection, key: UUID, employers: Sequence[str]) -> None:
    """What these employers see of a file changed: the ETags they read before are outdated."""
    mine = (identity.c.agent == key) & identity.c.employer.in_(employers)
    await tx.execute(update(identity).where(mine).values(version=identity.c.version + 1))


async def born(tx: AsyncConnection, key: UUID) -> date:
    """When an agent that the caller sees was born; the earliest day where its employers differ."""
    found: date = (
        await tx.execute(select(func.min(identity.c.birth_date)).where(identity.c.agent == key))
    ).scalar_one()
    return found


async def of_employers(tx: AsyncConnection, key: UUID, crypto: KeyRing) -> dict[str, Identity]:
    """What each of the caller's employers states of an agent, by SIRET. Raises PersonErased."""
    query = select(identity).where(identity.c.agent == key).order_by(identity.c.employer)
    rows = (await tx.execute(query)).mappings().all()
    own = await data_subjects.key(tx, key, crypto)
    return {
        row["employer"]: Identity(
            Nir.parse(own.decrypt(row["nir"], f"agent.nir:{key}")), *_opened(own, key, row), row["birth_date"]
        )
        for row in rows
    }


async def replace(
    tx: AsyncConnection, key: UUID, now: Identity, crypto: KeyRing, recording: Recording, *, employer: str
) -> None:
    """From now on the employer states this; what it stated before stays readable as known before."""
    mine = (identity.c.agent == key) & (identity.c.employer == employer)
    row = (await tx.execute(select(identity).where(mine))).mappings().one()
    kept = {name: row[name] for name in ("employer", "agent", "birth_date", "nir", "names", "recorded_by")}
    until = Range(row["recorded_at"], max(row["recorded_at"], recording.at), bounds="[)")
    await tx.execute(insert(identity_past).values(fact=new_id(), recorded=until, **kept))
    own = await data_subjects.key(tx, key, crypto)
    names = json.dumps([now.last_name, now.first_name], ensure_ascii=False)
    values = {
        "birth_date": now.birth_date,
        "nir": own.encrypt(now.nir.reveal(), f"agent.nir:{key}"),
        "nir_index": crypto.blind_index(now.nir),
        "names": own.encrypt(names, f"agent.identity:{key}"),
        "name_index": name_index(now.last_name, crypto),
        "recorded_at": recording.at,
        "recorded_by": recording.by,
    }
    await tx.execute(update(identity).where(mine).values(values))


async def take_nir(tx: AsyncConnection, key: UUID, nir_index: str) -> bool:
    """Let a NIR stand for this agent too; False when it is another agent's."""
    await tx.execute(insert(person).values(nir_index=nir_index, agent=key).on_conflict_do_nothing())
    owner = (await tx.execute(select(person.c.agent).where(person.c.nir_index == nir_index))).scalar_one()
    return bool(owner == key)


async def let_go(tx: AsyncConnection, agents: Sequence[UUID]) -> None:
    """NIRs that no employer of these agents states any more stand for nobody. Called by the worker, who sees all."""
    states = (identity.c.agent == person.c.agent) & (
        (identity.c.nir_index == person.c.nir_index) | identity.c.nir_index.is_(None)
    )
    unstated = ~select(identity.c.agent).where(states).correlate(person).exists()
    await tx.execute(delete(person).where(person.c.agent.in_(agents), unstated))
