"""Migrations, their check, and provisioning."""

from __future__ import annotations

from kit.db.migrate import check
from tests.postgres import SAMPLES, DatabaseFactory


async def test_tables_and_migrations_agree(database: DatabaseFactory) -> None:
    sample = await database("sample")
    assert await check(sample.urls["migrator"], "sample", migrations=SAMPLES["sample"]) == []
