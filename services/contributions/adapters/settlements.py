"""Settlements with insurers. What is read is what the caller's scope holds of them: its rows, and their sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, TextClause, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee
from services.contributions.adapters.settlement_tables import settlement
from services.contributions.domain.delta import Amounts
from services.contributions.domain.settlement import Share, Stated

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('contributions.settlement:' || :insurer, 0))")
_NUMBER: Final = text("""
    INSERT INTO settlement_number AS held (insurer, last) VALUES (:insurer, 1)
    ON CONFLICT (insurer) DO UPDATE SET last = held.last + 1 RETURNING last
""")
_TAKE: Final = text("""
    INSERT INTO settlement_statement (statement, settlement, employer, agreement)
    SELECT s.id, :settlement, s.employer, s.agreement FROM statement s
     WHERE s.insurer = :insurer AND s.month <= :month
       AND NOT EXISTS (SELECT FROM settlement_statement taken WHERE taken.statement = s.id)
     ORDER BY s.id LIMIT :most
""")
_SUM: Final = text("""
    INSERT INTO settlement_line
    SELECT :settlement, t.agreement, t.employer, l.guarantee, count(*), sum(l.base), sum(l.amount),
           sum(l.employer_share), sum(l.agent_share)
      FROM settlement_statement t JOIN contribution_line l ON l.statement = t.statement
     WHERE t.settlement = :settlement GROUP BY t.agreement, t.employer, l.guarantee
""")
_SHARES: Final = text("SELECT * FROM settlement_line WHERE settlement = :settlement")
_STATED: Final = text("""
    SELECT s.agreement, s.employer, s.lines, s.amount, s.employer_share, s.agent_share, s.totals
      FROM settlement_statement t JOIN statement s ON s.id = t.statement WHERE t.settlement = :settlement
""")
# The figures of a scope: sums of its lines beside those of its statements, and what payments put on these.
_FIGURES: Final = """
    SELECT h.id, h.insurer, h.number, h.month, h.recorded_at, CAST(l.lines AS bigint) AS lines,
           CAST(l.amount AS bigint) AS amount, CAST(l.employer_share AS bigint) AS employer_share,
           CAST(l.agent_share AS bigint) AS agent_share, s.statements, CAST(s.lines AS bigint) AS stated_lines,
           CAST(s.amount AS bigint) AS stated, CAST(s.collected AS bigint) AS collected
      FROM settlement h
     CROSS JOIN LATERAL (SELECT sum(lines) AS lines, sum(amount) AS amount, sum(employer_share) AS employer_share,
                                sum(agent_share) AS agent_share
                           FROM settlement_line WHERE settlement = h.id) l
     CROSS JOIN LATERAL (SELECT count(*) AS statements, sum(s.lines) AS lines, sum(s.amount) AS amount,
                                coalesce(sum(paid.amount), 0) AS collected
                           FROM settlement_statement t JOIN statement s ON s.id = t.statement
                           LEFT JOIN LATERAL (SELECT sum(a.amount) AS amount FROM payment_allocation a
                                               WHERE a.statement = s.id) paid ON true
                          WHERE t.settlement = h.id) s
     WHERE s.statements > 0
"""
_ONE: Final = text(f"{_FIGURES} AND h.id = :key")
_AFTER: Final = text(f"""
    {_FIGURES} AND (CAST(:insurer AS text) IS NULL OR h.insurer = :insurer)
       AND (CAST(:month AS date) IS NULL OR h.month = :month)
       AND (CAST(:previous AS uuid) IS NULL OR h.id > :previous)
     ORDER BY h.id LIMIT :limit
""")
_LOTS: Final = text("""
    SELECT t.agreement, count(*) AS statements, count(DISTINCT t.employer) AS employers,
           CAST(sum(s.amount) AS bigint) AS amount, CAST(sum(s.employer_share) AS bigint) AS employer_share,
           CAST(sum(s.agent_share) AS bigint) AS agent_share, CAST(coalesce(sum(p.amount), 0) AS bigint) AS collected
      FROM settlement_statement t JOIN statement s ON s.id = t.statement
      LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM payment_allocation WHERE statement = s.id) p ON true
     WHERE t.settlement = :key AND (CAST(:previous AS text) IS NULL OR t.agreement > :previous)
     GROUP BY t.agreement ORDER BY t.agreement LIMIT :limit
""")
_GUARANTEES: Final = text("""
    SELECT settlement, agreement, guarantee, CAST(sum(base) AS bigint) AS base, CAST(sum(amount) AS bigint) AS amount,
           CAST(sum(employer_share) AS bigint) AS employer_share, CAST(sum(agent_share) AS bigint) AS agent_share
      FROM settlement_line WHERE settlement = ANY (CAST(:keys AS uuid[])) GROUP BY settlement, agreement, guarantee
""")
_ROWS: Final = text("""
    SELECT s.id, s.employer, s.agreement, s.number, s.month, s.amount, s.employer_share, s.agent_share,
           CAST(coalesce(p.amount, 0) AS bigint) AS collected
      FROM settlement_statement t JOIN statement s ON s.id = t.statement
      LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM payment_allocation WHERE statement = s.id) p ON true
     WHERE t.settlement = :key AND (CAST(:previous AS uuid) IS NULL OR s.id > :previous) ORDER BY s.id LIMIT :limit
""")
Totals = Mapping[Guarantee, Amounts]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement as the scope sees it. `reconciled`: its lines and its statements add up to the same.

    `collected` is what payments have put on its statements by now.
    """

    id: UUID
    insurer: str
    number: int
    month: Month
    recorded_at: datetime
    statements: int
    guarantees: Totals
    amount: Money
    employer: Money
    agent: Money
    collected: Money
    reconciled: bool


@dataclass(frozen=True, slots=True)
class Lot:
    """One accord of a settlement: its part of the totals."""

    agreement: str
    employers: int
    statements: int
    guarantees: Totals
    amount: Money
    employer: Money
    agent: Money
    collected: Money


@dataclass(frozen=True, slots=True)
class SettledStatement:
    """A statement of a settlement, and what was paid of it by now."""

    id: UUID
    siret: str
    agreement: str
    number: int
    month: Month
    amount: Money
    employer: Money
    agent: Money
    collected: Money


async def lock(tx: AsyncConnection, insurer: str) -> None:
    """Until commit nobody else settles with this insurer."""
    await tx.execute(_LOCK, {"insurer": insurer})


async def take(tx: AsyncConnection, key: UUID, insurer: str, month: Month, most: int) -> int:
    """Put the statements of the insurer up to a month that are in no settlement into this one; how many."""
    asked = {"settlement": key, "insurer": insurer, "month": month.first, "most": most}
    return int((await tx.execute(_TAKE, asked)).rowcount)


async def sum_up(tx: AsyncConnection, key: UUID) -> tuple[list[Share], list[Stated]]:
    """Write what the lines of its statements add up to; that, and what the statements say."""
    asked = {"settlement": key}
    await tx.execute(_SUM, asked)
    shares = [
        Share(row.agreement, row.employer, Guarantee(row.guarantee), row.lines, _amounts(row))
        for row in await tx.execute(_SHARES, asked)
    ]
    return shares, [_stated(row) for row in await tx.execute(_STATED, asked)]


async def record(tx: AsyncConnection, key: UUID, insurer: str, month: Month, made: tuple[datetime, str]) -> None:
    """The settlement itself, under the next number of the insurer; `made`: when, and by whom."""
    number = (await tx.execute(_NUMBER, {"insurer": insurer})).scalar_one()
    values = {"id": key, "insurer": insurer, "number": number, "month": month}
    await tx.execute(insert(settlement).values(**values, recorded_at=made[0], recorded_by=made[1]))


async def one(tx: AsyncConnection, key: UUID) -> Settlement | None:
    """A settlement, where the scope holds a part of it."""
    found = await _read(tx, _ONE, {"key": key})
    return found[0] if found else None


async def after(
    tx: AsyncConnection, limit: int, previous: UUID | None, insurer: str | None, month: Month | None
) -> list[Settlement]:
    """Settlements in the order of their making."""
    asked = {"limit": limit, "previous": previous, "insurer": insurer, "month": month and month.first}
    return await _read(tx, _AFTER, asked)


async def lots(tx: AsyncConnection, key: UUID, limit: int, previous: str | None) -> list[Lot]:
    """The accords of a settlement, in the order of their ids."""
    rows = (await tx.execute(_LOTS, {"key": key, "limit": limit, "previous": previous})).all()
    totals = await _guarantees(tx, [key])
    return [
        Lot(
            row.agreement,
            row.employers,
            row.statements,
            _ordered(totals[key].get(row.agreement, {})),
            *(Money(int(cents)) for cents in (row.amount, row.employer_share, row.agent_share, row.collected)),
        )
        for row in rows
    ]


async def statements(tx: AsyncConnection, key: UUID, limit: int, previous: UUID | None) -> list[SettledStatement]:
    """The statements of a settlement, in the order of their issue."""
    rows = await tx.execute(_ROWS, {"key": key, "limit": limit, "previous": previous})
    return [
        SettledStatement(
            *(row.id, row.employer, row.agreement, row.number, Month.of(row.month)),
            *(Money(int(cents)) for cents in (row.amount, row.employer_share, row.agent_share, row.collected)),
        )
        for row in rows
    ]


async def _read(tx: AsyncConnection, query: TextClause, asked: Mapping[str, Any]) -> list[Settlement]:
    rows: Sequence[Row[Any]] = (await tx.execute(query, asked)).all()
    totals = await _guarantees(tx, [row.id for row in rows]) if rows else {}
    return [
        Settlement(
            id=row.id,
            insurer=row.insurer,
            number=row.number,
            month=Month.of(row.month),
            recorded_at=row.recorded_at,
            statements=row.statements,
            guarantees=_ordered(_summed(totals[row.id].values())),
            amount=Money(row.amount),
            employer=Money(row.employer_share),
            agent=Money(row.agent_share),
            collected=Money(row.collected),
            reconciled=(row.amount, row.lines) == (row.stated, row.stated_lines),
        )
        for row in rows
    ]


async def _guarantees(tx: AsyncConnection, keys: Sequence[UUID]) -> dict[UUID, dict[str, dict[Guarantee, Amounts]]]:
    """By settlement and accord."""
    found: dict[UUID, dict[str, dict[Guarantee, Amounts]]] = defaultdict(lambda: defaultdict(dict))
    for row in await tx.execute(_GUARANTEES, {"keys": list(keys)}):
        found[row.settlement][row.agreement][Guarantee(row.guarantee)] = _amounts(row)
    return found


def _summed(parts: Any) -> dict[Guarantee, Amounts]:
    found: dict[Guarantee, Amounts] = defaultdict(Amounts.zero)
    for part in parts:
        for guarantee, amounts in part.items():
            found[guarantee] += amounts
    return found


def _ordered(found: Mapping[Guarantee, Amounts]) -> Totals:
    return {guarantee: found[guarantee] for guarantee in Guarantee if guarantee in found}


def _stated(row: Row[Any]) -> Stated:
    total = Amounts(Money.zero(), Money(row.amount), Money(row.employer_share), Money(row.agent_share))
    guarantees = {
        Guarantee(code): Amounts(*(Money(cents[name]) for name in ("base", "amount", "employer", "agent")))
        for code, cents in row.totals.items()
    }
    return Stated(row.agreement, row.employer, row.lines, total, guarantees)


def _amounts(row: Row[Any]) -> Amounts:
    return Amounts(*(Money(int(cents)) for cents in (row.base, row.amount, row.employer_share, row.agent_share)))
