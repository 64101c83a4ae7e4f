"""Organisations in the database: one row a fact, dated twice."""

from __future__ import annotations

from sqlalchemy import RowMapping, func, insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.ids import new_id
from kit.recording import Recording
from services.agreements.adapters.tables import organisation
from services.agreements.domain.agreement import LegalCode
from services.agreements.domain.organisation import Organisation, OrganisationKind


async def lock(tx: AsyncConnection, key: str) -> None:
    """Let one transaction at a time write the facts of a key."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"organisation:{key}", 0))))


async def current(tx: AsyncConnection, key: str) -> Organisation | None:
    """What is known now of the organisation's latest period, or None."""
    table = organisation.c
    query = select(organisation).where(table.key == key, func.upper_inf(table.recorded))
    row = (await tx.execute(query.order_by(func.lower(table.valid).desc()).limit(1))).mappings().one_or_none()
    return None if row is None else _organisation(row)


async def after(tx: AsyncConnection, key: str, kind: OrganisationKind | None, limit: int) -> list[Organisation]:
    """The organisations known now whose key follows, in the order of keys."""
    table = organisation.c
    query = select(organisation).where(func.upper_inf(table.recorded), func.upper_inf(table.valid), table.key > key)
    if kind is not None:
        query = query.where(table.kind == kind.value)
    rows = (await tx.execute(query.order_by(table.key).limit(limit))).mappings()
    return [_organisation(row) for row in rows]


async def add(tx: AsyncConnection, one: Organisation, recording: Recording) -> None:
    """Record a fact. The database refuses one that contradicts what is known of the same days."""
    details = {
        "departement": one.departement,
        "coordinating": one.coordinating,
        "legal_code": one.legal_code,
        "affiliated": one.affiliated,
        "headcount": one.headcount,
    }
    await tx.execute(
        insert(organisation).values(
            fact=new_id(),
            key=one.key,
            kind=one.kind.value,
            name=one.name,
            details=details,
            assumption=one.assumption,
            valid=one.period,
            recorded=Range(recording.at, None, bounds="[)"),
            recorded_by=recording.by,
        )
    )


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
