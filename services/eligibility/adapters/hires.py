"""Persons and who employs them, entered many at once: a handful of statements whatever their number.

Whoever hires takes persons first, then links, each in one order, so that two batches cannot wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import delete, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.db.among import among
from kit.db.copy import put_new_rows, put_rows
from kit.recording import Recording
from services.eligibility.adapters.agents import Identity, Link, name_index
from services.eligibility.adapters.tables import agent, agent_employer, person

Key = tuple[str, str]

_KNOWN: Final = text("""
    SELECT held.employer, held.matricule, held.agent, held.prior_collective_cover, held.hire_mark
      FROM unnest(CAST(:employers AS text[]), CAST(:matricules AS text[])) AS asked (employer, matricule)
      JOIN agent_employer held USING (employer, matricule)
""")
_LINK: Final = (
    *("employer", "matricule", "agent", "prior_collective_cover", "hire_mark", "recorded_at", "recorded_by"),
)


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """A person as stored: sealed with a new key of its own."""

    id: UUID
    birth_date: date
    wrapped_key: bytes
    nir: bytes
    identity: bytes
    name_index: str


def seal(key: UUID, identity: Identity, crypto: KeyRing) -> SealedPerson:
    """Seal who a person is for its row. No database: it may run beside one."""
    wrapped, own = crypto.new_data_key(str(key))
    names = to_json([identity.last_name, identity.first_name])
    return SealedPerson(
        id=key,
        birth_date=identity.birth_date,
        wrapped_key=wrapped,
        nir=own.encrypt(identity.nir.reveal(), f"agent.nir:{key}"),
        identity=own.encrypt_bytes(names, f"agent.identity:{key}"),
        name_index=name_index(identity.last_name, crypto),
    )


async def links_of(tx: AsyncConnection, keys: Sequence[Key]) -> dict[Key, Link]:
    """Who has these matricules (each with its employer), where somebody has."""
    rows = await tx.execute(_KNOWN, {"employers": [e for e, _ in keys], "matricules": [m for _, m in keys]})
    return {(row.employer, row.matricule): Link(*row) for row in rows}


async def take_persons(tx: AsyncConnection, new: Mapping[str, UUID]) -> dict[str, UUID]:
    """The agents that NIRs stand for, by index: the `new` one where nobody had it. Waits for who is making one."""
    made = await put_new_rows(tx, person, ("nir_index", "agent"), sorted(new.items()), key=("nir_index",))
    taken = {index: new[index] for (index,) in made}
    others = [index for index in new if index not in taken]
    if others:
        query = select(person.c.nir_index, person.c.agent).where(among(person.c.nir_index, others))
        taken |= {row.nir_index: row.agent for row in await tx.execute(query)}
    return taken


async def add(tx: AsyncConnection, persons: Sequence[SealedPerson], recording: Recording) -> None:
    """Enter persons."""
    entered = {"version": 1, "recorded_at": recording.at, "recorded_by": recording.by}
    stored = [name for name in SealedPerson.__slots__ if name != "wrapped_key"]
    rows = [{name: getattr(one, name) for name in stored} | entered for one in persons]
    await put_rows(tx, agent, rows)
    await data_subjects.add(tx, {one.id: one.wrapped_key for one in persons})


async def link(tx: AsyncConnection, links: Sequence[Link], recording: Recording) -> set[Key]:
    """Enter who employs whom under which matricule; the keys entered, those taken left out."""
    at, by = recording.at, recording.by
    rows = [(*one.key, one.agent, one.prior_collective_cover, one.hire_mark, at, by) for one in links]
    return {tuple(key) for key in await put_new_rows(tx, agent_employer, _LINK, rows, key=("employer", "matricule"))}


async def unlink(tx: AsyncConnection, keys: Sequence[Key]) -> None:
    """Take back links that this transaction entered."""
    held = tuple_(agent_employer.c.employer, agent_employer.c.matricule)
    await tx.execute(delete(agent_employer).where(held.in_(keys)))


async def known_as(tx: AsyncConnection, agents: Sequence[UUID]) -> dict[UUID, tuple[date, str | None]]:
    """When persons that the caller employs were born, and their name's index; nobody else changes them meanwhile."""
    query = select(agent.c.id, agent.c.birth_date, agent.c.name_index).where(agent.c.id.in_(agents))
    rows = await tx.execute(query.order_by(agent.c.id).with_for_update(key_share=True))
    return {row.id: (row.birth_date, row.name_index) for row in rows}


async def count_changes(tx: AsyncConnection, agents: Sequence[UUID]) -> None:
    """Files changed: the ETags read before are outdated."""
    await tx.execute(update(agent).where(agent.c.id.in_(agents)).values(version=agent.c.version + 1))
