"""What contradicts a fact is refused by the database itself, whoever writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from services.eligibility.adapters.tables import metadata
from tests.postgres import ComponentDatabase
from tests.services.eligibility.conftest import CITY, Eligibility, hire_body

DATED: Final = {
    table.name: {str(one.name) for one in table.constraints if isinstance(one, ExcludeConstraint)}
    for table in metadata.sorted_tables
    if any(isinstance(one, ExcludeConstraint) for one in table.constraints)
}
FACTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("leaves", {"kind": "CMO", "start": "2025-06-01", "end": "2025-06-30"}),
    ("options", {"guarantee": "DEATH", "from": "2025-03-01"}),
    ("invalidities", {"from": "2026-01-01", "cnracl_rate": "0.4000", "pension_net": "900.00"}),
    ("dispenses", {"requested_on": "2025-02-03", "individual_cover": True, "proofs": ["2025-02-03"]}),
    ("departures", {"date": "2026-02-28", "reason": "TRANSFER"}),
    ("death", {"date": "2026-03-01", "kind": "DEATH"}),
)


async def test_the_database_has_the_constraints_the_tables_declare(eligibility: Eligibility) -> None:
    rows = await eligibility.database.admin.fetch(
        "SELECT conrelid::regclass::text AS held, conname FROM pg_constraint WHERE contype = 'x'"
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["held"], set()).add(row["conname"])
    assert found == DATED


async def test_a_second_fact_about_the_same_days_is_refused(eligibility: Eligibility) -> None:
    """Each fact is written again under another name, at an instant at which the first is still believed."""
    await eligibility.publish_accord()
    contract = {"kind": "APPRENTI", "contract": "CDD", "end": "2026-12-31", "category": None, "titular": None}
    body = hire_body(employment={**contract, "service_start": None})
    async with eligibility.hris(CITY) as hris:
        agent = (await hris.post("/v1/agents", json=body, headers={"idempotency-key": "h"})).json()["id"]
        held = await hris.get(f"/v1/agents/{agent}")
        eligibility.service.clock.at += timedelta(minutes=1)
        job = f"/v1/agents/{agent}/employments/{held.json()['employments'][0]['id']}"
        changed = await hris.patch(
            job, json={"prior_collective_cover": True}, headers={"if-match": held.headers["etag"]}
        )
        assert changed.status_code == 200, changed.text
        for what, fact in FACTS:
            answer = await hris.post(f"/v1/agents/{agent}/{what}", json=fact, headers={"idempotency-key": what})
            assert answer.status_code == 201, (what, answer.text)
    for table in DATED:
        with pytest.raises(asyncpg.ExclusionViolationError) as refused:
            await _again(eligibility.database, table)
        assert refused.value.constraint_name in DATED[table]


async def _again(database: ComponentDatabase, table: str) -> None:
    columns = [f'"{column.name}"' for column in metadata.tables[table].columns if column.name != "fact"]
    names = ", ".join(columns)
    written = await database.admin.execute(
        f"INSERT INTO {table} (fact, {names}) SELECT gen_random_uuid(), {names} FROM {table}"
    )
    pytest.fail(f"{table}: {written}")
