"""Delegations as stored: added and revoked, never changed. Employers see their own; delegates are read as of all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import false, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.revocations import CHANNEL
from gateway.adapters.tables import delegation as table
from gateway.domain.delegations import Delegate, Delegation
from kit.db.database import wake_after


async def add(tx: AsyncConnection, one: Delegation) -> None:
    """Insert."""
    values = {
        "id": one.id,
        "employer": one.employer,
        "kind": one.delegate.kind,
        "delegate": one.delegate.key,
        "scopes": sorted(one.scopes),
        "first": one.first,
        "last": one.last,
        "given_by": one.given_by,
        "given_at": one.given_at,
    }
    await tx.execute(table.insert().values(values))


async def overlaps(tx: AsyncConnection, one: Delegation) -> bool:
    """Whether another of the same employer to the same delegate runs on some of its days.

    Two that come at once wait for each other: the employer's delegations are taken one at a time.
    """
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"delegation {one.employer}", 0))))
    query = select(table.c.id).where(
        table.c.employer == one.employer,
        table.c.kind == one.delegate.kind,
        table.c.delegate == one.delegate.key,
        table.c.revoked_at.is_(None),
        table.c.first <= one.last,
        table.c.last >= one.first,
    )
    return (await tx.execute(query.limit(1))).one_or_none() is not None


async def revoke(tx: AsyncConnection, key: UUID, now: datetime, by: str) -> bool:
    """End it now; False when there is none to be seen. One that was revoked stays as it was."""
    statement = update(table).where(table.c.id == key, table.c.revoked_at.is_(None))
    await tx.execute(statement.values(revoked_at=now, revoked_by=by))
    wake_after(tx, CHANNEL)
    return (await tx.execute(select(table.c.id).where(table.c.id == key))).one_or_none() is not None


async def page(
    tx: AsyncConnection, after: UUID | None, limit: int, *, employer: str | None, to: Collection[Delegate] | None
) -> list[Delegation]:
    """The latest first, ended ones too; `to` are the delegates whose are asked for, None for whosever."""
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if employer is not None:
        query = query.where(table.c.employer == employer)
    if to is not None:
        query = query.where(_to(to))
    if after is not None:
        query = query.where(table.c.id < after)
    return [_delegation(row) for row in (await tx.execute(query)).all()]


async def in_force(tx: AsyncConnection, to: Collection[Delegate], today: date, limit: int) -> Sequence[Delegation]:
    """Those that these delegates may use today."""
    query = select(table).where(_to(to), table.c.revoked_at.is_(None), table.c.first <= today, table.c.last >= today)
    return [_delegation(row) for row in (await tx.execute(query.limit(limit))).all()]


async def employers_giving(tx: AsyncConnection, to: Collection[Delegate], scope: str, today: date) -> frozenset[str]:
    """Those that delegate this scope to them today."""
    query = select(table.c.employer).where(_to(to), table.c.revoked_at.is_(None), table.c.scopes.contains([scope]))
    found = await tx.execute(query.where(table.c.first <= today, table.c.last >= today))
    return frozenset(found.scalars())


async def revoked_since(tx: AsyncConnection, since: datetime) -> dict[str, datetime]:
    """Employers that ended a delegation since then, with the last time they did."""
    query = select(table.c.employer, func.max(table.c.revoked_at)).where(table.c.revoked_at > since)
    return dict((await tx.execute(query.group_by(table.c.employer))).all())


def _to(delegates: Collection[Delegate]) -> Any:
    if not delegates:
        return false()
    return tuple_(table.c.kind, table.c.delegate).in_([(one.kind, one.key) for one in delegates])


def _delegation(row: Any) -> Delegation:
    return Delegation(
        row.id,
        row.employer,
        Delegate(row.kind, row.delegate),
        frozenset(row.scopes),
        row.first,
        row.last,
        row.given_by,
        row.given_at,
        row.revoked_by,
        row.revoked_at,
    )
