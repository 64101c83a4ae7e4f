"""Row-level security as the catalogue has it: every table of every component that holds a tenant's rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kit.settings import COMPONENTS
from tests.postgres import DatabaseFactory

# Tables whose column `employer` is no tenant key: the scopes themselves, and facts every service needs of all.
SHARED = frozenset({"scope_employer"})
_TENANT = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
    EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS ruled
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'employer' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
# What the role of requests may read of a table without a condition on its scope.
_UNCONDITIONAL = """
SELECT tablename, policyname FROM pg_policies
WHERE $1 = ANY (roles) AND cmd IN ('ALL', 'SELECT') AND coalesce(qual, 'true') = 'true' AND tablename = ANY ($2)
"""


@pytest.mark.parametrize("component", COMPONENTS)
async def test_every_table_of_a_tenant_has_a_policy_by_force(
    component: str, database: DatabaseFactory, record_property: Callable[[str, object], None]
) -> None:
    admin = (await database(component)).admin
    tables = [row for row in await admin.fetch(_TENANT) if row["relname"] not in SHARED]
    assert tables
    bare = [r["relname"] for r in tables if not (r["relrowsecurity"] and r["relforcerowsecurity"] and r["ruled"])]
    record_property("row-level-security", f"{component}: {len(tables)} tables, {len(bare)} bare")
    assert bare == []


@pytest.mark.parametrize("component", COMPONENTS)
async def test_requests_read_no_table_of_a_tenant_without_a_condition(
    component: str, database: DatabaseFactory
) -> None:
    admin = (await database(component)).admin
    tables = [row["relname"] for row in await admin.fetch(_TENANT)]
    api = f"relais_{component}_api"
    assert [tuple(row) for row in await admin.fetch(_UNCONDITIONAL, api, tables)] == []
    logins = await admin.fetch(
        "SELECT rolname, rolbypassrls OR rolsuper AS above FROM pg_roles WHERE rolname LIKE $1", f"relais_{component}_%"
    )
    assert api in {row["rolname"] for row in logins}
    assert [row["rolname"] for row in logins if row["above"]] == []
