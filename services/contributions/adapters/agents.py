"""What other services said of agents: who is behind a matricule, employments, cover, options."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Period
from rules.vocabulary import Category, Guarantee, Regime
from services.contributions.adapters.tables import affiliation, agent_matricule, leave, option_election
from services.contributions.adapters.tables import employment as employments
from services.contributions.domain.agent_file import Affiliation, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.snapshot import read_timeline

Matricule = tuple[str, str]


@dataclass(slots=True)
class Known:
    """What is known of one agent, apart from pay."""

    employments: list[Employment] = field(default_factory=list)
    affiliations: list[Affiliation] = field(default_factory=list)
    elections: dict[Guarantee, list[Period]] = field(default_factory=lambda: defaultdict(list))


_TOLD: Final = text("""
    WITH now AS (INSERT INTO pay_told (employer, matricule, agent) VALUES (:employer, :matricule, :agent)
                     ON CONFLICT (employer, matricule) DO UPDATE SET agent = excluded.agent)
    SELECT agent FROM pay_told WHERE employer = :employer AND matricule = :matricule
""")


async def link(tx: AsyncConnection, employer: str, matricule: str, agent: UUID) -> None:
    """Remember who an employer's matricule is."""
    new = insert(agent_matricule).values(employer=employer, matricule=matricule, agent=agent)
    await tx.execute(
        new.on_conflict_do_update(index_elements=["employer", "matricule"], set_={"agent": new.excluded.agent})
    )


async def told_of(tx: AsyncConnection, employer: str, matricule: str, agent: UUID) -> UUID | None:
    """From now on the pay under this matricule is told of this agent; gives whom it was told of before."""
    asked = {"employer": employer, "matricule": matricule, "agent": agent}
    before: UUID | None = (await tx.execute(_TOLD, asked)).scalar_one_or_none()
    return before


async def linked(tx: AsyncConnection, matricules: Collection[Matricule]) -> dict[Matricule, UUID]:
    """The agents behind these (employer, matricule), as far as known."""
    rows = await tx.execute(
        text(
            # One by one: a server whose statistics are of an emptier table would compare each row with all asked.
            "SELECT held.employer, held.matricule, held.agent"
            " FROM unnest(CAST(:employers AS text[]), CAST(:matricules AS text[])) AS asked (employer, matricule)"
            " CROSS JOIN LATERAL (SELECT * FROM agent_matricule AS known WHERE known.employer = asked.employer"
            " AND known.matricule = asked.matricule LIMIT 1) AS held"
        ),
        {"employers": [e for e, _ in matricules], "matricules": [m for _, m in matricules]},
    )
    return {(employer, matricule): agent for employer, matricule, agent in rows}


async def matricules(tx: AsyncConnection, employer: str) -> dict[str, str]:
    """An employer's matricule of each of its agents; the first one of an agent with several."""
    query = select(agent_matricule).where(agent_matricule.c.employer == employer)
    rows = await tx.execute(query.order_by(agent_matricule.c.matricule.desc()))
    return {str(row.agent): row.matricule for row in rows}


async def employers(tx: AsyncConnection) -> list[str]:
    """Every employer of a known agent, in order."""
    return list(await tx.scalars(select(agent_matricule.c.employer).distinct().order_by(agent_matricule.c.employer)))


async def lock_matricules(tx: AsyncConnection, employers: Collection[str], *, exclusive: bool) -> None:
    """Until commit: pay that waits for somebody (shared) and the arrival of somebody (exclusive) exclude each other.

    Without it, pay and hire committing at the same moment would each not see the other, and the pay wait for ever.
    """
    function = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    await tx.execute(
        text(
            f"SELECT {function}(hashtextextended('contributions.matricules:' || employer, 0))"  # noqa: S608 - ours
            " FROM unnest(CAST(:employers AS text[])) AS employer"
        ),
        {"employers": sorted(employers)},
    )


async def employment(tx: AsyncConnection, employer: str, agent: UUID, employment_id: str) -> list[Employment]:
    """What is known of one employment, in date order."""
    rows = await tx.execute(
        select(employments).where(*_of(employer, agent, employment_id)).order_by(employments.c.starts)
    )
    return [_employment(row) for row in rows]


async def replace_employment(
    tx: AsyncConnection, employer: str, agent: UUID, employment_id: str, stretches: Sequence[Employment]
) -> None:
    """Store all that is known of one employment (not nothing), in place of what was known."""
    await tx.execute(delete(employments).where(*_of(employer, agent, employment_id)))
    rows = [
        {
            "employer": employer,
            "agent": agent,
            "employment": employment_id,
            "number": stretch.number,
            "starts": stretch.period.start,
            "ends": stretch.period.end,
            "regime": stretch.status.regime.value,
            "category": stretch.status.category and stretch.status.category.value,
            "weekly_hours": stretch.weekly_hours,
        }
        for stretch in stretches
    ]
    await tx.execute(insert(employments), rows)


async def replace_affiliation(
    tx: AsyncConnection, employer: str, agent: UUID, agreement: str, timeline: Sequence[Mapping[str, Any]]
) -> None:
    """Store the whole timeline of an agent under an accord."""
    new = insert(affiliation).values(employer=employer, agent=agent, agreement=agreement, timeline=list(timeline))
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["employer", "agent", "agreement"], set_={"timeline": new.excluded.timeline}
        )
    )


async def elect(tx: AsyncConnection, employer: str, agent: UUID, guarantee: str, period: Period) -> None:
    """Remember that an option runs from a day, to a day or on."""
    new = insert(option_election).values(
        employer=employer, agent=agent, guarantee=guarantee, starts=period.start, ends=period.end
    )
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["employer", "agent", "guarantee", "starts"], set_={"ends": new.excluded.ends}
        )
    )


async def renounce(tx: AsyncConnection, employer: str, agent: UUID, guarantee: str, start: date) -> None:
    """Forget an option that never ran."""
    table = option_election
    this = (table.c.employer == employer, table.c.agent == agent, table.c.guarantee == guarantee)
    await tx.execute(delete(table).where(*this, table.c.starts == start))


async def replace_leave(tx: AsyncConnection, employer: str, agent: UUID, key: UUID, days: Sequence[Period]) -> None:
    """Store the days of a leave in place of those known; none: forget it."""
    if not days:
        await tx.execute(
            delete(leave).where(leave.c.employer == employer, leave.c.agent == agent, leave.c.leave == key)
        )
        return
    told = [{"start": str(one.start), "end": one.end and str(one.end)} for one in days]
    new = insert(leave).values(employer=employer, agent=agent, leave=key, days=told)
    await tx.execute(
        new.on_conflict_do_update(index_elements=["employer", "agent", "leave"], set_={"days": new.excluded.days})
    )


async def leaves_of(tx: AsyncConnection, employer: str, agents: Collection[UUID]) -> dict[UUID, list[Period]]:
    """The days of leave of some of an employer's agents, of those who had some."""
    query = select(leave.c.agent, leave.c.days).where(leave.c.employer == employer, leave.c.agent.in_(agents))
    found: dict[UUID, list[Period]] = defaultdict(list)
    for agent, days in await tx.execute(query):
        for one in days:
            end = one["end"] and date.fromisoformat(one["end"])
            found[agent].append(Period(date.fromisoformat(one["start"]), end))
    return found


async def known(tx: AsyncConnection, employer: str) -> dict[UUID, Known]:
    """All that is known of an employer's agents, in three statements."""
    return {agent: found for (_, agent), found in (await known_at(tx, [employer])).items()}


async def employments_of(tx: AsyncConnection, employer: str, agents: Collection[UUID]) -> list[tuple[UUID, Employment]]:
    """Every employment of some of an employer's agents."""
    query = select(employments).where(employments.c.employer == employer, employments.c.agent.in_(agents))
    return [(row.agent, _employment(row)) for row in await tx.execute(query)]


async def known_at(
    tx: AsyncConnection, employers: Sequence[str], agents: Collection[UUID] | None = None
) -> dict[tuple[str, UUID], Known]:
    """All that is known of the agents of these employers, or of some of them, by employer and agent, in three
    statements.
    """

    def about(table: Table) -> Select[Any]:
        query = select(table).where(table.c.employer.in_(employers))
        return query if agents is None else query.where(table.c.agent.in_(agents))

    found: dict[tuple[str, UUID], Known] = defaultdict(Known)
    for row in await tx.execute(about(employments)):
        found[row.employer, row.agent].employments.append(_employment(row))
    for row in await tx.execute(about(affiliation)):
        found[row.employer, row.agent].affiliations.append(Affiliation(row.agreement, read_timeline(row.timeline)))
    for row in await tx.execute(about(option_election)):
        found[row.employer, row.agent].elections[Guarantee(row.guarantee)].append(Period(row.starts, row.ends))
    return found


def _of(employer: str, agent: UUID, employment_id: str) -> tuple[ColumnElement[bool], ...]:
    table = employments.c
    return table.employer == employer, table.agent == agent, table.employment == employment_id


def _employment(row: Row[Any]) -> Employment:
    status = _status(row.regime, row.category)
    return Employment(row.employment, Period(row.starts, row.ends), status, row.number, row.weekly_hours)


@cache
def _status(regime: str, category: str | None) -> Status:
    """One of the few there are."""
    return Status(Regime(regime), Category(category) if category else None)
