"""One accord at a time binds an employer: the database holds it, whatever the code saw."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.exc import IntegrityError

from kit.db.database import Scope
from kit.db.migrate import downgrade, location, upgrade
from kit.db.provision import ROLE_KINDS, component_url, database_name, drop, provision
from kit.db.types import PeriodColumn
from kit.period import Period
from services.agreements.adapters import binding
from services.agreements.adapters.document import AgreementDocument
from tests.postgres import ComponentDatabase, SessionPostgres
from tests.services.agreements.accord import LRSY, NOW, STAFF, changed
from tests.services.agreements.test_api import CITY, bring_into_force
from tests.services.agreements.test_changes import confirmed
from tests.services.client import Service
from tests.waiting import eventually

_BOUND = text(
    "SELECT agreement, valid::text FROM binding WHERE employer = :city AND upper_inf(recorded) ORDER BY binding.valid"
)
_FILLED = "SELECT agreement, valid::text, lower(recorded)::date::text FROM binding"
_ONE_MORE = text(
    """
    INSERT INTO binding ("row", agreement, employer, valid, recorded, recorded_by)
    VALUES (gen_random_uuid(), 'suite', :city, :days, tstzrange(:at, NULL), 'x')
    """
).bindparams(bindparam("days", type_=PeriodColumn))
_WAITS = text("SELECT count(*) FROM pg_locks WHERE locktype IN ('transactionid', 'speculative token') AND NOT granted")


@pytest.fixture
async def service(service: Service) -> Service:
    await bring_into_force(service)
    return service


async def bound(registry: ComponentDatabase) -> list[tuple[str, str]]:
    async with registry.worker.transaction(Scope.all()) as tx:
        return [(row.agreement, row.valid) for row in await tx.execute(_BOUND, {"city": CITY})]


def successor(key: str) -> dict[str, Any]:
    """An accord of the city alone, from 2026 on."""
    document = changed({"/agreement": key, "/employers/0/from": "2026-01-01"})
    document["employers"] = document["employers"][:1]
    return document


async def city_leaves(staff: httpx.AsyncClient) -> None:
    body = {"on": "2025-12-31", "reason": "départ"}
    await confirmed(staff, f"/v1/agreements/{LRSY}/employers/{CITY}/end", body)


async def signed(staff: httpx.AsyncClient, key: str) -> None:
    assert (await staff.post("/v1/agreements", json=successor(key))).status_code == 201
    assert (await staff.post(f"/v1/agreements/{key}/sign")).status_code == 200


async def test_what_binds_follows_the_accord(
    staff: httpx.AsyncClient, service: Service, registry: ComponentDatabase
) -> None:
    """From its publication, cut when the employer leaves, free for the next; a clock behind the other's is no harm."""
    assert await bound(registry) == [(LRSY, "[2025-01-01,)")]
    service.clock.at = NOW + timedelta(minutes=2)
    await city_leaves(staff)
    assert await bound(registry) == [(LRSY, "[2025-01-01,2026-01-01)")]
    service.clock.at = NOW + timedelta(minutes=1)
    await signed(staff, "suite")
    assert await bound(registry) == [(LRSY, "[2025-01-01,2026-01-01)")], "a draft binds nobody"
    assert (await staff.post("/v1/agreements/suite/publish")).status_code == 200
    assert await bound(registry) == [(LRSY, "[2025-01-01,2026-01-01)"), ("suite", "[2026-01-01,)")]


@pytest.mark.usefixtures("service")
async def test_two_accords_are_refused_by_the_database(registry: ComponentDatabase) -> None:
    later = NOW + timedelta(days=1)
    given = {"city": CITY, "days": Period(date(2027, 1, 1)), "at": later}
    with pytest.raises(IntegrityError, match="ex_binding_one_accord"):
        async with registry.worker.transaction(Scope.all()) as tx:
            await tx.execute(_ONE_MORE, given)
    async with registry.worker.transaction(Scope.all()) as tx:
        await tx.execute(text("UPDATE binding SET recorded = tstzrange(lower(recorded), :at)"), {"at": later})
        await tx.execute(_ONE_MORE, given)  # what is no longer believed stands in nobody's way
    assert await bound(registry) == [("suite", "[2027-01-01,)")]


async def test_an_accord_that_another_forestalls_unseen_is_a_problem(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    """A writer that takes no lock has not committed yet: the code cannot see it, the database waits and refuses."""
    await city_leaves(staff)
    await signed(staff, "suite")
    hasty = AgreementDocument.model_validate(successor("hasty"))
    async with registry.worker.transaction(Scope.all()) as tx:
        assert await binding.bind(tx, hasty, STAFF)
        task = asyncio.create_task(staff.post("/v1/agreements/suite/publish"))

        async def waits_or_ended() -> bool:
            return task.done() or bool((await tx.execute(_WAITS)).scalar_one())

        await eventually(waits_or_ended, "the publication to wait or end")
        assert not task.done(), "the publication waits for the other writer"
    refused = await task
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_agreement")
    assert [one["code"] for one in refused.json()["errors"]] == ["employer_bound_twice"]
    assert (await staff.get("/v1/agreements/suite")).json()["status"] == "SIGNED"


async def test_what_was_published_before_binds_too(postgres: SessionPostgres) -> None:
    """The migration fills what is missing from the accords published so far, in their latest version."""
    dsn, name = postgres.server.admin_dsn, "agreements_before"
    await drop(dsn, name)
    await provision(dsn, name, dict.fromkeys(ROLE_KINDS, "secret"))
    url = component_url(dsn, name, "migrator", "secret")
    folder = location("agreements")
    await upgrade(url, name, migrations=folder, revision="0010")
    connection = await asyncpg.connect(dsn, database=database_name(name))
    try:
        for key, version, first in (("old", 1, "2024"), ("old", 2, "2025"), ("draft", 1, "2025")):
            await connection.execute(
                "INSERT INTO agreement_version (agreement, version, document, findings, recorded_at, recorded_by)"
                f" VALUES ('{key}', {version}, '{{}}', '[]', '2025-0{version}-01T00:00Z', 'x')"
            )
            await connection.execute(
                "INSERT INTO agreement_employer (id, agreement, version, employer, valid)"
                f" VALUES (gen_random_uuid(), '{key}', {version}, '{CITY}', '[{first}-01-01,)')"
            )
        await connection.execute(
            "INSERT INTO agreement_step (agreement, number, status, recorded_at, recorded_by) VALUES"
            " ('old', 1, 'DRAFT', '2025-01-01T00:00Z', 'x'), ('old', 2, 'PUBLISHED', '2025-01-03T00:00Z', 'x'),"
            " ('draft', 1, 'DRAFT', '2025-01-01T00:00Z', 'x')"
        )
        await upgrade(url, name, migrations=folder)
        (row,) = await connection.fetch(_FILLED)
        assert tuple(row) == ("old", "[2025-01-01,)", "2025-02-01")
        await downgrade(url, name, migrations=folder, revision="0010")
    finally:
        await connection.close()
        await drop(dsn, name)
