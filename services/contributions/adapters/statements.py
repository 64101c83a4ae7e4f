"""Reads what was issued: statements, and lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee
from services.contributions.adapters.tables import contribution_line, statement
from services.contributions.domain.delta import Amounts, Delta, LineKey


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement as issued; `totals` by guarantee, in the order of the enumeration."""

    id: UUID
    employer: str
    number: int
    agreement: str
    insurer: str
    month: Month
    run: UUID
    lines: int
    amount: Money
    employer_share: Money
    agent_share: Money
    totals: dict[Guarantee, Amounts]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line as issued, with the statement it is on and the run that issued it."""

    id: UUID
    employer: str
    delta: Delta
    regularisation: bool
    run: UUID
    statement: UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which statements or lines are asked for; None: any."""

    employer: str | None = None
    month: Month | None = None
    agent: UUID | None = None
    statement: UUID | None = None


async def one(tx: AsyncConnection, key: UUID) -> StoredStatement | None:
    """A statement in scope."""
    row = (await tx.execute(select(statement).where(statement.c.id == key))).one_or_none()
    return None if row is None else _statement(row)


async def after(
    tx: AsyncConnection, limit: int, previous: UUID | None, wanted: Wanted, *, newest: bool = False
) -> list[StoredStatement]:
    """Statements in the order of their issue, or the other way round."""
    table = statement.c
    asked = ((table.employer, wanted.employer), (table.month, wanted.month))
    query = _page(select(statement), table.id, limit, previous, newest=newest)
    return [_statement(row) for row in await tx.execute(query.where(*_equal(asked)))]


async def line(tx: AsyncConnection, key: UUID) -> StoredLine | None:
    """A line in scope."""
    row = (await tx.execute(select(contribution_line).where(contribution_line.c.id == key))).one_or_none()
    return None if row is None else _line(row)


async def lines_after(tx: AsyncConnection, limit: int, previous: UUID | None, wanted: Wanted) -> list[StoredLine]:
    """Lines in the order of their issue."""
    table = contribution_line.c
    asked = (
        (table.employer, wanted.employer),
        (table.month, wanted.month),
        (table.agent, wanted.agent),
        (table.statement, wanted.statement),
    )
    query = _page(select(contribution_line), table.id, limit, previous)
    return [_line(row) for row in await tx.execute(query.where(*_equal(asked)))]


def _page(
    query: Select[Any], key: ColumnElement[UUID], limit: int, previous: UUID | None, *, newest: bool = False
) -> Select[Any]:
    page = query.order_by(key.desc() if newest else key).limit(limit)
    return page if previous is None else page.where(key < previous if newest else key > previous)


def _equal(asked: tuple[tuple[ColumnElement[Any], object], ...]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in asked if value is not None]


def _statement(row: Row[Any]) -> StoredStatement:
    return StoredStatement(
        id=row.id,
        employer=row.employer,
        number=row.number,
        agreement=row.agreement,
        insurer=row.insurer,
        month=row.month,
        run=row.run,
        lines=row.lines,
        amount=row.amount,
        employer_share=row.employer_share,
        agent_share=row.agent_share,
        totals={code: _amounts(row.totals[code]) for code in Guarantee if code in row.totals},
        recorded_at=row.recorded_at,
    )


def _amounts(cents: dict[str, int]) -> Amounts:
    return Amounts(*(Money(cents[name]) for name in ("base", "amount", "employer", "agent")))


def _line(row: Row[Any]) -> StoredLine:
    key = LineKey(str(row.agent), row.month, row.agreement, row.insurer, Guarantee(row.guarantee))
    amounts = Amounts(row.base, row.amount, row.employer_share, row.agent_share)
    delta = Delta(key, amounts, row.rate, row.unresolved)
    return StoredLine(row.id, row.employer, delta, row.regularisation, row.run, row.statement)
