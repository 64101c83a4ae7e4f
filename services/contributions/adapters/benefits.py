"""The copy of what claims decided. Versions of one thing may come in any order: the highest stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month, Period
from rules.vocabulary import Guarantee
from services.contributions.adapters.benefit_tables import claim_annuity, claim_capital, claim_month, claim_opening
from services.contributions.domain.account import Annuity, Benefits, Capital, Opening, Paid


async def opened(tx: AsyncConnection, values: Mapping[str, Any]) -> None:
    """A claim, and its first day; told again when that changes."""
    new = insert(claim_opening).values(**values)
    changed = {name: new.excluded[name] for name in ("agreement", "opened_on")}
    await tx.execute(new.on_conflict_do_update(index_elements=["claim"], set_=changed))


async def decided(tx: AsyncConnection, values: Mapping[str, Any]) -> None:
    """What is due for a month of a claim."""
    await _keep(tx, claim_month, ("claim", "month"), values)


async def annuity(tx: AsyncConnection, values: Mapping[str, Any]) -> None:
    """An annuity as it now stands."""
    await _keep(tx, claim_annuity, ("annuity",), values)


async def capital(tx: AsyncConnection, values: Mapping[str, Any]) -> None:
    """A capital as it now stands."""
    await _keep(tx, claim_capital, ("capital",), values)


async def of_year(tx: AsyncConnection, agreement: str, year: int, employer: str | None) -> Benefits:
    """All that was decided under an accord about a year, whoever insures it."""
    first, last = date(year, 1, 1), date(year, 12, 31)

    async def rows(query: Select[Any], table: Table, *when: ColumnElement[bool]) -> Sequence[Any]:
        asked = query.where(table.c.agreement == agreement, *when)
        own = asked if employer is None else asked.where(table.c.employer == employer)
        found: Sequence[Any] = (await tx.execute(own)).all()
        return found

    months = select(claim_month, claim_opening.c.opened_on)
    months = months.outerjoin(claim_opening, claim_opening.c.claim == claim_month.c.claim)
    in_year = claim_month.c.month.between(Month.of(first), Month.of(last))
    running = (claim_annuity.c.starts <= last, or_(claim_annuity.c.ends.is_(None), claim_annuity.c.ends >= first))
    annuities = select(claim_annuity, claim_opening.c.opened_on)
    annuities = annuities.outerjoin(claim_opening, claim_opening.c.claim == claim_annuity.c.claim)
    return Benefits(
        openings=[
            Opening(row.agent, row.opened_on)
            for row in await rows(select(claim_opening), claim_opening, claim_opening.c.opened_on.between(first, last))
        ],
        paid=[
            Paid(row.agent, row.claim, row.month, row.opened_on, row.benefit, row.ri_full_pay)
            for row in await rows(months, claim_month, in_year)
        ],
        annuities=[
            Annuity(row.agent, Period(row.starts, row.ends), row.opened_on, _steps(row.steps))
            for row in await rows(annuities, claim_annuity, *running)
        ],
        capitals=[
            Capital(row.agent, Guarantee(row.guarantee), row.due, row.amount)
            for row in await rows(select(claim_capital), claim_capital, claim_capital.c.due.between(first, last))
        ],
    )


def _steps(kept: Sequence[Sequence[Any]]) -> tuple[tuple[date, Money], ...]:
    return tuple((date.fromisoformat(day), Money(cents)) for day, cents in kept)


async def _keep(tx: AsyncConnection, table: Table, key: Sequence[str], values: Mapping[str, Any]) -> None:
    new = insert(table).values(**values)
    changed = {name: new.excluded[name] for name in values if name not in key}
    later = table.c.version <= new.excluded.version
    await tx.execute(new.on_conflict_do_update(index_elements=list(key), set_=changed, where=later))
