"""Payments and what they settle: a statement is owed for its amount less what payments put on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Join,
    Row,
    Select,
    Subquery,
    Table,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from services.contributions.adapters.tables import (
    payment,
    payment_allocation,
    payment_cancellation,
    payment_reminder,
    statement,
)
from services.contributions.domain.payment import Allocation, Owed

LATE_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Contract:
    """Whom a payment is for: the contract of an employer with an insurer ('': nobody knows whom) under an accord."""

    employer: str
    agreement: str
    insurer: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as recorded; `cancelled` says why it no longer counts."""

    id: UUID
    contract: Contract
    received_on: date
    amount: Money
    reference: str
    recorded_at: datetime
    recorded_by: str
    allocations: tuple[Allocation, ...] = ()
    cancelled: str | None = None

    @property
    def left(self) -> Money:
        """What of it settles nothing yet."""
        return Money.zero() if self.cancelled else self.amount - Money.sum(one.amount for one in self.allocations)


@dataclass(frozen=True, slots=True)
class Account:
    """How a contract stands: what was issued, what was paid; `unallocated` of what was paid settles nothing yet."""

    contract: Contract
    statements: int
    issued: Money
    paid: Money
    unallocated: Money


@dataclass(frozen=True, slots=True)
class Receivable:
    """What is left of a statement."""

    statement: UUID
    contract: Contract
    number: int
    month: Month
    amount: Money
    left: Money
    issued_at: datetime


_KEY: Final = ("employer", "agreement", "insurer")


def _sums(table: Table, *by: Column[Any]) -> Subquery:
    return select(*by, func.sum(table.c.amount).label("amount")).group_by(*by).subquery()


_PUT: Final = _sums(payment_allocation, payment_allocation.c.statement)
_LEFT: Final = (statement.c.amount - func.coalesce(_PUT.c.amount, literal(0))).label("left")
_STANDING: Final = select(statement, _LEFT).outerjoin(_PUT, _PUT.c.statement == statement.c.id)


async def known(tx: AsyncConnection, contract: Contract, reference: str) -> Payment | None:
    """The payment of a contract under that reference."""
    found = await _read(tx, _payments().where(*_of(payment, contract), payment.c.reference == reference))
    return found[0] if found else None


async def owed(tx: AsyncConnection, contract: Contract) -> list[Owed]:
    """Statements of a contract that are not settled, in the order of their numbers."""
    query = _STANDING.where(*_of(statement, contract), literal(0) != _LEFT).order_by(statement.c.number)
    return [Owed(row.id, _money(row.left)) for row in await tx.execute(query)]


async def has_statement(tx: AsyncConnection, contract: Contract) -> bool:
    query = select(statement.c.id).where(*_of(statement, contract)).limit(1)
    return (await tx.execute(query)).first() is not None


async def record(tx: AsyncConnection, new: Payment) -> None:
    """A payment with its allocations."""
    values = {"id": new.id, "received_on": new.received_on, "amount": new.amount, "reference": new.reference}
    recorded = {"recorded_at": new.recorded_at, "recorded_by": new.recorded_by}
    await tx.execute(insert(payment).values(**_key(new.contract), **values, **recorded))
    await allocate(tx, new, new.allocations, new.recorded_at, new.recorded_by)


async def allocate(tx: AsyncConnection, paid: Payment, parts: Sequence[Allocation], at: datetime, by: str) -> None:
    """Put parts of a payment on statements, or take them back."""
    common = {"employer": paid.contract.employer, "payment": paid.id, "recorded_at": at, "recorded_by": by}
    rows = [{**common, "id": new_id(), "statement": one.statement, "amount": one.amount} for one in parts]
    if rows:
        await tx.execute(insert(payment_allocation), rows)


async def cancel(tx: AsyncConnection, paid: Payment, reason: str, at: datetime, by: str) -> None:
    """It no longer counts, and what it settled is owed again."""
    row = {"payment": paid.id, "employer": paid.contract.employer, "reason": reason}
    await tx.execute(insert(payment_cancellation).values(**row, recorded_at=at, recorded_by=by))
    await allocate(tx, paid, [Allocation(one.statement, -one.amount) for one in paid.allocations], at, by)


async def one(tx: AsyncConnection, key: UUID) -> Payment | None:
    """A payment in scope."""
    found = await _read(tx, _payments().where(payment.c.id == key))
    return found[0] if found else None


async def after(
    tx: AsyncConnection, limit: int, previous: UUID | None, employer: str | None, *, newest: bool = False
) -> list[Payment]:
    """Payments in the order of their recording, or the other way round."""
    key = payment.c.id
    query = _payments().order_by(key.desc() if newest else key).limit(limit)
    if previous is not None:
        query = query.where(key < previous if newest else key > previous)
    return await _read(tx, query if employer is None else query.where(payment.c.employer == employer))


async def receivables(tx: AsyncConnection, limit: int, previous: UUID | None, employer: str | None) -> list[Receivable]:
    """Statements that are not settled, in the order of their issue."""
    query = _STANDING.where(literal(0) != _LEFT).order_by(statement.c.id).limit(limit)
    if previous is not None:
        query = query.where(statement.c.id > previous)
    if employer is not None:
        query = query.where(statement.c.employer == employer)
    return [_receivable(row) for row in await tx.execute(query)]


async def accounts(
    tx: AsyncConnection, limit: int, previous: Contract | None, employer: str | None
) -> tuple[list[Account], Account]:
    """Contracts that have a statement, in the order of their keys, and the sums of all that are asked for."""
    put = _sums(payment_allocation, payment_allocation.c.payment)
    counted = case((payment_cancellation.c.payment.is_(None), payment.c.amount), else_=literal(0))
    paid = select(*_key_of(payment), func.sum(counted).label("paid"), func.sum(put.c.amount).label("put"))
    paid = paid.select_from(_with_cancellations().outerjoin(put, put.c.payment == payment.c.id))
    issued = select(*_key_of(statement), func.count().label("number"), func.sum(statement.c.amount).label("amount"))
    if employer is not None:
        issued, paid = issued.where(statement.c.employer == employer), paid.where(payment.c.employer == employer)
    owing, settled = issued.group_by(*_key_of(statement)).cte(), paid.group_by(*_key_of(payment)).cte()
    same = [mine == theirs for mine, theirs in zip(_key_of(owing), _key_of(settled), strict=True)]
    both = owing.outerjoin(settled, and_(*same))
    figures = (owing.c.number, owing.c.amount, settled.c.paid, settled.c.put)
    shown: list[ColumnElement[Any]] = [*_key_of(owing), *figures]
    page = select(*shown).select_from(both).order_by(*_key_of(owing)).limit(limit)
    if previous is not None:
        page = page.where(tuple_(*_key_of(owing)) > (previous.employer, previous.agreement, previous.insurer))
    sums: Select[Any] = select(*(func.sum(one).label(one.name) for one in figures)).select_from(both)
    rows: Sequence[Row[Any]] = (await tx.execute(page)).all()
    whole: Row[Any] = (await tx.execute(sums)).one()
    return [_account(_contract(row), row) for row in rows], _account(Contract(employer or "", "", ""), whole)


async def standing(tx: AsyncConnection, key: UUID) -> Receivable | None:
    """What is left of a statement, settled or not; None when it is not in scope."""
    row = (await tx.execute(_STANDING.where(statement.c.id == key))).one_or_none()
    return None if row is None else _receivable(row)


async def put_on(tx: AsyncConnection, key: UUID, limit: int) -> list[tuple[Payment, Money]]:
    """The payments that settle a part of a statement, in the order of their recording, each with its part."""
    part, of = func.sum(payment_allocation.c.amount), payment_allocation.c.payment
    parts = select(of, part.label("amount")).where(payment_allocation.c.statement == key).group_by(of)
    left = await tx.execute(parts.having(literal(0) != part).order_by(of).limit(limit))
    put = {row.payment: _money(row.amount) for row in left}
    found = await _read(tx, _payments().where(payment.c.id.in_(put)).order_by(payment.c.id)) if put else []
    return [(one, put[one.id]) for one in found]


async def late(tx: AsyncConnection, issued_before: datetime) -> list[Receivable]:
    """Statements issued before that instant that are owed for and that nobody is told of at present."""
    told = select(payment_reminder.c.statement).where(payment_reminder.c.closed_at.is_(None))
    query = _STANDING.where(statement.c.recorded_at < issued_before, literal(0) < _LEFT, statement.c.id.not_in(told))
    return [_receivable(row) for row in await tx.execute(query.order_by(statement.c.id).limit(LATE_LIMIT))]


async def remind(tx: AsyncConnection, found: Collection[tuple[Receivable, date]], at: datetime) -> None:
    """Remember that somebody was told of these, also again: a payment may have been sent back."""
    common = {"opened_at": at, "closed_at": None}
    rows = [{**common, "statement": one.statement, "employer": one.contract.employer, "due": due} for one, due in found]
    await put_rows(tx, payment_reminder, rows, key=["statement"], update=["due", "opened_at", "closed_at"])


async def no_longer_late(
    tx: AsyncConnection, statements: Collection[UUID], at: datetime
) -> list[tuple[Receivable, date]]:
    """Of these statements, those that were told to be late and are settled now; they are told of no more."""
    told = select(payment_reminder.c.statement, payment_reminder.c.due)
    told = told.where(payment_reminder.c.statement.in_(statements), payment_reminder.c.closed_at.is_(None))
    due = {row.statement: row.due for row in await tx.execute(told)}
    if not due:
        return []
    query = _STANDING.where(statement.c.id.in_(due), literal(0) >= _LEFT).order_by(statement.c.id)
    settled = [(_receivable(row), due[row.id]) for row in await tx.execute(query)]
    done = update(payment_reminder).where(payment_reminder.c.statement.in_([one.statement for one, _ in settled]))
    await tx.execute(done.values(closed_at=at))
    return settled


def _with_cancellations() -> Join:
    return payment.outerjoin(payment_cancellation, payment_cancellation.c.payment == payment.c.id)


def _payments() -> Select[Any]:
    return select(payment, payment_cancellation.c.reason).select_from(_with_cancellations())


async def _read(tx: AsyncConnection, query: Select[Any]) -> list[Payment]:
    rows = (await tx.execute(query)).all()
    put = _sums(payment_allocation, payment_allocation.c.payment, payment_allocation.c.statement)
    parts = select(put).where(put.c.payment.in_([row.id for row in rows])).order_by(put.c.statement)
    by_payment: dict[UUID, list[Allocation]] = {row.id: [] for row in rows}
    for row in await tx.execute(parts):
        if amount := _money(row.amount):
            by_payment[row.payment].append(Allocation(row.statement, amount))
    return [
        Payment(
            id=row.id,
            contract=_contract(row),
            received_on=row.received_on,
            amount=row.amount,
            reference=row.reference,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            allocations=tuple(by_payment[row.id]),
            cancelled=row.reason,
        )
        for row in rows
    ]


def _account(contract: Contract, row: Row[Any]) -> Account:
    paid = _money(row.paid)
    return Account(contract, int(row.number or 0), _money(row.amount), paid, paid - _money(row.put))


def _receivable(row: Row[Any]) -> Receivable:
    return Receivable(row.id, _contract(row), row.number, row.month, row.amount, _money(row.left), row.recorded_at)


def _contract(row: Row[Any]) -> Contract:
    return Contract(row.employer, row.agreement, row.insurer)


def _key(contract: Contract) -> dict[str, str]:
    return {name: getattr(contract, name) for name in _KEY}


def _of(table: Table, contract: Contract) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in _key(contract).items()]


def _key_of(table: FromClause) -> list[ColumnElement[str]]:
    return [table.c[name] for name in _KEY]


def _money(value: Money | Decimal | None) -> Money:
    """A sum of cents, whichever type it comes in; nothing to sum is nothing."""
    return value if isinstance(value, Money) else Money(int(value or 0))
