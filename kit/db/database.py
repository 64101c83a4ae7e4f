"""A pool of connections, and the one way to use it: a transaction in a tenant scope."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self

import asyncpg
from pydantic import SecretStr
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from kit.db.away import LOST
from kit.db.provision import sees_all
from kit.db.types import Written

# Scopes remembered as written, per process. 1 400 employers one by one and a few lists: far below.
KNOWN_SCOPES_LIMIT: Final = 100_000
SCOPE_SETTING: Final = "relais.scope"
_SET_SCOPE: Final = f"SELECT set_config('{SCOPE_SETTING}', $1, true)"
_TO_WAKE: Final = "relais_to_wake"
# The server cuts a statement at its limit; one whose answer is not here this much later has lost its server.
ANSWER_SECONDS: Final = 5.0
# The same for a dedicated connection, whose statements are short and have no limit of the server's.
DEDICATED_SECONDS: Final = 60.0
# A process that is frozen holds its session locks no longer than this: another takes over. Whoever has such a
# connection says something more often.
IDLE_SECONDS: Final = 30
# Statements that a connection keeps prepared: more than any service has.
PREPARED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Scope:
    """The employers (SIRET) whose rows a transaction may see and write. The `worker` role sees all whatever the scope.

    >>> Scope.all().key, Scope.none().key, Scope.of(frozenset()).key
    ('*', '', '')
    >>> Scope.of(frozenset({"2", "1"})) == Scope.of(frozenset({"1", "2"}))
    True
    """

    key: str
    employers: frozenset[str] = field(default=frozenset())

    @classmethod
    def all(cls) -> Self:
        """Every employer: staff, feeds, tasks."""
        return cls("*")

    @classmethod
    def none(cls) -> Self:
        """No employer: every tenant table looks empty."""
        return cls("")

    @classmethod
    def of(cls, employers: frozenset[str]) -> Self:
        """These employers. The key is a digest of them, so the stored rows of a scope never change."""
        if not employers:
            return cls.none()
        return cls(hashlib.sha256(",".join(sorted(employers)).encode()).hexdigest(), employers)


class Database:
    """One component's database under one login role.

    `url` is `postgresql+asyncpg://<role>:<password>@<host>:<port>/<database>`. Statements are cut after
    `statement_timeout_ms` (0: never), waits for a lock after `lock_timeout_ms`. A server that says nothing any more,
    behind a network that lost it, is given up a little later (TimeoutError).
    """

    def __init__(
        self,
        url: str | SecretStr,
        *,
        pool_size: int = 10,
        name: str = "relais",
        statement_timeout_ms: int = 30_000,
        lock_timeout_ms: int = 10_000,
    ) -> None:
        self.url = make_url(url.get_secret_value() if isinstance(url, SecretStr) else url)
        self._server_settings = {
            "application_name": name,
            "statement_timeout": str(statement_timeout_ms),
            "lock_timeout": str(lock_timeout_ms),
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",  # compiling costs more than these short statements
        }
        self.engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=30,
            pool_pre_ping=False,
            pool_use_lifo=True,  # the connection used last has its statements prepared already
            json_serializer=_dumps,
            hide_parameters=True,  # values stay out of errors, so out of logs
            connect_args={
                "server_settings": self._server_settings,
                "timeout": 10,
                "command_timeout": statement_timeout_ms / 1000 + ANSWER_SECONDS if statement_timeout_ms else None,
                "prepared_statement_cache_size": PREPARED,
            },
        )
        self._known: set[str] = set()  # of the database the pool's newest connection leads to
        # Row-level security shows these roles everything: the scope would be a round trip for nothing.
        self._sees_all = sees_all(self.url.username or "")
        if not self._sees_all:
            event.listen(self.engine.sync_engine, "begin", _set_scope)
        event.listen(self.engine.sync_engine, "handle_error", _hide_row)
        event.listen(self.engine.sync_engine, "checkout", _replace_closed)
        event.listen(self.engine.sync_engine, "connect", self._forget_scopes)

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[AsyncConnection]:
        """Begin, see the rows of `scope` only, commit when the block ends, roll back when it raises."""
        async with self.engine.connect() as connection:
            connection.info.pop(_TO_WAKE, None)
            if scope.employers and scope.key not in self._known and not self._sees_all:
                await self._write(connection, scope)
            tx = await connection.execution_options(relais_scope=scope.key)
            async with tx.begin():
                yield tx
            await _wake(tx)

    @asynccontextmanager
    async def dedicated(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        """A connection outside the pool, for LISTEN and session advisory locks. No scope, no statement timeout."""
        connection = await asyncpg.connect(
            host=self.url.host,
            port=self.url.port,
            user=self.url.username,
            password=self.url.password,
            database=self.url.database,
            server_settings={
                **self._server_settings,
                "statement_timeout": "0",
                "idle_session_timeout": f"{IDLE_SECONDS}s",
            },
            timeout=10,
            command_timeout=DEDICATED_SECONDS,
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=5)

    async def close(self) -> None:
        await self.engine.dispose()

    async def _write(self, connection: AsyncConnection, scope: Scope) -> None:
        """Store the employers of a scope once; writing them twice changes nothing."""
        known = self._known
        async with connection.begin():
            await connection.execute(
                text(
                    "INSERT INTO scope_employer (scope, employer)"
                    " SELECT :scope, unnest(CAST(:employers AS text[])) ON CONFLICT DO NOTHING"
                ),
                {"scope": scope.key, "employers": sorted(scope.employers)},
            )
        if len(known) >= KNOWN_SCOPES_LIMIT:
            known.clear()
        known.add(scope.key)

    def _forget_scopes(self, _connection: Any, _record: Any) -> None:
        """A new connection may lead to another database of that name: an archive put in its place cut all others off.
        What is being written meanwhile is noted in the former set.
        """
        self._known = set()


def wake_after(tx: AsyncConnection, channel: str) -> None:
    """Wake those who listen to a channel once this transaction of `Database.transaction` has committed.

    A NOTIFY inside it would keep, while the commit waits for the disk, a lock that every notifying commit of the server
    takes: they would reach the disk one after the other. Whoever listens looks by himself now and then, too: a process
    that ends between the two wakes nobody.
    """
    tx.info.setdefault(_TO_WAKE, set()).add(channel)


async def _wake(tx: AsyncConnection) -> None:
    """What is committed is not to fail for a notification that did not go out."""
    channels = tx.info.pop(_TO_WAKE, ())
    if channels:
        with suppress(asyncpg.PostgresError, *LOST):
            await (await _raw(tx)).execute("; ".join(f"NOTIFY {channel}" for channel in sorted(channels)))


async def driver(tx: AsyncConnection) -> asyncpg.Connection[asyncpg.Record]:
    """The asyncpg connection under a transaction, for COPY. It stays inside that transaction and its scope."""
    connection = await _raw(tx)
    if not connection.is_in_transaction():  # it begins with the first statement, and no scope had to be set
        await tx.exec_driver_sql(_SET_SCOPE, ("",))
    return connection


async def _raw(tx: AsyncConnection) -> asyncpg.Connection[asyncpg.Record]:
    raw = await tx.get_raw_connection()
    connection = raw.driver_connection
    assert isinstance(connection, asyncpg.Connection)
    return connection


@dataclass(slots=True)
class Statements:
    """The statements sent to the server, in order, without BEGIN, COMMIT and the scope's `set_config`."""

    sent: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.sent)


@asynccontextmanager
async def count_statements(database: Database) -> AsyncIterator[Statements]:
    """Count what a use case sends. COPY through `driver()` is not seen.

    `async with count_statements(db) as n: …` then `n.total`, or `n.sent` to read them.
    """
    statements = Statements()

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's signature
        if statement != _SET_SCOPE:
            statements.sent.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _set_scope(connection: Connection) -> None:
    """Begin hook: no scope named means none, so a forgotten one shows nothing."""
    key = connection.get_execution_options().get("relais_scope", "")
    connection.exec_driver_sql(_SET_SCOPE, (key,))


def _replace_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """A connection the server closed meanwhile is replaced, at no cost: the driver knows, the server is not asked."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _hide_row(context: ExceptionContext) -> None:
    """The server's detail quotes the row a constraint refused, which no log may hold. The constraint's name stays."""
    error: BaseException | None = context.original_exception
    while error is not None:
        if isinstance(error, asyncpg.PostgresError):
            error.detail = None
        error = error.__cause__


def _dumps(value: Any) -> str:
    return value if isinstance(value, Written) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
