"""What was issued: runs, statements, lines. Written once; the sum of the lines of a key is what is issued for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.columns import id_bytes, new_ids, staged_columns
from kit.period import Month
from services.contributions.adapters.tables import run, statement
from services.contributions.domain.delta import Amounts
from services.contributions.domain.run import StatementDraft

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('contributions.run:' || :employer, 0))")
# What lines share comes once, and each line says at which place.
_LINES: Final = text("""
    INSERT INTO contribution_line
           (id, employer, agent, month, agreement, insurer, guarantee, base, rate, amount, employer_share, agent_share,
            regularisation, unresolved, run, statement)
    SELECT id, :employer, agent, month, :agreement, :insurer, (CAST(:guarantees AS text[]))[place], base,
           (CAST(:rates AS numeric[]))[place], amount, employer_share, amount - employer_share, month <> :month,
           (CAST(:flags AS boolean[]))[place], :run, :statement
      FROM stage_line
""")
_STAGED: Final = {
    "id": "uuid",
    "agent": "uuid",
    "month": "month",
    "place": "integer",
    "base": "bigint",
    "amount": "bigint",
    "employer_share": "bigint",
}
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
    """A statement about to be issued: its id, its number, its lines."""

    id: UUID
    number: int
    draft: StatementDraft


async def lock(tx: AsyncConnection, employer: str) -> None:
    """Until commit no other run of this employer reads or issues."""
    await tx.execute(_LOCK, {"employer": employer})


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
    """Write a run with its statements and lines, in as many statements whatever their number."""
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
    for one in statements:
        await _lines(tx, record, one)


async def _lines(tx: AsyncConnection, record: RunRecord, one: Statement) -> None:
    lines = one.draft.deltas
    columns = {
        "id": new_ids(len(lines)),
        "agent": id_bytes(lines.agents)[lines.agent],
        "month": lines.month,
        "place": lines.heading + 1,
        "base": lines.base,
        "amount": lines.amount,
        "employer_share": lines.employer,
    }
    async with staged_columns(tx, "stage_line", columns, _STAGED):
        await tx.execute(
            _LINES,
            {
                "employer": record.employer,
                "month": record.month.first,
                "agreement": one.draft.agreement,
                "insurer": one.draft.insurer,
                "run": record.id,
                "guarantees": [said.guarantee.value for said in lines.headings],
                "rates": [said.rate.value for said in lines.headings],
                "flags": [said.unresolved for said in lines.headings],
                "statement": one.id,
            },
        )


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
        "lines": len(one.draft.deltas),
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
