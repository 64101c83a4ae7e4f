"""Overpayments, their movements and schedules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Row, Select, cast, func, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.among import among
from kit.money import Money
from kit.period import Month, Period
from services.claims.adapters.asked import Who
from services.claims.adapters.overpayment_tables import overpayment, overpayment_instalment, overpayment_movement
from services.claims.domain.overpayment import Instalment, MovementKind, Owed


@dataclass(frozen=True, slots=True)
class Overpayment:
    """A month to be paid back. `thing` is the claim, annuity or capital it had been paid for."""

    id: UUID
    employer: str
    agent: UUID
    agreement: str
    kind: str
    thing: UUID
    claim: UUID | None
    month: Month
    decision: UUID
    amount: Money
    opened_on: date
    employer_until: date
    employer_reference: str
    insurer_until: date | None
    insurer_reference: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """What made one smaller."""

    id: UUID
    employer: str
    overpayment: UUID
    kind: str
    amount: Money
    happened_on: date
    ground: str | None
    note: str | None
    decision: UUID | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An overpayment and what is left of it."""

    about: Overpayment
    owed: Owed


async def move(tx: AsyncConnection, movements: Sequence[Movement]) -> None:
    if movements:
        await tx.execute(insert(overpayment_movement), [_values(one) for one in movements])


async def of_things(tx: AsyncConnection, things: Collection[UUID]) -> list[Standing]:
    """The overpayments of claims, annuities and capitals, the oldest first."""
    if not things:
        return []
    mine = among(overpayment.c.thing, things)
    return [_standing(row) for row in await tx.execute(_standings().where(mine).order_by(overpayment.c.id))]


async def opened_of_month(tx: AsyncConnection, claim: UUID, month: Month) -> Money:
    """What was opened about a month of a claim, and was not due again since."""
    about, moved = overpayment, overpayment_movement
    mine = (about.c.thing == claim) & (about.c.month == month)
    due_again = select(moved.c.amount).join(about, about.c.id == moved.c.overpayment)
    due_again = due_again.where(mine & (moved.c.kind == MovementKind.COMPENSATED.value))
    opened = (await tx.execute(select(about.c.amount).where(mine))).scalars()
    return Money.sum(opened) - Money.sum((await tx.execute(due_again)).scalars())


async def one(tx: AsyncConnection, identifier: UUID) -> Standing | None:
    row = (await tx.execute(_standings().where(overpayment.c.id == identifier))).one_or_none()
    return None if row is None else _standing(row)


async def page(
    tx: AsyncConnection, agent: UUID | None, *, open_only: bool, after: UUID | None, limit: int
) -> list[Standing]:
    """Overpayments in scope, of one agent or all, by id."""
    query = _standings().order_by(overpayment.c.id).limit(limit)
    if agent is not None:
        query = query.where(overpayment.c.agent == agent)
    if open_only:
        query = query.where(overpayment.c.amount > func.coalesce(_settled(), 0))
    if after is not None:
        query = query.where(overpayment.c.id > after)
    return [_standing(row) for row in await tx.execute(query)]


async def lapsing(tx: AsyncConnection, days: Period) -> list[Overpayment]:
    """Those with something left that the insurer may ask for until one of these days."""
    return [one.about for one in await _owed_until(tx, days, true())]


async def lapsing_of(tx: AsyncConnection, who: Collection[Who], days: Period) -> list[Overpayment]:
    """The same, of these agents."""
    agents = among(overpayment.c.agent, {agent for _, agent in who})
    return [one.about for one in await _owed_until(tx, days, agents) if (one.about.employer, one.about.agent) in who]


async def _owed_until(tx: AsyncConnection, days: Period, whose: ColumnElement[bool]) -> list[Standing]:
    until = overpayment.c.insurer_until.between(days.start, days.last)
    found = [_standing(row) for row in await tx.execute(_standings().where(until, whose).order_by(overpayment.c.id))]
    return [one for one in found if one.owed.balance]


async def movements(tx: AsyncConnection, identifier: UUID) -> list[Movement]:
    """What was settled of one, in the order of recording."""
    table = overpayment_movement
    rows = await tx.execute(select(table).where(table.c.overpayment == identifier).order_by(table.c.id))
    return [Movement(**row._asdict()) for row in rows]


async def instalments(tx: AsyncConnection, identifier: UUID) -> tuple[int, list[Instalment]]:
    """The number of the schedule that counts, and its instalments; 0 and none when there is no schedule."""
    table = overpayment_instalment
    last = select(func.max(table.c.plan)).where(table.c.overpayment == identifier).scalar_subquery()
    query = select(table).where((table.c.overpayment == identifier) & (table.c.plan == last)).order_by(table.c.number)
    rows = (await tx.execute(query)).all()
    return (rows[0].plan if rows else 0), [Instalment(row.due, row.amount) for row in rows]


async def plan(tx: AsyncConnection, about: Overpayment, found: Sequence[Instalment], at: datetime, by: str) -> None:
    """A schedule that takes the place of the former."""
    former, _ = await instalments(tx, about.id)
    kept = {"overpayment": about.id, "plan": former + 1, "employer": about.employer}
    rows = [
        {**kept, "number": number, "due": part.due, "amount": part.amount, "recorded_at": at, "recorded_by": by}
        for number, part in enumerate(found, 1)
    ]
    await tx.execute(insert(overpayment_instalment), rows)


def _settled() -> Any:
    table = overpayment_movement
    total = cast(func.sum(cast(table.c.amount, BigInteger)), BigInteger)
    return select(total).where(table.c.overpayment == overpayment.c.id).scalar_subquery()


def _standings() -> Select[Any]:
    return select(overpayment, func.coalesce(_settled(), 0).label("settled"))


def _standing(row: Row[Any]) -> Standing:
    values = row._asdict()
    settled = Money(values.pop("settled"))
    about = Overpayment(**values)
    return Standing(about, Owed(about.amount, settled))


def _values(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}
