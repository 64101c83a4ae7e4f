"""What claims hold of a person, what forbids erasing it, and how it is erased and purged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.data_protection import Purge

# Accounts of claims that are over, and for which nothing is due for a month of before that day.
_OLD_IBAN: Final = """
    iban IS NOT NULL AND stage IN ('REFUSED', 'CLOSED')
    AND NOT EXISTS (SELECT FROM benefit WHERE benefit.claim = claim_file.claim AND benefit.month >= :before)
    AND NOT EXISTS (SELECT FROM claim_step WHERE claim_step.claim = claim_file.claim AND recorded_at >= :before)
"""
PURGES: Final = (
    Purge(
        what="ibans",
        rule="retention.benefit_years",
        count=f"SELECT count(*) FROM claim_file WHERE {_OLD_IBAN}",  # noqa: S608 - a condition of ours
        delete=f"UPDATE claim_file SET iban = NULL, iban_shown = NULL WHERE {_OLD_IBAN}",  # noqa: S608 - the same
    ),
)
_COUNTS: Final = text("""
    SELECT (SELECT count(*) FROM claim_file f JOIN claim c ON c.id = f.claim
             WHERE c.agent = :agent AND f.iban IS NOT NULL) AS ibans,
           (SELECT count(*) FROM leave_cause WHERE agent = :agent) AS causes,
           (SELECT count(*) FROM claim WHERE agent = :agent) AS claims,
           (SELECT count(*) FROM benefit WHERE agent = :agent) + (SELECT count(*) FROM annuity WHERE agent = :agent)
               + (SELECT count(*) FROM capital WHERE agent = :agent)
               + (SELECT count(*) FROM overpayment WHERE agent = :agent) AS decisions
""")
_DAYS: Final = text("""
    WITH last_annuity AS (SELECT DISTINCT ON (annuity) ends, ended FROM annuity WHERE agent = :agent
                           ORDER BY annuity, version DESC)
    SELECT (SELECT count(*) FROM claim c LEFT JOIN claim_file f ON f.claim = c.id
             WHERE c.agent = :agent AND c.status <> 'closed' AND coalesce(f.stage, '') NOT IN ('REFUSED', 'CLOSED'))
               AS open_claims,
           (SELECT count(*) FROM overpayment o WHERE agent = :agent AND amount > coalesce(
               (SELECT sum(m.amount) FROM overpayment_movement m WHERE m.overpayment = o.id), 0)) AS open_overpayments,
           (SELECT count(*) FROM last_annuity WHERE NOT ended AND ends IS NULL) AS running_annuities,
           greatest((SELECT max(month) FROM benefit WHERE agent = :agent), (SELECT max(ends) FROM last_annuity))
               AS last_benefit,
           (SELECT max(due) FROM capital WHERE agent = :agent) AS last_capital
""")
_CLAIMS: Final = text("SELECT agreement, opened_from FROM claim WHERE agent = :agent ORDER BY opened_from, id")
# Causes keep what tells them apart, in the order they had, and nothing that could be tried against a guess.
_ERASE: Final = (
    text("""
        UPDATE claim_file SET iban = NULL, iban_shown = NULL FROM claim
         WHERE claim.id = claim_file.claim AND iban IS NOT NULL AND claim.agent = ANY (CAST(:agents AS uuid[]))
    """),
    text("""
        UPDATE leave_cause SET sealed = '', mark = known.mark
          FROM (SELECT agent, leave, lpad(CAST(dense_rank() OVER (PARTITION BY agent ORDER BY mark) AS text), 4, '0')
                           AS mark FROM leave_cause WHERE agent = ANY (CAST(:agents AS uuid[]))) AS known
         WHERE known.agent = leave_cause.agent AND known.leave = leave_cause.leave AND sealed <> ''
    """),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open for a person, and the last days that something was due for."""

    open_claims: int
    open_overpayments: int
    running_annuities: int
    last_benefit: date | None
    last_capital: date | None


async def counts(tx: AsyncConnection, agent: UUID) -> dict[str, int]:
    """How many rows of each kind are about a person."""
    return dict((await tx.execute(_COUNTS, {"agent": agent})).mappings().one())


async def standing(tx: AsyncConnection, agent: UUID) -> Standing:
    return Standing(**(await tx.execute(_DAYS, {"agent": agent})).mappings().one())


async def claims(tx: AsyncConnection, agent: UUID) -> list[tuple[str, date]]:
    """The accord and the first day of each claim, the oldest first."""
    return [(row.agreement, row.opened_from) for row in await tx.execute(_CLAIMS, {"agent": agent})]


async def erase(tx: AsyncConnection, agents: Sequence[UUID]) -> None:
    """Clear accounts and causes of these persons. Again, it changes nothing."""
    for statement in _ERASE if agents else ():
        await tx.execute(statement, {"agents": list(agents)})
