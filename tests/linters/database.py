"""SQL stands in adapters, and nobody commits: one request is one transaction, and the kit ends it, on disk."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from tests.linters.source import Finding, Source, calls, docstrings, last_name

SQL: Final = "sql"
COMMIT: Final = "commit"
DURABLE: Final = "durable"
# An event is on disk before anybody sees it: positions do not wait, and count on it.
LAZY: Final = "synchronous_commit"
MAY_BE_LAZY: Final = frozenset({"kit/events/sequencer.py", "kit/events/relay.py", "relais/postgres.py"})
SQL_LAYERS: Final = frozenset({"adapters", "migrations"})
STATEMENT: Final = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s|COPY\s+\w+|"
    r"(CREATE|ALTER|DROP|TRUNCATE)\s+\w+\s|(LISTEN|NOTIFY)\s+\w+)"
)
RUNNERS: Final = frozenset(
    {"execute", "scalar", "scalars", "stream", "exec_driver_sql", "executemany", "fetch", "fetchrow"}
)
CONNECTIONS: Final = frozenset({"tx", "conn", "connection", "session"})
# A connection travels through use cases as a type; what is built on it does not.
CONNECTION_MODULES: Final = frozenset({"sqlalchemy.ext.asyncio", "sqlalchemy.exc"})
DATABASE_PACKAGES: Final = frozenset({"sqlalchemy", "asyncpg", "alembic"})
NOT_ENDED_BY_KIT: Final = frozenset({"services", "gateway", "relais", "rules", "examples"})


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        if source.service and source.layer not in SQL_LAYERS:
            yield from _sql(source)
        if source.parts[0] in NOT_ENDED_BY_KIT and "migrations" not in source.parts:
            yield from _commits(source)
        if source.parts[0] != "tests" and str(source.path) not in MAY_BE_LAZY:
            yield from _lazy(source)


def _sql(source: Source) -> Iterator[Finding]:
    passed_over = docstrings(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for module in _database_modules(node):
                yield source.at(node, SQL, f"{module} is imported by adapters only")
        elif isinstance(node, ast.Constant) and id(node) not in passed_over and STATEMENT.match(str(node.value)):
            yield source.at(node, SQL, "a statement stands in adapters")
    for call in calls(source.tree):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in RUNNERS
            and last_name(call.func.value) in CONNECTIONS
        ):
            yield source.at(call, SQL, f"{call.func.attr}() is called by adapters only")


def _database_modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return [m for m in modules if m.split(".")[0] in DATABASE_PACKAGES and m not in CONNECTION_MODULES]


def _commits(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
            yield source.at(call, COMMIT, "the kit ends transactions")


def _lazy(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and LAZY in node.value:
            yield source.at(node, DURABLE, "who writes facts and events waits for the disk")
