"""The rows of several agents in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Row,
    Table,
    Text,
    column,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.types import Id

# An agent at an employer: whom a decision is about.
Who = tuple[str, UUID]


def asked(who: Collection[Who]) -> FromClause:
    """These agents as a table `asked` of `employer` and `agent`, whatever their number."""
    employers = literal([employer for employer, _ in who], ARRAY(Text))
    agents = literal([agent for _, agent in who], ARRAY(Id))
    both = func.unnest(employers, agents).table_valued(column("employer", Text), column("agent", Id))
    return both.render_derived(name="asked")


async def rows_of_all(
    tx: AsyncConnection, tables: Sequence[Table], who: Collection[Who]
) -> dict[Table, Mapping[Who, Sequence[Row[Any]]]]:
    """As `rows_of` for each table. Those that hold nothing about any of these agents, mostly many, are not read."""
    chosen = asked(who)
    held = [exists().where(_mine(table, chosen)).label(table.name) for table in tables]
    there = zip(tables, (await tx.execute(select(*held))).one(), strict=True)
    return {table: await rows_of(tx, table, who) if filled else defaultdict(list) for table, filled in there}


async def rows_of(tx: AsyncConnection, table: Table, who: Collection[Who]) -> Mapping[Who, Sequence[Row[Any]]]:
    """The rows of each of these agents in the order of the key; of one who has none, none."""
    chosen = asked(who)
    mine = _mine(table, chosen)
    found: defaultdict[Who, list[Row[Any]]] = defaultdict(list)
    for row in await tx.execute(select(table).join(chosen, mine).order_by(*table.primary_key)):
        found[row.employer, row.agent].append(row)
    return found


def _mine(table: Table, chosen: FromClause) -> ColumnElement[bool]:
    return (table.c.employer == chosen.c.employer) & (table.c.agent == chosen.c.agent)
