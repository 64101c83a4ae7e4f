"""Persons and who employs them, entered many at once: a handful of statements whatever their number.

Whoever hires takes persons first, then links, each in one order, so that two batches cannot wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import DataKey, KeyRing
from kit.db.among import among
from kit.db.copy import given_rows, put_new_rows
from kit.events.envelope import EventData
from kit.events.outbox import publish_told
from kit.ids import new_id
from kit.recording import Recording
from services.eligibility.adapters.agents import Identity, Link, name_index
from services.eligibility.adapters.tables import agent_employer, identity, person
from services.eligibility.domain.facts import Spell

Key = tuple[str, str]

# Looked up one by one: a server that counted the rows while the first were not committed takes the table for empty, and
# would compare each of them with all that is asked.
_KNOWN: Final = text("""
    SELECT held.employer, held.matricule, held.agent, held.prior_collective_cover, held.hire_mark
      FROM unnest(CAST(:employers AS text[]), CAST(:matricules AS text[])) AS asked (employer, matricule)
     CROSS JOIN LATERAL (
           SELECT * FROM agent_employer known
            WHERE known.employer = asked.employer AND known.matricule = asked.matricule LIMIT 1) AS held
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
# A hire as it is written. Who is known already has a key, and is stated apart: those columns are null then.
_HIRED: Final = {
    "place": "integer",
    "agent": "uuid",
    **dict.fromkeys(("wrapped_key", "nir", "names"), "bytea"),
    **dict.fromkeys(("nir_index", "name_index"), "text"),
    "birth_date": "date",
    **dict.fromkeys(("fact", "employment"), "uuid"),
    **dict.fromkeys(("employer", "matricule", "contract_number"), "text"),
    **dict.fromkeys(("first", "last", "service_start", "agreed_end"), "date"),
    **dict.fromkeys(("kind", "contract", "weekly_hours", "category", "art_teaching"), "text"),
    **dict.fromkeys(("stretches", "data"), "text"),
}
_KNOWN_PERSON: Final = (None,) * 6
_FACTS: Final = """
    hired AS NOT MATERIALIZED (SELECT * FROM {source}),
    fresh AS NOT MATERIALIZED (SELECT * FROM hired WHERE wrapped_key IS NOT NULL),
    persons AS (INSERT INTO agent (id) SELECT agent FROM fresh),
    keys AS (INSERT INTO data_subject (agent, wrapped_key) SELECT agent, wrapped_key FROM fresh),
    stated AS (
        INSERT INTO identity (employer, agent, version, birth_date, nir, nir_index, names, name_index, recorded_at,
                              recorded_by)
        SELECT employer, agent, 1, birth_date, nir, nir_index, names, name_index, :at, :by FROM fresh),
    employed AS (
        INSERT INTO employment (fact, id, agent, employer, matricule, contract_number, kind, contract, weekly_hours,
                                category, art_teaching, service_start, agreed_end, valid, recorded, recorded_by)
        SELECT fact, employment, agent, employer, matricule, contract_number, kind, contract,
               CAST(weekly_hours AS numeric), category, art_teaching, service_start, agreed_end,
               daterange(first, last, '[]'), tstzrange(:at, NULL), :by
          FROM hired ORDER BY place),
    remembered AS (
        INSERT INTO employment_told (employment, agent, employer, stretches)
        SELECT employment, agent, employer, CAST(stretches AS jsonb) FROM hired),
    told AS (
        SELECT place, CAST(agent AS text) AS key, employer, concat('{{"agent":"', agent, '",', data) AS data FROM hired)
"""


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


class Entry(NamedTuple):
    """A hire to be written: of whom, as whom when nobody knew the person, what, and what is told of it.

    `stretches`: what is remembered as told, in JSON; `data`: the event's payload after the agent.
    """

    agent: UUID
    person: SealedPerson | None
    nir_index: str
    spell: Spell
    stretches: str
    data: str


async def enter(tx: AsyncConnection, event: type[EventData], hired: Sequence[Entry], recording: Recording) -> None:
    """Write hires whose links are entered, with an `event` each, in one statement."""
    if not hired:
        return
    rows = [_row(place, one) for place, one in enumerate(hired)]
    async with given_rows(tx, "hired", _HIRED, rows) as (source, arrays):
        said, nothing = {**arrays, "at": recording.at, "by": recording.by}, "SELECT NULL WHERE false"
        await publish_told(tx, event, _FACTS.format(source=source), nothing, said, below="/v1/agents/")


def _row(place: int, one: Entry) -> tuple[object, ...]:
    """The values of `_HIRED`."""
    spell, key, held = one.spell, one.spell.key, one.spell.conditions
    return (
        *(place, one.agent, *(_KNOWN_PERSON if one.person is None else _columns(one.person, one.nir_index))),
        *(new_id(), spell.employment, key.employer, key.matricule, key.number),
        *(spell.period.start, spell.period.end, spell.service_start, spell.agreed_end),
        *(held.kind, held.contract, str(held.weekly_hours), held.category, held.art_teaching),
        *(one.stretches, one.data),
    )


def _columns(new: SealedPerson, nir_index: str) -> tuple[object, ...]:
    who = new.identity
    return new.wrapped_key, who.nir, who.names, nir_index, who.name_index, who.birth_date


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
