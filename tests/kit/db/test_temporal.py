"""Facts dated twice: what holds on a day, as believed at an instant."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope
from kit.db.temporal import holding, record, retract
from kit.ids import new_id
from kit.period import Period
from tests.kit.db.sample.tables import fact
from tests.postgres import ComponentDatabase, DatabaseFactory

EMPLOYER = "11111111111111"
OURS = Scope.of(frozenset({EMPLOYER}))
START = date(2026, 1, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def days(first: int, last: int | None) -> Period:
    return Period(START + timedelta(days=first), None if last is None else START + timedelta(days=last))


async def value(tx: AsyncConnection, entity: UUID, day: int, known_at: datetime | None = None) -> str | None:
    query = select(fact.c.value).where((fact.c.id == entity) & holding(fact, START + timedelta(days=day), known_at))
    return (await tx.execute(query)).scalar_one_or_none()


async def believe(sample: ComponentDatabase, entity: UUID, valid: Period, text: str, at: datetime) -> None:
    async with sample.api.transaction(OURS) as tx:
        await record(tx, fact, entity, valid, values={"employer": EMPLOYER, "value": text}, at=at)


async def test_a_correction_keeps_what_was_believed(database: DatabaseFactory) -> None:
    sample = await database("sample")
    agent = new_id()
    later = NOON + timedelta(days=30)
    await believe(sample, agent, days(0, None), "CMO", NOON)
    await believe(sample, agent, days(10, 20), "CLM", later)
    async with sample.api.transaction(OURS) as tx:
        assert [await value(tx, agent, day) for day in (0, 9, 10, 20, 21)] == ["CMO", "CMO", "CLM", "CLM", "CMO"]
        assert await value(tx, agent, 15, NOON) == "CMO"
        assert await value(tx, agent, 15, later) == "CLM"
        assert await value(tx, agent, 15, NOON - timedelta(seconds=1)) is None
        await retract(tx, fact, agent, days(10, None), at=later + timedelta(days=1))
        assert [await value(tx, agent, day) for day in (9, 10, 30)] == ["CMO", None, None]


async def test_a_late_clock_does_not_go_before_what_it_replaces(database: DatabaseFactory) -> None:
    sample = await database("sample")
    agent = new_id()
    await believe(sample, agent, days(0, 9), "first", NOON)
    await believe(sample, agent, days(0, 9), "second", NOON - timedelta(seconds=5))
    async with sample.api.transaction(OURS) as tx:
        assert await value(tx, agent, 0) == "second"
        assert await value(tx, agent, 0, NOON) == "second"


async def test_two_beliefs_about_one_day_are_refused(database: DatabaseFactory) -> None:
    sample = await database("sample")
    agent = new_id()
    row = {"id": agent, "employer": EMPLOYER, "value": "x", "recorded": Range(NOON, None)}
    async with sample.worker.transaction(Scope.all()) as tx:
        await tx.execute(insert(fact), [{**row, "row": new_id(), "valid": days(0, 9)}])
        await tx.execute(insert(fact), [{**row, "row": new_id(), "valid": days(10, 19)}])
        await tx.execute(insert(fact), [{**row, "row": new_id(), "valid": days(0, 9), "id": new_id()}])
    with pytest.raises(IntegrityError, match="ex_fact_valid_recorded"):
        async with sample.worker.transaction(Scope.all()) as tx:
            await tx.execute(insert(fact), [{**row, "row": new_id(), "valid": days(9, 12)}])


async def test_any_series_of_changes_reads_like_a_calendar(database: DatabaseFactory) -> None:
    """Against a plain model: one dictionary of day to value for each instant."""
    sample = await database("sample")
    draw = random.Random(20260301)
    agent = new_id()
    calendars: list[dict[int, str]] = [{}]
    for step in range(40):
        first = draw.randrange(30)
        last = first + draw.randrange(8)
        at = NOON + timedelta(minutes=step)
        calendar = {day: text for day, text in calendars[-1].items() if not first <= day <= last}
        if draw.random() < 0.75:
            calendar |= dict.fromkeys(range(first, last + 1), f"v{step}")
            await believe(sample, agent, days(first, last), f"v{step}", at)
        else:
            async with sample.api.transaction(OURS) as tx:
                await retract(tx, fact, agent, days(first, last), at=at)
        calendars.append(calendar)
    async with sample.api.transaction(OURS) as tx:
        rows = (await tx.execute(select(fact.c.valid, fact.c.recorded, fact.c.value))).all()
    for step, calendar in enumerate(calendars[1:]):
        known_at = NOON + timedelta(minutes=step)
        stored = {(day - START).days: row.value for row in rows if known_at in row.recorded for day in row.valid}
        assert stored == calendar
