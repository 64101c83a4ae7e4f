"""Persons and who employs them, entered many at once: a handful of statements whatever their number.

Whoever hires takes persons first, then links, each in one order, so that two batches cannot wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import DataKey, KeyRing
from kit.db import data_subjects
from kit.db.among import among
from kit.db.copy import put_new_rows, put_rows
from kit.recording import Recording
from services.eligibility.adapters.agents import Identity, Link, name_index
from services.eligibility.adapters.tables import agent, agent_employer, identity, person

Key = tuple[str, str]

_KNOWN: Final = text("""
    SELECT held.employer, held.matricule, held.agent, held.prior_collective_cover, held.hire_mark
      FROM unnest(CAST(:employers AS text[]), CAST(:matricules AS text[])) AS asked (employer, matricule)
      JOIN agent_employer held USING (employer, matricule)
""")
_OTHERWISE: Final = text("""
    SELECT born_otherwise, named_otherwise
      FROM stated_otherwise(CAST(:employers AS text[]), CAST(:agents AS uuid[]), CAST(:born AS date[]),
                            CAST(:named AS text[]))
     ORDER BY number
""")
_COUNT: Final = text("""
    UPDATE identity SET version = version + 1
      FROM unnest(CAST(:employers AS text[]), CAST(:agents AS uuid[])) AS changed (employer, agent)
     WHERE identity.employer = changed.employer AND identity.agent = changed.agent
""")
_STATE: Final = (
    *("employer", "agent", "version", "birth_date", "nir", "nir_index", "names", "name_index"),
    *("recorded_at", "recorded_by"),
)
_LINK: Final = (
    *("employer", "matricule", "agent", "prior_collective_cover", "hire_mark", "recorded_at", "recorded_by"),
)


@dataclass(frozen=True, slots=True)
class SealedIdentity:
    """Who an employer says a person is, as stored: sealed with the person's own key."""

    birth_date: date
    nir: bytes
    names: bytes
    name_index: str


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """A person whom nobody knew: an id and a new key of its own, wrapped, and who it is."""

    id: UUID
    wrapped_key: bytes
    identity: SealedIdentity


def seal_new(key: UUID, one: Identity, crypto: KeyRing) -> SealedPerson:
    """Seal who a person is with a new key. No database: it may run beside one."""
    wrapped, own = crypto.new_data_key(str(key))
    return SealedPerson(key, wrapped, seal(key, own, one, name_index(one.last_name, crypto)))


def seal(key: UUID, own: DataKey, one: Identity, named: str) -> SealedIdentity:
    """Seal who a person is with the person's key; `named` is the index of the last name."""
    return SealedIdentity(
        birth_date=one.birth_date,
        nir=own.encrypt(one.nir.reveal(), f"agent.nir:{key}"),
        names=own.encrypt_bytes(to_json([one.last_name, one.first_name]), f"agent.identity:{key}"),
        name_index=named,
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


async def add(tx: AsyncConnection, persons: Sequence[SealedPerson]) -> None:
    """Enter persons."""
    await put_rows(tx, agent, [{"id": one.id} for one in persons])
    await data_subjects.add(tx, {one.id: one.wrapped_key for one in persons})


@dataclass(frozen=True, slots=True)
class Statement:
    """Who an employer says an agent is."""

    employer: str
    agent: UUID
    nir_index: str
    of: SealedIdentity


async def state(tx: AsyncConnection, said: Sequence[Statement], recording: Recording) -> set[tuple[str, UUID]]:
    """Enter who employers say agents are, where they had not said it; which of them had not, by SIRET and agent."""
    at, by = recording.at, recording.by
    rows = [
        (
            one.employer,
            one.agent,
            1,
            one.of.birth_date,
            one.of.nir,
            one.nir_index,
            one.of.names,
            one.of.name_index,
            at,
            by,
        )
        for one in said
    ]
    made = await put_new_rows(tx, identity, _STATE, rows, key=("employer", "agent"))
    return {(row.employer, row.agent) for row in made}


async def link(tx: AsyncConnection, links: Sequence[Link], recording: Recording) -> set[Key]:
    """Enter who employs whom under which matricule; the keys entered, those taken left out."""
    at, by = recording.at, recording.by
    rows = [(*one.key, one.agent, one.prior_collective_cover, one.hire_mark, at, by) for one in links]
    return {tuple(key) for key in await put_new_rows(tx, agent_employer, _LINK, rows, key=("employer", "matricule"))}


async def unlink(tx: AsyncConnection, keys: Sequence[Key]) -> None:
    """Take back links that this transaction entered."""
    held = tuple_(agent_employer.c.employer, agent_employer.c.matricule)
    await tx.execute(delete(agent_employer).where(held.in_(keys)))


async def stated_otherwise(tx: AsyncConnection, asked: Sequence[Statement]) -> list[tuple[bool, bool]]:
    """Whether nobody states that birth date, and whether nobody states that last name, of persons who are known.

    Nothing else of what other employers state is answered (docs/adr/0017).
    """
    rows = await tx.execute(
        _OTHERWISE,
        {
            "employers": [one.employer for one in asked],
            "agents": [one.agent for one in asked],
            "born": [one.of.birth_date for one in asked],
            "named": [one.of.name_index for one in asked],
        },
    )
    return [(row.born_otherwise, row.named_otherwise) for row in rows]


async def count_changes(tx: AsyncConnection, held: Collection[tuple[str, UUID]]) -> None:
    """Files changed for an employer, by SIRET and agent: the ETags it read before are outdated."""
    await tx.execute(_COUNT, {"employers": [e for e, _ in held], "agents": [a for _, a in held]})
