"""Undoing what a consumer built from keys whose history the producer lost, so that it can be built again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import TextClause

from kit.events.consumer import Subscription
from kit.events.ordering import Aggregate

_FORGET: Final = (
    text("DELETE FROM inbox WHERE consumer = :consumer AND topic = :topic AND key = ANY (CAST(:keys AS text[]))"),
    text(
        "DELETE FROM parked_event WHERE consumer = :consumer AND topic = :topic AND key = ANY (CAST(:keys AS text[]))"
    ),
)


async def forget(
    tx: AsyncConnection, consumer: str, subscription: Subscription, aggregates: Iterable[Aggregate]
) -> None:
    """Delete the inbox, the parked events and the projections' rows of these keys, then tell the service."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for topic, key in sorted(aggregates):
        keys[topic].append(key)
    for topic, lost in keys.items():
        for statement in _FORGET:
            await tx.execute(statement, {"consumer": consumer, "topic": topic, "keys": lost})
        for table, column in subscription.projections.items():
            await tx.execute(_projection(table, column), {"keys": lost})
        if subscription.on_forgotten is not None:
            await subscription.on_forgotten(tx, topic, lost)


def _projection(table: str, column: str) -> TextClause:
    assert table.isidentifier(), table
    assert column.isidentifier(), column
    return text(f"DELETE FROM {table} WHERE CAST({column} AS text) = ANY (CAST(:keys AS text[]))")  # noqa: S608 - two identifiers of ours
