"""What was issued: runs, statements, lines. Written once; the sum of the lines of a key is what is issued for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.contributions.adapters.tables import contribution_line, run, statement
from services.contributions.domain.delta import Amounts, Delta, LineKey, Position
from services.contributions.domain.run import StatementDraft

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('contributions.run:' || :employer, 0))")
# Rate and flag of a key are those of its last line.
_ISSUED: Final = text("""
    SELECT agent, month, agreement, insurer, guarantee, CAST(sum(base) AS bigint) AS base,
           CAST(sum(amount) AS bigint) AS amount, CAST(sum(employer_share) AS bigint) AS employer_share,
           CAST(sum(agent_share) AS bigint) AS agent_share,
           (array_agg(rate ORDER BY id DESC))[1] AS rate, (array_agg(unresolved ORDER BY id DESC))[1] AS unresolved
      FROM contribution_line WHERE employer = :employer AND month <= :last
     GROUP BY agent, month, agreement, insurer, guarantee
""")
_NUMBERS: Final = text("""
    INSERT INTO statement_number AS held (employer, agreement, insurer, last)
    SELECT :employer, agreement, insurer, 1
      FROM unnest(CAST(:agreements AS text[]), CAST(:insurers AS text[])) AS new (agreement, insurer)
    ON CONFLICT (employer, agreement, insurer) DO UPDATE SET last = held.last + 1
    RETURNING agreement, insurer, last
""")


_FIRST: Final = text("""
    SELECT DISTINCT ON (agreement, insurer, month) id, number, agreement, insurer, month FROM statement
     WHERE employer = :employer AND month = ANY (:months)
     ORDER BY agreement, insurer, month, number
""")
# An accord and an insurer ('' when the accord names none).
Contract = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement issued before."""

    id: UUID
    number: int
    contract: Contract
    month: Month


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run that issues something."""

    id: UUID
    employer: str
    month: Month
    rules_version: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement about to be issued: its id, its number, its lines with theirs."""

    id: UUID
    number: int
    draft: StatementDraft
    lines: tuple[tuple[UUID, Delta], ...]


async def lock(tx: AsyncConnection, employer: str) -> None:
    """Until commit no other run of this employer reads or issues."""
    await tx.execute(_LOCK, {"employer": employer})


async def issued(tx: AsyncConnection, employer: str, last: Month) -> dict[LineKey, Position]:
    """What was issued for every month up to `last`."""
    found = {}
    for row in await tx.execute(_ISSUED, {"employer": employer, "last": last.first}):
        key = LineKey(str(row.agent), Month.of(row.month), row.agreement, row.insurer, Guarantee(row.guarantee))
        amounts = Amounts(Money(row.base), Money(row.amount), Money(row.employer_share), Money(row.agent_share))
        found[key] = Position(amounts, Rate(row.rate), row.unresolved)
    return found


async def next_numbers(tx: AsyncConnection, employer: str, contracts: Sequence[Contract]) -> dict[Contract, int]:
    """The next statement number of each contract. A transaction that rolls back gives them back: no hole."""
    asked = {"agreements": [a for a, _ in contracts], "insurers": [i for _, i in contracts]}
    rows = await tx.execute(_NUMBERS, {"employer": employer, **asked})
    return {(row.agreement, row.insurer): row.last for row in rows}


async def first_statements(tx: AsyncConnection, employer: str, months: Collection[Month]) -> list[Issued]:
    """The statement that each of these months was first issued on, per contract."""
    rows = await tx.execute(_FIRST, {"employer": employer, "months": [month.first for month in months]})
    return [Issued(row.id, row.number, (row.agreement, row.insurer), Month.of(row.month)) for row in rows]


async def issue(tx: AsyncConnection, record: RunRecord, statements: Sequence[Statement]) -> None:
    """Write a run with its statements and lines, in three statements whatever their number."""
    await tx.execute(
        insert(run).values(
            id=record.id,
            employer=record.employer,
            month=record.month,
            rules_version=record.rules_version,
            recorded_at=record.recorded_at,
            recorded_by=record.recorded_by,
        )
    )
    await tx.execute(insert(statement), [_statement(record, one) for one in statements])
    rows = [_line(record, one, line, delta) for one in statements for line, delta in one.lines]
    await put_rows(tx, contribution_line, rows)


def _statement(record: RunRecord, one: Statement) -> dict[str, object]:
    total = one.draft.total
    return {
        "id": one.id,
        "employer": record.employer,
        "number": one.number,
        "agreement": one.draft.agreement,
        "insurer": one.draft.insurer,
        "month": record.month,
        "run": record.id,
        "lines": len(one.lines),
        "amount": total.amount,
        "employer_share": total.employer,
        "agent_share": total.agent,
        "totals": {code: _totals(amounts) for code, amounts in one.draft.by_guarantee.items()},
        "recorded_at": record.recorded_at,
    }


def _totals(amounts: Amounts) -> dict[str, int]:
    """In cents."""
    return {
        "base": amounts.base.cents,
        "amount": amounts.amount.cents,
        "employer": amounts.employer.cents,
        "agent": amounts.agent.cents,
    }


def _line(record: RunRecord, one: Statement, line: UUID, delta: Delta) -> dict[str, object]:
    return {
        "id": line,
        "employer": record.employer,
        "agent": UUID(delta.key.agent),
        "month": delta.key.month,
        "agreement": delta.key.agreement,
        "insurer": delta.key.insurer,
        "guarantee": delta.key.guarantee.value,
        "base": delta.amounts.base,
        "rate": delta.rate,
        "amount": delta.amounts.amount,
        "employer_share": delta.amounts.employer,
        "agent_share": delta.amounts.agent,
        "regularisation": delta.key.month != record.month,
        "unresolved": delta.unresolved,
        "run": record.id,
        "statement": one.id,
    }
