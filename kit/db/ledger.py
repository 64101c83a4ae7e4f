"""Append-only ledgers: lines are issued once and never edited; what changes afterwards is issued as a difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Table, cast, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.ids import new_id
from kit.money import Money

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Delta(Generic[K]):
    """What must be issued for one key so that the sum of its lines becomes `desired`."""

    key: K
    issued: Money
    desired: Money

    @property
    def amount(self) -> Money:
        return self.desired - self.issued


def deltas(desired: Mapping[K, Money], issued: Mapping[K, Money]) -> list[Delta[K]]:
    """The differences to issue, none for a key already right; a key no longer desired goes back to zero.

    Keys in the order of `desired`, then those only `issued` has.

    >>> [(d.key, str(d.amount)) for d in deltas({"a": Money(500), "b": Money(200)}, {"a": Money(700), "c": Money(100)})]
    [('a', '-2.00'), ('b', '2.00'), ('c', '-1.00')]
    """
    keys = dict.fromkeys([*desired, *issued])
    every = [Delta(key, issued.get(key, Money.zero()), desired.get(key, Money.zero())) for key in keys]
    return [delta for delta in every if delta.amount]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table of lines (`kit.db.schema.append_only`) with an `id`, an amount column, and columns that make its key."""

    table: Table
    key: tuple[str, ...]
    amount: str = "amount"

    async def issued(self, tx: AsyncConnection, where: ColumnElement[bool]) -> dict[tuple[Any, ...], Money]:
        """The sum of the lines of each key, among the lines of one account."""
        keys = [self.table.c[name] for name in self.key]
        total = cast(func.sum(cast(self.table.c[self.amount], BigInteger)), BigInteger)
        rows = await tx.execute(select(*keys, total).where(where).group_by(*keys))
        return {tuple(row[:-1]): Money(row[-1]) for row in rows}

    async def settle(
        self,
        tx: AsyncConnection,
        *,
        account: str,
        where: ColumnElement[bool],
        desired: Mapping[tuple[Any, ...], Money],
        line: Mapping[str, Any],
    ) -> list[Delta[tuple[Any, ...]]]:
        """Issue what is missing for the lines `where` to sum to `desired`, and return it; nothing when all is issued.

        `account` names what those lines are of (an agent's month): settling the same one twice at once is done one
        after the other. `line` holds the columns every new line has besides its key, id and amount.
        """
        lock = f"{self.table.name}:{account}"
        await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": lock})
        missing = deltas(desired, await self.issued(tx, where))
        if missing:
            await tx.execute(insert(self.table), [self._line(delta, line) for delta in missing])
        return missing

    def _line(self, delta: Delta[tuple[Any, ...]], line: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **line,
            **dict(zip(self.key, delta.key, strict=True)),
            "id": new_id(),
            self.amount: delta.amount,
        }
