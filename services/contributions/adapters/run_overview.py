"""How a month stands, employer by employer: issued, the month before, what a dry run found, what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from services.contributions.adapters.tables import run_forecast as table

# A forecast says nothing any more once its employer was run. Months of pay whose agent nobody knows, and those about
# which nothing can be said, are only known by a dry run.
_STANDING: Final = """
    WITH issued AS (
        SELECT employer, count(*) FILTER (WHERE month = :month) AS statements,
               COALESCE(sum(amount) FILTER (WHERE month = :month), 0) AS issued,
               COALESCE(sum(amount) FILTER (WHERE month = :before), 0) AS previous
          FROM statement WHERE month IN (:month, :before) GROUP BY employer),
    parked AS (
        SELECT employer, count(*) AS parked FROM parked_change WHERE state = 'OPEN' GROUP BY employer),
    closing AS (
        SELECT DISTINCT ON (employer) employer, (closed AND month >= :month) OR month > :month AS closed
          FROM month_closing ORDER BY employer, id DESC),
    forecast AS (
        SELECT * FROM run_forecast AS f WHERE month = :month
           AND NOT EXISTS (SELECT FROM run AS r WHERE r.employer = f.employer AND r.id > f.id)),
    everybody AS (SELECT DISTINCT employer FROM agent_matricule UNION SELECT employer FROM issued),
    figures AS (
        SELECT e.employer, COALESCE(c.closed, false) AS closed, COALESCE(p.parked, 0) AS parked,
               COALESCE(i.statements, 0) AS statements, COALESCE(i.issued, 0) AS issued,
               COALESCE(i.previous, 0) AS previous,
               f.id, f.amount, f.regularised, f.lines, f.agents, f.held, f.unknown, f.parked AS beyond, f.refused,
               f.recorded_at, CASE WHEN i.statements > 0 OR f.recorded_at IS NOT NULL
                   THEN COALESCE(i.issued, 0) + COALESCE(f.amount, 0) - COALESCE(i.previous, 0) END AS difference
          FROM everybody AS e LEFT JOIN issued AS i USING (employer) LEFT JOIN parked AS p USING (employer)
               LEFT JOIN closing AS c USING (employer) LEFT JOIN forecast AS f USING (employer)
         WHERE CAST(:employer AS text) IS NULL OR e.employer = :employer),
    standing AS (
        SELECT *, array_remove(ARRAY[
                   CASE WHEN parked > 0 OR beyond > 0 THEN 'PARKED' END,
                   CASE WHEN refused IS NOT NULL THEN 'REFUSED' END,
                   CASE WHEN held > 0 THEN 'HELD' END,
                   CASE WHEN unknown > 0 THEN 'UNKNOWN_AGENTS' END,
                   CASE WHEN previous <> 0 AND abs(difference) * 10000 > abs(previous) * CAST(:share AS bigint)
                        THEN 'UNUSUAL' END],
               NULL) AS attention
          FROM figures)
"""
_PAGE: Final = text(
    _STANDING  # noqa: S608 - fragments of ours
    + """
    SELECT * FROM standing
     WHERE employer > :after AND (NOT CAST(:attention AS boolean) OR cardinality(attention) > 0)
     ORDER BY employer LIMIT :limit
    """
)
_WHOLE: Final = text(
    _STANDING  # noqa: S608 - fragments of ours
    + """
    SELECT count(*) AS employers, count(*) FILTER (WHERE cardinality(attention) > 0) AS attention,
           count(*) FILTER (WHERE closed) AS closed, count(recorded_at) AS forecasts, sum(statements) AS statements,
           sum(issued) AS issued, sum(previous) AS previous, sum(amount) AS forecast, sum(parked) AS parked,
           sum(difference) AS difference
      FROM standing
    """
)


_LATEST: Final = text(
    " UNION ALL ".join(
        f"(SELECT month FROM {table} WHERE month <= :until"  # noqa: S608 - names of ours
        " AND (CAST(:employer AS text) IS NULL OR employer = :employer) ORDER BY month DESC LIMIT 1)"
        for table in ("statement", "run_forecast", "pay_version")
    )
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a month would issue to an employer: in all, and of months before it. A run of a later id makes it stale."""

    id: UUID
    employer: str
    month: Month
    amount: Money
    regularised: Money
    lines: int
    agents: int
    held: int
    unknown: int
    parked: int
    refused: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """An employer in a month. `difference` is what is issued and foreseen less what the month before issued; None while
    there is neither.
    """

    employer: str
    statements: int
    issued: Money
    previous: Money
    difference: Money | None
    parked: int
    closed: bool
    attention: tuple[str, ...]
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class Whole:
    """The sums of every employer asked for; `forecasts` of them have one."""

    employers: int
    attention: int
    closed: int
    forecasts: int
    statements: int
    issued: Money
    previous: Money
    forecast: Money
    difference: Money
    parked: int


@dataclass(frozen=True, slots=True)
class Asked:
    """`share`: beyond which part of the month before a difference is unusual; `attention`: only who needs somebody."""

    month: Month
    share: Rate
    employer: str | None = None
    attention: bool = False


async def foresee(tx: AsyncConnection, found: Forecast) -> None:
    """Keep what a dry run found, in the place of what one found before."""
    values: dict[str, Any] = {name: getattr(found, name) for name in Forecast.__dataclass_fields__}
    new = insert(table).values(values)
    await tx.execute(new.on_conflict_do_update(index_elements=["employer", "month"], set_=values))


async def forget(tx: AsyncConnection, employer: str, month: Month) -> None:
    """The month was run: nothing is foreseen any more."""
    await tx.execute(delete(table).where(table.c.employer == employer, table.c.month == month))


async def latest(tx: AsyncConnection, until: Month, employer: str | None) -> Month | None:
    """The last month up to this one with pay, a statement or a forecast; None without any."""
    found = await tx.scalars(_LATEST, {"until": until.first, "employer": employer})
    return max(map(Month.of, found), default=None)


async def page(tx: AsyncConnection, asked: Asked, limit: int, after: str | None) -> tuple[list[Standing], Whole]:
    """Employers in their order, and the sums of all: two statements whatever their number."""
    values = {
        "month": asked.month.first,
        "before": asked.month.previous().first,
        "share": int(asked.share.value * 10_000),
        "employer": asked.employer,
    }
    rows = await tx.execute(_PAGE, {**values, "attention": asked.attention, "after": after or "", "limit": limit})
    found = [_standing(row, asked.month) for row in rows]
    return found, _whole((await tx.execute(_WHOLE, values)).one())


def _standing(row: Row[Any], month: Month) -> Standing:
    forecast = None
    if row.recorded_at is not None:
        counted = (row.lines, row.agents, row.held, row.unknown, row.beyond)
        sums = (Money(row.amount), Money(row.regularised))
        forecast = Forecast(row.id, row.employer, month, *sums, *counted, row.refused, row.recorded_at)
    return Standing(
        employer=row.employer,
        statements=row.statements,
        issued=Money(int(row.issued)),
        previous=Money(int(row.previous)),
        difference=None if row.difference is None else Money(int(row.difference)),
        parked=row.parked,
        closed=row.closed,
        attention=tuple(row.attention),
        forecast=forecast,
    )


def _whole(row: Row[Any]) -> Whole:
    found: dict[str, Any] = {name: int(getattr(row, name) or 0) for name in Whole.__dataclass_fields__}
    return Whole(**found | {name: Money(found[name]) for name in ("issued", "previous", "forecast", "difference")})
