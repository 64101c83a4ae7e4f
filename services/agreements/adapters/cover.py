"""Whom an accord's change would concern: days of cover and annuities, as other services told them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Date, func, literal, null, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.ranges import MultiRange, Range
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import ONE_DAY, Period
from services.agreements.adapters.tables import annuity, cover

COVERED: Final = "AFFILIATED"
# On that day one of the stretches without cover holds, for one of these reasons.
_HELD: Final = text(
    """
    EXISTS (SELECT FROM jsonb_array_elements(apart) AS stretch
             WHERE stretch ->> 2 = ANY(:outcomes) AND (stretch ->> 0)::date <= :day
               AND COALESCE((stretch ->> 1)::date, 'infinity') >= :day)
    """
)


Stretch = tuple[Period, str]


async def keep(tx: AsyncConnection, agreement: str, agent: str, employer: str, timeline: Sequence[Stretch]) -> None:
    """The days an agent is covered, and why not on the others, in place of what was known."""
    days = [period for period, outcome in timeline if outcome == COVERED]
    apart = [[p.start.isoformat(), p.end and p.end.isoformat(), out] for p, out in timeline if out != COVERED]
    ranges = MultiRange(Range(p.start, None if p.end is None else p.end + ONE_DAY, bounds="[)") for p in days)
    values = {"agreement": agreement, "agent": agent, "employer": employer, "days": ranges, "apart": apart}
    new = insert(cover).values(values)
    await tx.execute(new.on_conflict_do_update(index_elements=["agreement", "agent", "employer"], set_=values))


async def keep_annuity(
    tx: AsyncConnection, key: str, agent: str, employer: str, *, agreement: str, since: date, running: bool
) -> None:
    values = {"agent": agent, "employer": employer, "agreement": agreement, "since": since, "running": running}
    new = insert(annuity).values(annuity=key, **values)
    await tx.execute(new.on_conflict_do_update(index_elements=["annuity"], set_=values))


async def end_annuity(tx: AsyncConnection, key: str) -> None:
    await tx.execute(update(annuity).where(annuity.c.annuity == key).values(running=False))


async def agents_after(tx: AsyncConnection, agreement: str, day: date, employer: str | None = None) -> int:
    """How many agents are covered on some day after `day`, under an accord, at one of its employers or at all."""
    after = func.daterange(literal(day + ONE_DAY, Date), null(), "[)")
    query = select(func.count(cover.c.agent.distinct())).where(
        cover.c.agreement == agreement,
        cover.c.days.op("&&", is_comparison=True)(after),
        *_at(cover.c.employer, employer),
    )
    return int((await tx.execute(query)).scalar_one())


async def agents_on(tx: AsyncConnection, agreement: str, day: date, employer: str | None = None) -> int:
    """How many agents are covered on a day."""
    query = select(func.count(cover.c.agent.distinct())).where(
        cover.c.agreement == agreement,
        cover.c.days.op("@>", is_comparison=True)(literal(day, Date)),
        *_at(cover.c.employer, employer),
    )
    return int((await tx.execute(query)).scalar_one())


async def agents_held(tx: AsyncConnection, agreement: str, day: date, outcomes: Collection[str]) -> int:
    """How many agents have no cover on a day, for one of these reasons."""
    query = select(func.count(cover.c.agent.distinct())).where(cover.c.agreement == agreement, _HELD)
    return int((await tx.execute(query, {"outcomes": sorted(outcomes), "day": day})).scalar_one())


async def annuities(tx: AsyncConnection, agreement: str, employer: str | None = None) -> int:
    """How many annuities run under an accord."""
    query = select(func.count()).where(
        annuity.c.agreement == agreement, annuity.c.running, *_at(annuity.c.employer, employer)
    )
    return int((await tx.execute(query)).scalar_one())


def _at(column: ColumnElement[str], employer: str | None) -> list[ColumnElement[bool]]:
    return [] if employer is None else [column == employer]
