"""The copies of other services' facts, as their events are applied: the last one about a thing replaces it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import ONE_DAY
from services.claims.adapters import tables

Row = Mapping[str, Any]


async def put_terms(tx: AsyncConnection, agreement: str, version: int, starts: date, document: Row) -> None:
    """Keep a version of an accord."""
    row = {"agreement": agreement, "version": version, "starts": starts, "document": document}
    await _put(tx, tables.agreement_terms, row)


async def put_employment(tx: AsyncConnection, row: Row, since: date | None) -> None:
    """Keep an employment as it stands from `since` on (None: from its start), and as it was before that day."""
    table = tables.employment
    mine = (
        (table.c.employer == row["employer"])
        & (table.c.agent == row["agent"])
        & (table.c.employment == row["employment"])
    )
    starts = max(since or row["starts"], row["starts"])
    row = {"birth_date": await _birth_date(tx, row["employer"], row["agent"]), **row}
    await tx.execute(delete(table).where(mine & ((table.c.starts >= starts) | (table.c.starts < row["starts"]))))
    runs_on = table.c.ends.is_(None) | (table.c.ends >= starts)
    await tx.execute(table.update().where(mine & runs_on).values(ends=starts - ONE_DAY))
    await _put(tx, table, {**row, "starts": starts})


async def _birth_date(tx: AsyncConnection, employer: str, agent: UUID) -> date | None:
    """As last told: later events about an employment do not say it again."""
    table = tables.employment
    mine = (table.c.employer == employer) & (table.c.agent == agent)
    known: date | None = (await tx.execute(select(func.max(table.c.birth_date)).where(mine))).scalar()
    return known


async def put_birth_date(tx: AsyncConnection, employer: str, agent: UUID, birth_date: date) -> None:
    """Keep the date of birth beside every employment of the agent; the hire has come before its correction."""
    table = tables.employment
    mine = (table.c.employer == employer) & (table.c.agent == agent)
    await tx.execute(table.update().where(mine).values(birth_date=birth_date))


async def put_affiliation(
    tx: AsyncConnection, employer: str, agent: UUID, agreement: str, timeline: Sequence[Row]
) -> None:
    """Keep the whole timeline of an agent under an accord."""
    row = {"employer": employer, "agent": agent, "agreement": agreement, "timeline": list(timeline)}
    await _put(tx, tables.affiliation, row)


async def put_election(tx: AsyncConnection, row: Row) -> None:
    """Keep an option with the days it runs."""
    await _put(tx, tables.option_election, row)


async def drop_election(tx: AsyncConnection, employer: str, agent: UUID, guarantee: str, starts: date) -> None:
    """The option never ran from that day."""
    table = tables.option_election
    await tx.execute(
        delete(table).where(
            (table.c.employer == employer)
            & (table.c.agent == agent)
            & (table.c.guarantee == guarantee)
            & (table.c.starts == starts)
        )
    )


async def put_leave(
    tx: AsyncConnection, employer: str, agent: UUID, leave: UUID, entries: Sequence[Row], *, cancelled: bool
) -> None:
    """Keep a leave with all its entries."""
    row = {"employer": employer, "agent": agent, "leave": leave, "entries": list(entries), "cancelled": cancelled}
    await _put(tx, tables.leave, row)


async def put_invalidity(tx: AsyncConnection, row: Row) -> None:
    """Keep a recognition of invalidity as it stands."""
    await _put(tx, tables.invalidity, row)


async def put_death(tx: AsyncConnection, row: Row) -> None:
    """Keep a death, or an IAD, as it stands."""
    await _put(tx, tables.death, row)


async def put_pay(tx: AsyncConnection, row: Row) -> None:
    """Keep the latest version of a month's pay."""
    await _put(tx, tables.pay_month, row)


async def _put(tx: AsyncConnection, table: Table, row: Row) -> None:
    """Insert, or replace what is not the key."""
    key = [column.name for column in table.primary_key]
    new = insert(table).values(**row)
    changes = {name: new.excluded[name] for name in row if name not in key}
    await tx.execute(new.on_conflict_do_update(index_elements=key, set_=changes))
