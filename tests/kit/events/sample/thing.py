"""The events of the sample: what `source` publishes and how `sink` applies it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Database, Scope
from kit.events.consumer import Handler, Subscription, TransientError
from kit.events.envelope import Envelope, EventData
from kit.events.outbox import publish

TOPIC: Final = "psc.source.thing.v1"


class Changed(EventData):
    type = "fr.psc.source.thing.changed.v1"
    topic = TOPIC

    value: int


class Renamed(EventData):
    """Nobody handles it."""

    type = "fr.psc.source.thing.renamed.v1"
    topic = TOPIC

    name: str


class ChangedOtherwise(EventData):
    """A major version that `sink` does not read."""

    type = "fr.psc.source.thing.changed.v2"
    topic = TOPIC

    amount: int


PUBLISHES: Final = (Changed, Renamed, ChangedOtherwise)

_APPLY: Final = text("""
    WITH noted AS (INSERT INTO applied (key, version, value) VALUES (:key, :version, :value))
    INSERT INTO state AS held (key, digest)
    VALUES (:key, encode(sha256(convert_to('/' || CAST(:value AS bigint), 'UTF8')), 'hex'))
    ON CONFLICT (key) DO UPDATE
      SET digest = encode(sha256(convert_to(held.digest || '/' || CAST(:value AS bigint), 'UTF8')), 'hex')
""")


def digest(values: Sequence[int]) -> str:
    """What `sink` holds of a key after these values in this order."""
    result = ""
    for value in values:
        result = hashlib.sha256(f"{result}/{value}".encode()).hexdigest()
    return result


class Handlers:
    """The handlers of `sink`; `poison` values are refused, `passing` ones that many times."""

    def __init__(self) -> None:
        self.poison: set[int] = set()
        self.passing: dict[int, int] = {}

    async def changed(self, tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
        value = Changed.model_validate(data).value
        await tx.execute(_APPLY, {"key": envelope.key, "version": envelope.sequence, "value": value})
        if value in self.poison:
            raise ValueError("a value this release cannot take")
        if self.passing.get(value, 0) > 0:
            self.passing[value] -= 1
            raise TransientError

    def subscription(self, changed: Handler | None = None) -> Subscription:
        """That of `sink`; with another handler instead of `self.changed` if given."""
        handlers = {Changed.type: changed or self.changed}
        return Subscription("source", (TOPIC,), handlers, projections={"applied": "key", "state": "key"})


async def change(database: Database, key: str, *values: int) -> None:
    """Publish values of a thing, each in a transaction of its own."""
    for value in values:
        async with database.transaction(Scope.all()) as tx:
            await publish(tx, Changed(value=value), key=key)


async def applied(database: Database) -> dict[str, list[tuple[int, int]]]:
    """What `sink` applied by key, in the order it did: (version, value)."""
    result: dict[str, list[tuple[int, int]]] = {}
    async with database.transaction(Scope.all()) as tx:
        for key, version, value in await tx.execute(text("SELECT key, version, value FROM applied ORDER BY serial")):
            result.setdefault(key, []).append((version, value))
    return result


async def states(database: Database) -> dict[str, str]:
    async with database.transaction(Scope.all()) as tx:
        rows = await tx.execute(text("SELECT key, digest FROM state"))
        return {row.key: row.digest for row in rows}


async def published(database: Database) -> dict[str, list[int]]:
    """The values of each thing in the order of its versions, as `source` holds them."""
    statement = text("SELECT key, envelope->'data'->>'value' FROM outbox WHERE type = :type ORDER BY key, version")
    result: dict[str, list[int]] = {}
    async with database.transaction(Scope.all()) as tx:
        for key, value in await tx.execute(statement, {"type": Changed.type}):
            result.setdefault(key, []).append(int(value))
    return result
