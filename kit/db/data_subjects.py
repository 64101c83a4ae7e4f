"""Of each person whom a service holds: the key that seals what names or describes them, restriction, erasure.

Services that seal data of persons have this table. Its rows are left out of a backup of the data and archived apart
(kit/db/backup.py), so that a key that was destroyed comes back with no backup. A row is never deleted: an erased person
keeps one without a key. It holds no tenant's data: an opaque id, and a key that only the key ring opens.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Boolean, Column, LargeBinary, MetaData, Table, Text, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import DataKey, KeyRing
from kit.db import rls
from kit.db.rls import Op
from kit.db.schema import new_metadata
from kit.db.types import Id, Instant
from kit.errors import RelaisError

NAME: Final = "data_subject"
AT_ONCE: Final = 500


def data_subject(metadata: MetaData) -> Table:
    """Declare the table on a service's MetaData."""
    return Table(
        NAME,
        metadata,
        Column("agent", Id, primary_key=True),
        Column("wrapped_key", LargeBinary),
        Column("restricted_at", Instant),
        Column("erased_at", Instant),
        Column("erased_by", Text),
        Column("erased_reason", Text),
        Column("overridden", Boolean),
    )


def create(op: Op) -> None:
    """In a migration: make the table; nobody may delete its rows."""
    metadata = new_metadata()
    data_subject(metadata)
    metadata.create_all(op.get_bind(), checkfirst=False)
    api, worker = rls.roles(op)
    op.execute(f"REVOKE DELETE, TRUNCATE ON {NAME} FROM {api}, {worker}")


_TABLE: Final = data_subject(new_metadata())
# A key for whoever has none and is not erased.
_GIVE: Final = text(f"""
    INSERT INTO {NAME} AS known (agent, wrapped_key) VALUES (:agent, :key)
    ON CONFLICT (agent) DO UPDATE SET wrapped_key = excluded.wrapped_key
     WHERE known.wrapped_key IS NULL AND known.erased_at IS NULL
""")  # noqa: S608 - a name of ours


class PersonErased(RelaisError):
    """The person's key is destroyed: nobody reads who it was any more."""

    code = "person_erased"
    title_fr = "Les données de cette personne ont été effacées"
    title_en = "This person's data were erased"
    status = 410


class PersonRestricted(RelaisError):
    """The processing of the person's data is restricted: only whoever is in charge of it reads or changes them."""

    code = "person_restricted"
    title_fr = "Le traitement des données de cette personne est limité"
    title_en = "Processing of this person's data is restricted"
    status = 423


@dataclass(frozen=True, slots=True)
class Erasure:
    """When a person was erased, by which client, why, and whether against a retention that ran."""

    at: datetime
    by: str
    reason: str
    overridden: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """How a person stands. Both None: as everybody."""

    restricted_at: datetime | None = None
    erasure: Erasure | None = None

    def check(self, *, allowed: bool) -> None:
        """Raise PersonErased, or PersonRestricted unless the caller is `allowed` to go on all the same."""
        if self.erasure is not None:
            raise PersonErased
        if self.restricted_at is not None and not allowed:
            raise PersonRestricted


async def of(tx: AsyncConnection, agents: Collection[UUID]) -> dict[UUID, Subject]:
    """How these persons stand; those the service has no row of stand as everybody."""
    found = dict.fromkeys(agents, Subject())
    for row in await tx.execute(select(_TABLE).where(_TABLE.c.agent.in_(agents))):
        done = row.erased_at and Erasure(row.erased_at, row.erased_by, row.erased_reason, row.overridden)
        found[row.agent] = Subject(row.restricted_at, done or None)
    return found


async def check(tx: AsyncConnection, agent: UUID, *, allowed: bool) -> None:
    """Raise PersonErased or PersonRestricted (`Subject.check`)."""
    (await of(tx, [agent]))[agent].check(allowed=allowed)


async def keys(tx: AsyncConnection, agents: Collection[UUID], crypto: KeyRing) -> dict[UUID, DataKey]:
    """The open keys of those of these persons who have one."""
    query = select(_TABLE.c.agent, _TABLE.c.wrapped_key).where(_TABLE.c.agent.in_(agents))
    rows = await tx.execute(query.where(_TABLE.c.wrapped_key.is_not(None)))
    return {row.agent: crypto.open_data_key(row.wrapped_key, str(row.agent)) for row in rows}


async def keys_to_seal(tx: AsyncConnection, agents: Collection[UUID], crypto: KeyRing) -> dict[UUID, DataKey]:
    """The same, made for those the service had no row of. Whoever is erased has none."""
    found = await keys(tx, agents, crypto)
    missing = {agent: crypto.new_data_key(str(agent))[0] for agent in agents if agent not in found}
    if not missing:
        return found
    await tx.execute(_GIVE, [{"agent": agent, "key": wrapped} for agent, wrapped in sorted(missing.items())])
    return found | await keys(tx, missing.keys(), crypto)


async def key_to_seal(tx: AsyncConnection, agent: UUID, crypto: KeyRing) -> DataKey:
    """The key of a person, made where the service knew nothing of them. Raises PersonErased."""
    found = (await keys_to_seal(tx, [agent], crypto)).get(agent)
    if found is None:
        raise PersonErased
    return found


async def key(tx: AsyncConnection, agent: UUID, crypto: KeyRing) -> DataKey:
    """The key of a person who has one. Raises PersonErased."""
    found = (await keys(tx, [agent], crypto)).get(agent)
    if found is None:
        raise PersonErased
    return found


async def hold(tx: AsyncConnection, agent: UUID) -> Subject:
    """How a person stands, nobody else restricting or erasing them until commit."""
    await tx.execute(insert(_TABLE).values(agent=agent).on_conflict_do_nothing())
    await tx.execute(select(_TABLE.c.agent).where(_TABLE.c.agent == agent).with_for_update())
    return (await of(tx, [agent]))[agent]


async def restrict(tx: AsyncConnection, agent: UUID, at: datetime | None) -> None:
    """Processing is restricted from an instant on; None: no longer."""
    new = insert(_TABLE).values(agent=agent, restricted_at=at)
    await tx.execute(new.on_conflict_do_update(index_elements=["agent"], set_={"restricted_at": at}))


async def erased(tx: AsyncConnection) -> AsyncIterator[Sequence[UUID]]:
    """Everybody who is erased, so many at a time."""
    query = select(_TABLE.c.agent).where(_TABLE.c.erased_at.is_not(None)).order_by(_TABLE.c.agent).limit(AT_ONCE)
    found = (await tx.scalars(query)).all()
    while found:
        yield found
        found = (await tx.scalars(query.where(_TABLE.c.agent > found[-1]))).all()


async def destroy(tx: AsyncConnection, agent: UUID, done: Erasure) -> None:
    """Destroy a person's key. The first erasure stays the one on record."""
    await hold(tx, agent)
    said = {"erased_at": done.at, "erased_by": done.by, "erased_reason": done.reason, "overridden": done.overridden}
    mine = (_TABLE.c.agent == agent) & _TABLE.c.erased_at.is_(None)
    await tx.execute(update(_TABLE).where(mine).values(**said))
    await tx.execute(update(_TABLE).where(_TABLE.c.agent == agent).values(wrapped_key=None))
