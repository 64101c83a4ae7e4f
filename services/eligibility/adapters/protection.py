"""Restrictions in the database, what it holds of a person, and how that is erased and purged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.data_protection import Purge
from kit.ids import new_id
from services.eligibility.adapters.tables import restriction

PURGES: Final = (
    Purge(
        what="proofs",
        rule="retention.proof_years",
        count="SELECT count(*) FROM proof_file WHERE purge_on <= :before",
        delete="DELETE FROM proof_file WHERE purge_on <= :before",
        dated=True,
    ),
)
_COUNTS: Final = text("""
    SELECT (SELECT count(*) FROM identity WHERE agent = :agent)
               + (SELECT count(*) FROM identity_past WHERE agent = :agent) AS identity,
           (SELECT count(*) FROM person WHERE agent = :agent) AS nir_index,
           (SELECT count(*) FROM proof_file WHERE agent = :agent) AS proofs,
           (SELECT count(agent) FROM leave_cause WHERE agent = :agent) AS causes,
           (SELECT count(*) FROM agent_employer WHERE agent = :agent) AS matricules,
           (SELECT count(*) FROM employment WHERE agent = :agent)
               + (SELECT count(*) FROM leave_entry WHERE agent = :agent)
               + (SELECT count(*) FROM invalidity WHERE agent = :agent)
               + (SELECT count(*) FROM death WHERE agent = :agent) AS facts
""")
_MINE: Final = "= ANY (CAST(:agents AS uuid[]))"
# What is not null keeps its row without its content; of the birth date the year stays, which names nobody.
_ERASE: Final = tuple(
    text(f"{statement} {_MINE}")
    for statement in (
        """UPDATE identity SET nir = '', nir_index = NULL, names = '', name_index = NULL,
                  birth_date = date_trunc('year', birth_date), version = version + 1 WHERE names <> '' AND agent""",
        "DELETE FROM identity_past WHERE agent",
        "DELETE FROM person WHERE agent",
        "DELETE FROM proof_file WHERE agent",
        "DELETE FROM leave_cause WHERE agent",
        "UPDATE agent_employer SET hire_mark = '' WHERE hire_mark <> '' AND agent",
        "UPDATE opening_balance SET mark = '' WHERE mark <> '' AND agent",
    )
)


@dataclass(frozen=True, slots=True)
class Restriction:
    """Processing was restricted, or no longer is, on whose demand and why."""

    restricted: bool
    asked_by: str
    reason: str
    recorded_at: datetime
    recorded_by: str


async def note(tx: AsyncConnection, agent: UUID, one: Restriction) -> None:
    values = {name: getattr(one, name) for name in Restriction.__slots__}
    await tx.execute(insert(restriction).values(id=new_id(), agent=agent, **values))


async def history(tx: AsyncConnection, agent: UUID) -> list[Restriction]:
    """All that was said of a person's restriction, the latest last."""
    columns = [restriction.c[name] for name in Restriction.__slots__]
    query = select(*columns).where(restriction.c.agent == agent).order_by(restriction.c.id)
    return [Restriction(**row) for row in (await tx.execute(query)).mappings()]


async def counts(tx: AsyncConnection, agent: UUID) -> dict[str, int]:
    """How many rows of each kind are about an agent."""
    return dict((await tx.execute(_COUNTS, {"agent": agent})).mappings().one())


async def erase(tx: AsyncConnection, agents: Sequence[UUID]) -> None:
    """Clear what would show or find these persons. Again, it changes nothing."""
    for statement in _ERASE if agents else ():
        await tx.execute(statement, {"agents": list(agents)})


async def last_days(tx: AsyncConnection, agent: UUID) -> tuple[date | None, date | None]:
    """The last day of the last employment (the calendar's last when it runs on) and that of a death."""
    query = text("""
        SELECT (SELECT max(coalesce(upper(valid) - 1, DATE '9999-12-31')) FROM employment
                 WHERE agent = :agent AND upper_inf(recorded)),
               (SELECT max(occurred_on) FROM death WHERE agent = :agent AND kind = 'DEATH' AND NOT denied
                   AND upper_inf(recorded))
    """)
    employed, died = (await tx.execute(query, {"agent": agent})).one()
    return employed, died
