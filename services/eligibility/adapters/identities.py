"""Who persons are: sealed, corrected, and as it was known before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.ids import new_id
from kit.nir import Nir
from kit.recording import Recording
from services.eligibility.adapters.agents import Identity, name_index
from services.eligibility.adapters.tables import agent, agent_employer, agent_past, person


@dataclass(frozen=True, slots=True)
class Untold:
    """An employer that was not told yet who its agent has become."""

    agent: UUID
    employer: str
    matricules: tuple[str, ...]
    birth_date: date


async def get(tx: AsyncConnection, key: UUID, crypto: KeyRing) -> Identity:
    """Who an agent that the caller sees is. Raises PersonErased."""
    row = (await tx.execute(select(agent).where(agent.c.id == key))).mappings().one()
    own = await data_subjects.key(tx, key, crypto)
    last_name, first_name = json.loads(own.decrypt(row["identity"], f"agent.identity:{key}"))
    return Identity(Nir.parse(own.decrypt(row["nir"], f"agent.nir:{key}")), last_name, first_name, row["birth_date"])


async def replace(tx: AsyncConnection, key: UUID, now: Identity, crypto: KeyRing, recording: Recording) -> None:
    """From now on the person is known so; what was known stays readable as known before."""
    row = (await tx.execute(select(agent).where(agent.c.id == key))).mappings().one()
    kept = {name: row[name] for name in ("birth_date", "nir", "identity", "recorded_by")}
    until = Range(row["recorded_at"], max(row["recorded_at"], recording.at), bounds="[)")
    await tx.execute(insert(agent_past).values(fact=new_id(), agent=key, recorded=until, **kept))
    own = await data_subjects.key(tx, key, crypto)
    names = json.dumps([now.last_name, now.first_name], ensure_ascii=False)
    values = {
        "birth_date": now.birth_date,
        "nir": own.encrypt(now.nir.reveal(), f"agent.nir:{key}"),
        "identity": own.encrypt(names, f"agent.identity:{key}"),
        "name_index": name_index(now.last_name, crypto),
        "recorded_at": recording.at,
        "recorded_by": recording.by,
    }
    await tx.execute(update(agent).where(agent.c.id == key).values(values))


async def take_nir(tx: AsyncConnection, key: UUID, nir_index: str) -> bool:
    """Let a NIR stand for this agent instead of the one that did; False when it is another agent's."""
    owner = (await tx.execute(select(person.c.agent).where(person.c.nir_index == nir_index))).scalar_one_or_none()
    if owner is None:
        await tx.execute(update(person).where(person.c.agent == key).values(nir_index=nir_index))
    return owner in (None, key)


async def untold(tx: AsyncConnection, agents: Sequence[UUID]) -> list[Untold]:
    """Take the employers that were not told of every change of these agents; they then count as told."""
    changes = dict.fromkeys(agents, 0)
    counted = select(agent_past.c.agent, func.count()).where(agent_past.c.agent.in_(agents))
    changes |= {row[0]: row[1] for row in await tx.execute(counted.group_by(agent_past.c.agent))}
    behind = [key for key, count in changes.items() if count]
    if not behind:
        return []
    held = agent_employer.c
    rows = await tx.execute(
        select(
            held.agent, held.employer, agent.c.birth_date, func.array_agg(held.matricule), func.min(held.changes_told)
        )
        .join(agent, agent.c.id == held.agent)
        .where(held.agent.in_(behind))
        .group_by(held.agent, held.employer, agent.c.birth_date)
        .order_by(held.agent, held.employer)
    )
    found = [
        Untold(key, employer, tuple(sorted(matricules)), born)
        for key, employer, born, matricules, told in rows
        if told < changes[key]
    ]
    for one in found:
        mine = (held.agent == one.agent) & (held.employer == one.employer)
        await tx.execute(update(agent_employer).where(mine).values(changes_told=changes[one.agent]))
    return found
