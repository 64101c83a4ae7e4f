"""Persons and who employs them. Names and NIR are sealed with the person's own key (kit.crypto)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, exists, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db.data_subjects import PersonErased
from kit.ids import new_id
from kit.nir import Nir
from kit.recording import Recording
from services.eligibility.adapters.tables import agent, agent_employer, agent_past, prior_cover_past, subject
from services.eligibility.adapters.temporal import known


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is; never in an event, a URL or a log."""

    nir: Nir
    last_name: str
    first_name: str
    birth_date: date


@dataclass(frozen=True, slots=True)
class Link:
    """An agent with an employer, under a matricule. `hire_mark` tells whether a hire is the one already known."""

    employer: str
    matricule: str
    agent: UUID
    prior_collective_cover: bool
    hire_mark: str

    @property
    def key(self) -> tuple[str, str]:
        """SIRET and matricule."""
        return self.employer, self.matricule


@dataclass(frozen=True, slots=True)
class StoredAgent:
    """A person as the caller may see it."""

    id: UUID
    version: int
    birth_date: date
    last_name: str
    first_name: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class Name:
    """How a person is called, and whether processing of its data is restricted."""

    last: str
    first: str
    restricted: bool


async def links(tx: AsyncConnection, agents: list[UUID], at: datetime | None = None) -> list[Link]:
    """With whom these agents are, as far as the caller sees; what is said of former cover, as it was known then."""
    query = select(agent_employer).where(agent_employer.c.agent.in_(agents))
    ordered = query.order_by(agent_employer.c.employer, agent_employer.c.matricule)
    found = [_link(row) for row in (await tx.execute(ordered)).mappings()]
    if at is None:
        return found
    past = select(prior_cover_past).where(prior_cover_past.c.agent.in_(agents), known(prior_cover_past, at))
    before = {(row.employer, row.matricule): row.prior_collective_cover for row in await tx.execute(past)}
    return [replace(one, prior_collective_cover=before.get(one.key, one.prior_collective_cover)) for one in found]


async def correct_prior_cover(tx: AsyncConnection, link: Link, recording: Recording) -> None:
    """From now on a former collective cover is known otherwise; what was known stays readable as known before."""
    mine = (agent_employer.c.employer == link.employer) & (agent_employer.c.matricule == link.matricule)
    row = (await tx.execute(select(agent_employer).where(mine))).mappings().one()
    past = prior_cover_past.c
    corrected = select(func.max(func.upper(past.recorded))).where(
        past.employer == link.employer, past.matricule == link.matricule
    )
    since = (await tx.execute(corrected)).scalar_one() or row["recorded_at"]
    kept = {name: row[name] for name in ("employer", "matricule", "agent", "prior_collective_cover")}
    until = Range(since, max(since, recording.at), bounds="[)")
    await tx.execute(insert(prior_cover_past).values(fact=new_id(), recorded=until, recorded_by=recording.by, **kept))
    now = {"prior_collective_cover": not link.prior_collective_cover}
    await tx.execute(update(agent_employer).where(mine).values(now))


def name_index(last_name: str, crypto: KeyRing) -> str:
    """A keyed fingerprint of a last name, whatever its case, accents, spaces and hyphens."""
    letters = filter(str.isalnum, unicodedata.normalize("NFKD", last_name.casefold()))
    return crypto.blind_index("".join(letters), "last-name")


async def listed(
    tx: AsyncConnection,
    employer: str | None,
    matricule: str | None,
    after: tuple[str, str],
    limit: int,
    *,
    only: Sequence[UUID] | None = None,
    named: str | None = None,
    restricted: bool = False,
) -> list[Link]:
    """The links the caller sees that follow (employer, matricule), filtered; of `only` these agents where said.

    `named` is the index of a last name (`name_index`); it finds who is restricted where `restricted` says so. Nobody
    who is erased is listed.
    """
    columns = agent_employer.c
    query = select(agent_employer).where(tuple_(columns.employer, columns.matricule) > after)
    query = query.where(_is_not(subject.c.erased_at))
    if employer is not None:
        query = query.where(columns.employer == employer)
    if matricule is not None:
        query = query.where(columns.matricule == matricule)
    if only is not None:
        query = query.where(columns.agent.in_(only))
    if named is not None:
        query = query.where(columns.agent.in_(select(agent.c.id).where(agent.c.name_index == named)))
        if not restricted:
            query = query.where(_is_not(subject.c.restricted_at))
    rows = (await tx.execute(query.order_by(columns.employer, columns.matricule).limit(limit))).mappings()
    return [_link(row) for row in rows]


def _is_not(since: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Nothing of the kind was said of the agent: asked person by person, as a page has few."""
    mine = subject.c.agent == agent_employer.c.agent
    return ~select(subject.c.agent).where(mine, since.is_not(None)).correlate(agent_employer).exists()


async def names(tx: AsyncConnection, agents: Sequence[UUID], crypto: KeyRing) -> dict[UUID, Name]:
    """The name of each of these agents who is not erased, in one query."""
    query = select(agent.c.id, agent.c.identity, subject.c.wrapped_key, subject.c.restricted_at)
    query = query.join(subject, subject.c.agent == agent.c.id).where(agent.c.id.in_(agents))
    found: dict[UUID, Name] = {}
    for row in await tx.execute(query.where(subject.c.wrapped_key.is_not(None))):
        last_name, first_name = _names(row.wrapped_key, row.id, row.identity, crypto)
        found[row.id] = Name(last_name, first_name, row.restricted_at is not None)
    return found


async def is_seen(tx: AsyncConnection, key: UUID) -> bool:
    """Whether the caller may know of an agent."""
    return bool((await tx.execute(select(exists().where(agent.c.id == key)))).scalar())


async def lock(tx: AsyncConnection, agents: list[UUID]) -> dict[UUID, int]:
    """The versions of these files, nobody else changing them until commit; those not seen are left out."""
    query = select(agent.c.id, agent.c.version).where(agent.c.id.in_(agents)).order_by(agent.c.id)
    return {row.id: row.version for row in await tx.execute(query.with_for_update(key_share=True))}


async def count_change(tx: AsyncConnection, key: UUID) -> int:
    """A change is recorded: the ETag read before is outdated. The new version."""
    changed = update(agent).where(agent.c.id == key).values(version=agent.c.version + 1).returning(agent.c.version)
    return int((await tx.execute(changed)).scalar_one())


async def get(tx: AsyncConnection, key: UUID, crypto: KeyRing, at: datetime | None = None) -> StoredAgent | None:
    """One person, as known now or at an instant; None when unknown, then or now, or not the caller's to see.

    Raises PersonErased.
    """
    query = select(agent, subject.c.wrapped_key, subject.c.restricted_at)
    query = query.outerjoin(subject, subject.c.agent == agent.c.id).where(agent.c.id == key)
    now = (await tx.execute(query)).mappings().one_or_none()
    if now is None:
        return None
    if now["wrapped_key"] is None:
        raise PersonErased
    row: RowMapping | None = now
    if at is not None and now["recorded_at"] > at:
        past = select(agent_past).where(agent_past.c.agent == key, known(agent_past, at))
        row = (await tx.execute(past)).mappings().one_or_none()
    if row is None:
        return None
    last_name, first_name = _names(now["wrapped_key"], key, row["identity"], crypto)
    restricted = now["restricted_at"] is not None
    return StoredAgent(key, now["version"], row["birth_date"], last_name, first_name, restricted)


def _names(wrapped: bytes, key: UUID, sealed: bytes, crypto: KeyRing) -> tuple[str, str]:
    own = crypto.open_data_key(wrapped, str(key))
    last_name, first_name = json.loads(own.decrypt(sealed, f"agent.identity:{key}"))
    return last_name, first_name


def _link(row: RowMapping) -> Link:
    return Link(row["employer"], row["matricule"], row["agent"], row["prior_collective_cover"], row["hire_mark"])
