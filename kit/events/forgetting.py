"""Undoing what a consumer built from keys whose history the producer lost, so that it can be built again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.consumer import Subscription
from kit.events.ordering import Aggregate

_FORGET: Final = (
    text("DELETE FROM inbox WHERE consumer = :consumer AND topic = :topic AND key = ANY (CAST(:keys AS text[]))"),
    text(
        "DELETE FROM parked_event WHERE consumer = :consumer AND topic = :topic AND key = ANY (CAST(:keys AS text[]))"
    ),
)
# The type of a key column; that of another topic of the subscription may be no key of this one.
_TYPE: Final = text("""
    SELECT format_type(atttypid, NULL) FROM pg_attribute
     WHERE attrelid = CAST(:table AS regclass) AND attname = :column AND NOT attisdropped
""")


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
            await _delete(tx, table, column, lost)
        if subscription.on_forgotten is not None:
            await subscription.on_forgotten(tx, topic, lost)


async def _delete(tx: AsyncConnection, table: str, column: str, keys: list[str]) -> None:
    """The rows of these keys, found through the column's index: keys are compared in the column's own type."""
    assert table.isidentifier(), table
    assert column.isidentifier(), column
    kind = (await tx.execute(_TYPE, {"table": table, "column": column})).scalar_one()
    if kind == "uuid":
        keys = [key for key in keys if _is_uuid(key)]
    statement = f"DELETE FROM {table} WHERE {column} = ANY (CAST(CAST(:keys AS text[]) AS {kind}[]))"  # noqa: S608 - identifiers of ours, a type of the catalogue
    await tx.execute(text(statement), {"keys": keys})


def _is_uuid(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True
