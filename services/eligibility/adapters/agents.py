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
from kit.ids import new_id
from kit.nir import Nir
from kit.recording import Recording
from services.eligibility.adapters.tables import agent, agent_employer, identity, prior_cover_past, subject
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
        called = select(identity.c.employer, identity.c.agent).where(identity.c.name_index == named)
        query = query.where(tuple_(columns.employer, columns.agent).in_(called))
        if not restricted:
            query = query.where(_is_not(subject.c.restricted_at))
    rows = (await tx.execute(query.order_by(columns.employer, columns.matricule).limit(limit))).mappings()
    return [_link(row) for row in rows]


def _is_not(since: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Nothing of the kind was said of the agent: asked person by person, as a page has few."""
    mine = subject.c.agent == agent_employer.c.agent
    return ~select(subject.c.agent).where(mine, since.is_not(None)).correlate(agent_employer).exists()


async def names(tx: AsyncConnection, agents: Sequence[UUID], crypto: KeyRing) -> dict[tuple[str, UUID], Name]:
    """What each employer calls those of these agents who are not erased, by SIRET and agent, in one query."""
    query = select(
        identity.c.employer, identity.c.agent, identity.c.names, subject.c.wrapped_key, subject.c.restricted_at
    )
    query = query.join(subject, subject.c.agent == identity.c.agent).where(identity.c.agent.in_(agents))
    found: dict[tuple[str, UUID], Name] = {}
    for row in await tx.execute(query.where(subject.c.wrapped_key.is_not(None))):
        own = crypto.open_data_key(row.wrapped_key, str(row.agent))
        last_name, first_name = json.loads(own.decrypt(row.names, f"agent.identity:{row.agent}"))
        found[row.employer, row.agent] = Name(last_name, first_name, row.restricted_at is not None)
    return found


async def is_seen(tx: AsyncConnection, key: UUID) -> bool:
    """Whether the caller may know of an agent."""
    return bool((await tx.execute(select(exists().where(agent.c.id == key)))).scalar())


async def lock(tx: AsyncConnection, agents: Sequence[UUID]) -> frozenset[UUID]:
    """Let nobody else change these files until commit; those that the caller sees."""
    query = select(agent.c.id).where(agent.c.id.in_(agents)).order_by(agent.c.id)
    return frozenset((await tx.execute(query.with_for_update(key_share=True))).scalars())


def _link(row: RowMapping) -> Link:
    return Link(row["employer"], row["matricule"], row["agent"], row["prior_collective_cover"], row["hire_mark"])
