"""Declarations and their parts as they come in, sealed; where a file's next chunk takes up."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, and_, delete, func, insert, literal, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import DataKey, KeyRing
from kit.db import data_subjects
from kit.db.copy import put_rows
from kit.period import Month
from services.contributions.adapters.dsn.tables import dsn_carry, dsn_declaration, dsn_part, dsn_person
from services.contributions.domain.dsn.mapping import Mapped
from services.contributions.domain.dsn.reading import Part

_PARTS: Final = dsn_part.c
_DECLARATION: Final = dsn_declaration.c
# Files are read side by side: what counts is which was sent first.
_SENT: Final = tuple_(_DECLARATION.job, _DECLARATION.id)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('contributions.dsn.replace:' || :employer, 0))")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One establishment and month of a file. `mapped` counts the lines mapped of `lines`; the others are kept raw.

    `replaced_by`: a later declaration stands for it. `reconciliation`: the job that last wrote its report, or does.
    """

    id: UUID
    employer: str
    month: Month | None
    norm: str | None
    nature: str | None
    type: str | None
    job: UUID
    first_line: int
    lines: int
    mapped: int
    individuals: int
    truncated: bool
    digest: str | None
    recorded_at: datetime
    recorded_by: str
    reconciled_at: datetime | None
    fraction: str | None = None
    replaced_by: UUID | None = None
    reconciliation: UUID | None = None


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part as stored; `kept` lists line, rubric and reason of what is not mapped."""

    declaration: UUID
    first_line: int
    lines: int
    individual: bool
    agent: UUID | None
    other_person: bool
    matricule: str | None
    kept: list[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part to store, and who it is about as far as known."""

    declaration: UUID
    part: Part
    mapped: Mapped
    person_index: str | None = None
    agent: UUID | None = None
    other_person: bool = False


async def open_declaration(tx: AsyncConnection, one: Declaration) -> None:
    """A declaration begins."""
    values = {name: getattr(one, name) for name in Declaration.__slots__}
    await tx.execute(insert(dsn_declaration).values(**values))


async def add_parts(tx: AsyncConnection, employer: str, parts: Sequence[NewPart], crypto: KeyRing) -> None:
    """Store parts of one employer, sealed, and count them in their declarations.

    A part about a known agent is sealed with the agent's key, and not kept of one who is erased.
    """
    agents = {one.agent for one in parts if one.agent is not None}
    keys = await data_subjects.keys_to_seal(tx, agents, crypto)
    kept = [one for one in parts if one.agent is None or one.agent in keys]
    await put_rows(tx, dsn_part, [_row(employer, one, keys[one.agent] if one.agent else crypto) for one in kept])
    for declaration in dict.fromkeys(one.declaration for one in parts):
        own = [one for one in parts if one.declaration == declaration]
        await tx.execute(
            update(dsn_declaration)
            .where(_DECLARATION.id == declaration)
            .values(
                lines=_DECLARATION.lines + sum(len(one.part.lines) for one in own),
                mapped=_DECLARATION.mapped + sum(one.mapped.mapped_lines for one in own),
                individuals=_DECLARATION.individuals
                + sum(one.part.individual and not one.part.continued for one in own),
            )
        )


def _row(employer: str, one: NewPart, key: KeyRing | DataKey) -> dict[str, Any]:
    seal = key.encrypt_bytes if isinstance(key, DataKey) else key.encrypt
    first = one.part.lines[0].number
    place = f"{one.declaration}:{first}"
    return {
        "declaration": one.declaration,
        "first_line": first,
        "employer": employer,
        "lines": len(one.part.lines),
        "individual": one.part.individual,
        "agent": one.agent,
        "other_person": one.other_person,
        "matricule": one.mapped.matricule,
        "raw": seal(b"".join(line.raw for line in one.part.lines), f"dsn_part.raw:{place}"),
        "mapped": seal(json.dumps(one.mapped.json()).encode(), f"dsn_part.mapped:{place}"),
        "kept": [[kept.line, kept.rubric, kept.why.value] for kept in one.mapped.kept],
    }


async def persons(tx: AsyncConnection, employer: str, indexes: Collection[str]) -> dict[str, UUID]:
    """The agents whose fingerprints these are."""
    table = dsn_person.c
    query = select(table.person_index, table.agent).where(table.employer == employer, table.person_index.in_(indexes))
    return {row.person_index: row.agent for row in await tx.execute(query)}


async def learn(tx: AsyncConnection, employer: str, found: Mapping[str, UUID]) -> None:
    """Remember whose fingerprints these are; one that is known stays."""
    rows = [{"employer": employer, "person_index": index, "agent": agent} for index, agent in sorted(found.items())]
    await put_rows(tx, dsn_person, rows, key=("employer", "person_index"))


async def close(tx: AsyncConnection, job: UUID, digest: str, *, truncated: bool) -> list[Declaration]:
    """The file is all there: its declarations, unless the same file was read before, which stands for it."""
    found = await of_job(tx, job)
    for one in found:
        query = select(func.count()).where(
            _DECLARATION.employer == one.employer,
            _DECLARATION.digest == digest,
            _DECLARATION.first_line == one.first_line,
            _DECLARATION.id != one.id,
        )
        if (await tx.execute(query)).scalar_one():
            await tx.execute(delete(dsn_declaration).where(_DECLARATION.id == one.id))
    own = _DECLARATION.job == job
    await tx.execute(update(dsn_declaration).where(own).values(digest=digest, truncated=truncated))
    return await of_job(tx, job)


async def lock_replacing(tx: AsyncConnection, employers: Collection[str]) -> None:
    """Until commit nobody else replaces declarations of these employers: two at once would not see each other."""
    for employer in sorted(employers):
        await tx.execute(_LOCK, {"employer": employer})


async def replace_earlier(tx: AsyncConnection, one: Declaration) -> None:
    """It stands for those that were sent before it."""
    earlier = and_(_same(one), _sent(one) > _SENT, _DECLARATION.replaced_by.is_(None))
    await tx.execute(update(dsn_declaration).where(earlier).values(replaced_by=one.id))


async def give_way_to_later(tx: AsyncConnection, one: Declaration, replacing: Collection[str]) -> None:
    """One of these types that was sent after it, and read before it, stands for it."""
    later = (
        select(_DECLARATION.id)
        .where(_same(one), _sent(one) < _SENT, _DECLARATION.type.in_(replacing), ~_DECLARATION.truncated)
        .order_by(_DECLARATION.job.desc(), _DECLARATION.id.desc())
        .limit(1)
    )
    mine = _DECLARATION.id == one.id
    await tx.execute(update(dsn_declaration).where(mine).values(replaced_by=later.scalar_subquery()))


def _sent(one: Declaration) -> ColumnElement[Any]:
    return tuple_(literal(one.job), literal(one.id))


def _same(one: Declaration) -> ColumnElement[bool]:
    """Of its establishment, month, nature and fraction, and read to the end."""
    names = ("employer", "month", "nature", "fraction")
    same = [_DECLARATION[name].is_not_distinct_from(getattr(one, name)) for name in names]
    return and_(*same, _DECLARATION.digest.is_not(None))


async def hold(tx: AsyncConnection, key: UUID) -> Declaration | None:
    """A declaration in scope; until commit nobody else writes its report."""
    query = select(dsn_declaration).where(_DECLARATION.id == key).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else Declaration(**row)


async def reconciled_by(tx: AsyncConnection, key: UUID, job: UUID | None) -> None:
    """From now on this job writes its report; None: whoever holds it."""
    await tx.execute(update(dsn_declaration).where(_DECLARATION.id == key).values(reconciliation=job))


async def one(tx: AsyncConnection, key: UUID) -> Declaration | None:
    """A declaration in scope."""
    row = (await tx.execute(select(dsn_declaration).where(_DECLARATION.id == key))).mappings().one_or_none()
    return None if row is None else Declaration(**row)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which declarations are asked for; None: any. `current`: only those that no later one stands for."""

    employer: str | None = None
    month: Month | None = None
    current: bool = False


async def after(tx: AsyncConnection, limit: int, previous: UUID | None, wanted: Wanted) -> list[Declaration]:
    """Declarations in the order they came in."""
    query = select(dsn_declaration).order_by(_DECLARATION.id).limit(limit)
    asked = ((_DECLARATION.employer, wanted.employer), (_DECLARATION.month, wanted.month))
    query = query.where(*(column == value for column, value in asked if value is not None))
    if wanted.current:
        query = query.where(_DECLARATION.replaced_by.is_(None))
    if previous is not None:
        query = query.where(_DECLARATION.id > previous)
    return [Declaration(**row) for row in (await tx.execute(query)).mappings()]


async def parts(
    tx: AsyncConnection, declaration: UUID, limit: int | None = None, previous: int = 0
) -> list[StoredPart]:
    """The parts of a declaration in their order, without their content."""
    return await _parts(tx, declaration, _PARTS.first_line > previous, limit=limit)


async def heads(tx: AsyncConnection, declaration: UUID) -> list[StoredPart]:
    """The parts that are about nobody."""
    return await _parts(tx, declaration, _PARTS.individual.is_(False))


async def strangers(tx: AsyncConnection, declaration: UUID) -> list[StoredPart]:
    """The individuals whom nobody knows."""
    return await _parts(tx, declaration, _PARTS.individual.is_(True), _PARTS.agent.is_(None))


async def parts_of(tx: AsyncConnection, declaration: UUID, agents: Collection[UUID]) -> list[StoredPart]:
    """The parts about these agents."""
    return await _parts(tx, declaration, _PARTS.individual.is_(True), _PARTS.agent.in_(agents))


async def declared(tx: AsyncConnection, declaration: UUID) -> list[UUID]:
    """The agents declared, in the order of their ids."""
    own = (_PARTS.declaration == declaration, _PARTS.individual.is_(True), _PARTS.agent.is_not(None))
    return list(await tx.scalars(select(_PARTS.agent).distinct().where(*own).order_by(_PARTS.agent)))


async def _parts(
    tx: AsyncConnection, declaration: UUID, *asked: ColumnElement[bool], limit: int | None = None
) -> list[StoredPart]:
    columns = [_PARTS[name] for name in StoredPart.__slots__]
    query = select(*columns).where(_PARTS.declaration == declaration, *asked).order_by(_PARTS.first_line).limit(limit)
    return [StoredPart(**row) for row in (await tx.execute(query)).mappings()]


async def mapped(
    tx: AsyncConnection, declaration: UUID, first_lines: Collection[int], crypto: KeyRing
) -> dict[int, Mapped]:
    """What is mapped of these parts."""
    found = await _opened(tx, declaration, _PARTS.mapped, crypto, _PARTS.first_line.in_(first_lines))
    return {first: Mapped.of_json(json.loads(content)) for first, content in found.items()}


async def raw(tx: AsyncConnection, declaration: UUID, crypto: KeyRing) -> bytes:
    """The lines of a declaration as they came, for whoever must read them again; no route shows them."""
    return b"".join((await _opened(tx, declaration, _PARTS.raw, crypto)).values())


async def _opened(
    tx: AsyncConnection, declaration: UUID, column: Column[bytes], crypto: KeyRing, *asked: ColumnElement[bool]
) -> dict[int, bytes]:
    """What parts hold, by their first line, in order; those of persons who are erased are left out."""
    query = select(_PARTS.first_line, _PARTS.agent, column).where(_PARTS.declaration == declaration, *asked)
    rows = (await tx.execute(query.order_by(_PARTS.first_line))).all()
    keys = await data_subjects.keys(tx, {agent for _, agent, _ in rows if agent is not None}, crypto)
    return {
        first: crypto.decrypt_for(keys.get(agent), sealed, f"{column}:{declaration}:{first}")
        for first, agent, sealed in rows
        if agent in keys or crypto.closed(sealed)
    }


async def carried(tx: AsyncConnection, job: UUID, crypto: KeyRing) -> dict[str, Any] | None:
    """Where the chunk before left off."""
    sealed = (await tx.execute(select(dsn_carry.c.content).where(dsn_carry.c.job == job))).scalar()
    return None if sealed is None else json.loads(crypto.decrypt(sealed, f"dsn_carry:{job}"))


async def carry(tx: AsyncConnection, job: UUID, state: Mapping[str, Any] | None, crypto: KeyRing) -> None:
    """Leave a note for the next chunk, or none after the last."""
    if state is None:
        await tx.execute(delete(dsn_carry).where(dsn_carry.c.job == job))
        return
    new = upsert(dsn_carry).values(job=job, content=crypto.encrypt(json.dumps(state).encode(), f"dsn_carry:{job}"))
    await tx.execute(new.on_conflict_do_update(index_elements=["job"], set_={"content": new.excluded.content}))


async def of_job(tx: AsyncConnection, job: UUID) -> list[Declaration]:
    """The declarations of a file, in its order."""
    query = select(dsn_declaration).where(_DECLARATION.job == job).order_by(_DECLARATION.id)
    return [Declaration(**row) for row in (await tx.execute(query)).mappings()]
