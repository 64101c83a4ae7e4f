"""Which statements a payment settles: those named, or the oldest first. What is left of it stays the employer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from kit.money import Money
from rules.book import Rules
from services.contributions.domain.errors import AllocatedTwice, AllocationTooLarge, NotOwed


@dataclass(frozen=True, slots=True)
class Owed:
    """What is left of a statement, signed: below zero, a regularisation in the employer's favour not used yet."""

    statement: UUID
    left: Money


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a payment put on a statement; below zero, a credit of that statement put on the others with it."""

    statement: UUID
    amount: Money


def oldest_first(amount: Money, owed: Sequence[Owed]) -> tuple[Allocation, ...]:
    """Put `amount`, and the credits among what is owed, on statements in the order given.

    A credit is used as far as there is something to settle with it, so that the payment itself is used last.
    """
    debts = [one for one in owed if one.left > Money.zero()]
    in_favour = [one for one in owed if one.left < Money.zero()]
    total = Money.sum(one.left for one in debts)
    found: list[Allocation] = []
    room = total
    for one in in_favour:
        used = min(-one.left, room)
        if used:
            found.append(Allocation(one.statement, -used))
            room -= used
    available = amount + (total - room)
    for one in debts:
        part = min(one.left, available)
        if part:
            found.append(Allocation(one.statement, part))
            available -= part
    return tuple(found)


def as_named(amount: Money, owed: Sequence[Owed], named: Sequence[Allocation]) -> tuple[Allocation, ...]:
    """The allocation the employer names. Raises AllocatedTwice, NotOwed, AllocationTooLarge."""
    left: Mapping[UUID, Money] = {one.statement: one.left for one in owed}
    seen: set[UUID] = set()
    for place, one in enumerate(named):
        if one.statement in seen:
            raise AllocatedTwice(pointer=f"/allocations/{place}/statement")
        if one.statement not in left:
            raise NotOwed(pointer=f"/allocations/{place}/statement")
        if one.amount > left[one.statement]:
            raise AllocationTooLarge(pointer=f"/allocations/{place}/amount")
        seen.add(one.statement)
    if Money.sum(one.amount for one in named) > amount:
        raise AllocationTooLarge(pointer="/allocations")
    return tuple(named)


def due_on(issued: date, rules: Rules) -> date:
    """The day by which a statement is to be paid (`contributions.payment.days`, an assumption until a notice says)."""
    return issued + timedelta(days=rules.at("contributions.payment.days", issued).integer)
