"""Organisations in the database: one row a fact, dated twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.temporal import outside
from kit.db.types import PeriodColumn
from kit.ids import new_id
from kit.period import Period
from kit.recording import Recording
from services.agreements.adapters.tables import organisation
from services.agreements.domain.agreement import LegalCode
from services.agreements.domain.organisation import Organisation, OrganisationKind

# In one order, so that two writers of many keys cannot wait for each other.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('organisation:' || key, 0))"
    " FROM (SELECT key FROM unnest(CAST(:keys AS text[])) AS given (key) ORDER BY key) AS ordered"
)


async def lock(tx: AsyncConnection, keys: Iterable[str]) -> None:
    """Let one transaction at a time write the facts of these keys."""
    await tx.execute(_LOCK, {"keys": sorted(set(keys))})


async def current(tx: AsyncConnection, keys: Iterable[str]) -> dict[str, Organisation]:
    """What is known now of the latest period of each organisation that is known, by key."""
    table = organisation.c
    query = select(organisation).where(table.key.in_(sorted(set(keys))), _believed(None))
    rows = (await tx.execute(query.order_by(func.lower(table.valid)))).mappings()
    return {row["key"]: _organisation(row) for row in rows}


async def on(tx: AsyncConnection, key: str, day: date, known_at: datetime | None) -> Organisation | None:
    """The organisation on a day, as it was known at an instant; None where nothing was."""
    table = organisation.c
    holds = table.valid.op("@>", is_comparison=True)(literal(day))
    row = (await tx.execute(select(organisation).where(table.key == key, holds, _believed(known_at)))).mappings()
    found = row.one_or_none()
    return None if found is None else _organisation(found)


async def facts(tx: AsyncConnection, key: str) -> int:
    """How many facts were ever recorded of a key: what its ETag shows."""
    query = select(func.count()).select_from(organisation).where(organisation.c.key == key)
    return int((await tx.execute(query)).scalar_one())


async def after(tx: AsyncConnection, key: str, kind: OrganisationKind | None, limit: int) -> list[Organisation]:
    """The organisations known now whose key follows, in the order of keys."""
    table = organisation.c
    query = select(organisation).where(func.upper_inf(table.recorded), func.upper_inf(table.valid), table.key > key)
    if kind is not None:
        query = query.where(table.kind == kind.value)
    rows = (await tx.execute(query.order_by(table.key).limit(limit))).mappings()
    return [_organisation(row) for row in rows]


async def add(tx: AsyncConnection, new: Sequence[Organisation], recording: Recording) -> None:
    """Record facts. The database refuses one that contradicts what is known of the same days."""
    rows = [_row(one, recording, recording.at) for one in new]
    if rows:
        await tx.execute(insert(organisation), rows)


async def amend(tx: AsyncConnection, one: Organisation, recording: Recording) -> None:
    """Believe from now on that `one` holds over its days; the days around keep what was known of them."""
    table = organisation.c
    meets = table.valid.op("&&", is_comparison=True)(literal(one.period, PeriodColumn))
    query = select(organisation).where(table.key == one.key, _believed(None), meets).with_for_update()
    rows = (await tx.execute(query)).mappings().all()
    # Never before what it replaces: clocks of two machines differ.
    at = max(recording.at, *(row["recorded"].lower for row in rows)) if rows else recording.at
    closed = func.tstzrange(func.lower(table.recorded), at)
    await tx.execute(update(organisation).where(table.fact.in_([r["fact"] for r in rows])).values(recorded=closed))
    kept = [_again(row, rest, at) for row in rows for rest in outside(row["valid"], one.period)]
    await tx.execute(insert(organisation), [*kept, _row(one, recording, at)])


def _believed(known_at: datetime | None) -> ColumnElement[bool]:
    if known_at is None:
        return func.upper_inf(organisation.c.recorded)
    return organisation.c.recorded.op("@>", is_comparison=True)(literal(known_at))


def _again(row: RowMapping, valid: Period, at: datetime) -> Mapping[str, Any]:
    return {**row, "fact": new_id(), "valid": valid, "recorded": Range(at, None, bounds="[)")}


def _row(one: Organisation, recording: Recording, at: datetime) -> Mapping[str, Any]:
    details = {
        "departement": one.departement,
        "coordinating": one.coordinating,
        "legal_code": one.legal_code,
        "affiliated": one.affiliated,
        "headcount": one.headcount,
    }
    return {
        "fact": new_id(),
        "key": one.key,
        "kind": one.kind.value,
        "name": one.name,
        "details": details,
        "assumption": one.assumption,
        "valid": one.period,
        "recorded": Range(at, None, bounds="[)"),
        "recorded_by": recording.by,
        "reason": recording.reason,
    }


def _organisation(row: RowMapping) -> Organisation:
    details = row["details"]
    code = details["legal_code"]
    return Organisation(
        key=row["key"],
        kind=OrganisationKind(row["kind"]),
        name=row["name"],
        period=row["valid"],
        departement=details["departement"],
        coordinating=details["coordinating"],
        legal_code=None if code is None else LegalCode(code),
        affiliated=details["affiliated"],
        headcount=details["headcount"],
        assumption=row["assumption"],
    )
