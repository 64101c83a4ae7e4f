"""Row-level security: the second wall of tenancy, behind the scopes of the token.

Policies name the login roles of the component (`relais_<component>_api|_worker|_migrator`), known from the migration's
context. The scope is read as `NULLIF(current_setting(…, true), '')`: a pooled connection gives '' afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.migration import MigrationContext

_SCOPE: Final = "(SELECT NULLIF(current_setting('relais.scope', true), ''))"
_EVERYTHING: Final = f"{_SCOPE} = '*'"


class Op(Protocol):
    """What `alembic.op` offers, as far as the kit uses it."""

    def execute(self, sqltext: str) -> Any: ...

    def get_bind(self) -> Connection: ...

    def get_context(self) -> MigrationContext: ...


def _in_scope(column: str) -> str:
    return f"{column} IN (SELECT employer FROM scope_employer WHERE scope = {_SCOPE})"  # noqa: S608 - a column name of ours


def role(op: Op, kind: str) -> str:
    """The login role of the component being migrated: kind is api, worker or migrator."""
    return f"relais_{op.get_context().opts['component']}_{kind}"


def roles(op: Op) -> tuple[str, str]:
    """The api and worker login roles."""
    return role(op, "api"), role(op, "worker")


def enable(op: Op, table: str, column: str = "employer") -> None:
    """Show and accept, for `api`, only rows whose `column` (SIRET) is in the transaction's scope."""
    _force(op, table)
    allowed = f"({_EVERYTHING} OR {_in_scope(column)})"
    op.execute(f"CREATE POLICY {table}_api ON {table} TO {role(op, 'api')} USING {allowed} WITH CHECK {allowed}")


def enable_through(op: Op, table: str, parent: str, column: str) -> None:
    """For a table without employer: a row is visible when the `parent` row its `column` names is (parent.id)."""
    _force(op, table)
    allowed = f"(EXISTS (SELECT FROM {parent} WHERE {parent}.id = {table}.{column}))"
    op.execute(f"CREATE POLICY {table}_api ON {table} TO {role(op, 'api')} USING {allowed} WITH CHECK {allowed}")


def enable_outbox(op: Op) -> None:
    """Events of no employer may be written in any scope; they are read in the scope of all only."""
    _force(op, "outbox")
    api, worker = roles(op)
    seen = f"({_EVERYTHING} OR {_in_scope('employer')})"
    written = f"({_EVERYTHING} OR employer IS NULL OR {_in_scope('employer')})"
    op.execute(f"CREATE POLICY outbox_api_read ON outbox FOR SELECT TO {api} USING {seen}")
    op.execute(f"CREATE POLICY outbox_api_write ON outbox FOR INSERT TO {api} WITH CHECK {written}")
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON outbox FROM {api}")
    op.execute(f"REVOKE UPDATE ON outbox FROM {worker}")
    op.execute(f"GRANT UPDATE (position) ON outbox TO {worker}")


def _force(op: Op, table: str) -> None:
    """Security on, for the owner too, with an explicit policy for those who see everything."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for kind in ("worker", "migrator"):
        op.execute(f"CREATE POLICY {table}_{kind} ON {table} TO {role(op, kind)} USING (true) WITH CHECK (true)")
