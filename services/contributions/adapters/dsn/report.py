"""What a DSN is compared with, and the differences found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Update, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.contributions.adapters.dsn.tables import dsn_declaration, dsn_difference
from services.contributions.domain.delta import Amounts
from services.contributions.domain.dsn.difference import Difference, What
from services.contributions.domain.dsn.expected import Owing
from services.contributions.domain.intake import PayKey

_TABLE: Final = dsn_difference.c
_OWING: Final = text("""
    SELECT l.agent, l.agreement, l.insurer, l.guarantee, l.month,
           CAST(sum(l.base) AS bigint) AS base, CAST(sum(l.amount) AS bigint) AS amount,
           CAST(sum(l.employer_share) AS bigint) AS employer_share, CAST(sum(l.agent_share) AS bigint) AS agent_share,
           (array_agg(l.rate ORDER BY l.id DESC))[1] AS rate
      FROM statement s JOIN contribution_line l ON l.statement = s.id
     WHERE s.employer = :employer AND s.month = :month
       AND (CAST(:agents AS uuid[]) IS NULL OR l.agent = ANY (CAST(:agents AS uuid[])))
     GROUP BY l.agent, l.agreement, l.insurer, l.guarantee, l.month
    HAVING sum(l.amount) <> 0 OR sum(l.base) <> 0
     ORDER BY l.agent
""")
_AGENTS: Final = text("""
    SELECT DISTINCT l.agent
      FROM statement s JOIN contribution_line l ON l.statement = s.id
     WHERE s.employer = :employer AND s.month = :month AND (CAST(:after AS uuid) IS NULL OR l.agent > :after)
     ORDER BY l.agent LIMIT :limit
""")
_PAY_KEYS: Final = text("""
    SELECT DISTINCT matricule, employment FROM pay_version
     WHERE employer = :employer AND month = :month AND matricule = ANY (CAST(:matricules AS text[]))
""")
_MATRICULES: Final = text("""
    SELECT agent, matricule FROM agent_matricule
     WHERE employer = :employer AND agent = ANY (CAST(:agents AS uuid[])) ORDER BY matricule
""")


@dataclass(frozen=True, slots=True)
class Found:
    """A difference of one agent; `agent` None where nobody is known, or it is the declaration's."""

    difference: Difference
    agent: UUID | None = None
    matricule: str | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """A difference with its place in the report."""

    number: int
    found: Found


async def owing(
    tx: AsyncConnection, employer: str, month: Month, agents: Collection[UUID] | None = None
) -> dict[UUID, list[Owing]]:
    """What the statements of a month say, by agent; of all, or of these."""
    asked = {"employer": employer, "month": month.first, "agents": None if agents is None else list(agents)}
    found: dict[UUID, list[Owing]] = defaultdict(list)
    for row in await tx.execute(_OWING, asked):
        amounts = Amounts(Money(row.base), Money(row.amount), Money(row.employer_share), Money(row.agent_share))
        about = (str(row.agent), row.agreement, row.insurer, Guarantee(row.guarantee), Month.of(row.month))
        found[row.agent].append(Owing(*about, Rate(row.rate), amounts))
    return found


async def agents_after(
    tx: AsyncConnection, employer: str, month: Month, limit: int, previous: UUID | None
) -> list[UUID]:
    """The agents on the statements of a month."""
    asked = {"employer": employer, "month": month.first, "limit": limit, "after": previous}
    return list(await tx.scalars(_AGENTS, asked))


async def pay_keys(tx: AsyncConnection, employer: str, month: Month, matricules: Collection[str]) -> list[PayKey]:
    """The months of pay that these matricules have."""
    asked = {"employer": employer, "month": month.first, "matricules": list(matricules)}
    return [PayKey(employer, row.matricule, row.employment, month) for row in await tx.execute(_PAY_KEYS, asked)]


async def matricules(tx: AsyncConnection, employer: str, agents: Collection[UUID]) -> dict[UUID, list[str]]:
    """All matricules of these agents."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in await tx.execute(_MATRICULES, {"employer": employer, "agents": list(agents)}):
        found[row.agent].append(row.matricule)
    return found


async def begin(tx: AsyncConnection, declaration: UUID) -> None:
    """Forget an earlier report: the declaration counts as not compared until the new one is whole."""
    await tx.execute(delete(dsn_difference).where(_TABLE.declaration == declaration))
    await tx.execute(_declared(declaration).values(reconciled_at=None))


async def add(tx: AsyncConnection, declaration: UUID, employer: str, found: Sequence[Found]) -> None:
    """Differences, after those already in the report."""
    query = select(func.coalesce(func.max(_TABLE.number), 0)).where(_TABLE.declaration == declaration)
    last = (await tx.execute(query)).scalar_one()
    rows = [
        {
            "declaration": declaration,
            "number": number,
            "employer": employer,
            "agent": one.agent,
            "matricule": one.matricule,
            "what": one.difference.what.value,
            "guarantee": one.difference.guarantee and one.difference.guarantee.value,
            "month": one.difference.month,
            "declared": one.difference.declared,
            "expected": one.difference.expected,
            "line": one.difference.line,
        }
        for number, one in enumerate(found, start=last + 1)
    ]
    await put_rows(tx, dsn_difference, rows)


async def end(tx: AsyncConnection, declaration: UUID, at: datetime) -> None:
    """The report is whole."""
    await tx.execute(_declared(declaration).values(reconciled_at=at))


def _declared(declaration: UUID) -> Update:
    return update(dsn_declaration).where(dsn_declaration.c.id == declaration)


async def differences(
    tx: AsyncConnection, declaration: UUID, limit: int, previous: int, agent: UUID | None = None
) -> list[Numbered]:
    """A report in its order; of one agent where asked."""
    query = select(dsn_difference).where(_TABLE.declaration == declaration, _TABLE.number > previous)
    if agent is not None:
        query = query.where(_TABLE.agent == agent)
    return [
        Numbered(
            row.number,
            Found(
                Difference(
                    What(row.what),
                    row.declared,
                    row.expected,
                    row.line,
                    Guarantee(row.guarantee) if row.guarantee else None,
                    row.month,
                ),
                row.agent,
                row.matricule,
            ),
        )
        for row in await tx.execute(query.order_by(_TABLE.number).limit(limit))
    ]


async def counts(tx: AsyncConnection, declaration: UUID) -> dict[str, int]:
    """How many differences of each kind."""
    query = select(_TABLE.what, func.count()).where(_TABLE.declaration == declaration)
    rows = await tx.execute(query.group_by(_TABLE.what).order_by(_TABLE.what))
    return {row[0]: row[1] for row in rows}
