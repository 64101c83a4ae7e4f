"""Writes events as `publish` does, statement for statement, straight through the driver."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Self

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from kit.events import outbox
from kit.events.outbox import Outgoing
from tests.kit.events.sample.thing import Changed

CONNECTIONS = 10
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the outbox as the driver takes it."""

    sql: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, clause: TextClause) -> Self:
        compiled = clause.compile(dialect=_DIALECT)
        return cls(str(compiled), tuple(compiled.positiontup or ()))

    async def fetch(self, connection: Any, **values: Any) -> Any:
        return await connection.fetch(self.sql, *(values[name] for name in self.names))


TAKE = Statement.of(outbox._TAKE_VERSIONS)
WRITE = Statement.of(outbox._WRITE)


@dataclass(frozen=True, slots=True)
class Writer:
    """A few connections to one outbox."""

    pool: asyncpg.Pool[asyncpg.Record]

    @classmethod
    async def open(cls, url: str) -> Self:
        dsn = url.replace("postgresql+asyncpg", "postgresql")
        return cls(await asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS))

    async def write(self, value: int, key: str) -> int:
        """One event in one transaction; the instant, in ns, at which its commit was asked for."""
        return await self.publish(Outgoing(Changed(value=value), key))

    async def publish(self, said: Outgoing) -> int:
        """The same of any event."""
        topic = said.data.topic
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                ((_, _, version, instant),) = await TAKE.fetch(connection, topics=[topic], keys=[said.key], counts=[1])
                row = (*outbox._row(said, version, instant.isoformat()), instant)
                columns = zip(outbox._COLUMNS, row, strict=True)
                await WRITE.fetch(connection, **{name: [one] for name, one in columns})
                asked = time.time_ns()
            await connection.execute(f"NOTIFY {outbox.WRITTEN_CHANNEL}")
        return asked

    async def close(self) -> None:
        await self.pool.close()
