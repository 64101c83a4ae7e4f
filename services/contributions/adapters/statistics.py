"""What was issued, paid and decided in a year, by employer and accord: added up by the database, whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money

_ISSUED: Final = text(
    """
    WITH issued AS (
        SELECT employer, agreement, insurer, count(*) AS statements, CAST(sum(amount) AS bigint) AS amount,
               CAST(sum(employer_share) AS bigint) AS employer_share, CAST(sum(agent_share) AS bigint) AS agent_share
          FROM statement WHERE month BETWEEN CAST(:first AS date) AND CAST(:last AS date) GROUP BY 1, 2, 3),
    paid AS (
        SELECT employer, agreement, insurer, CAST(sum(amount) AS bigint) AS paid FROM payment p
         WHERE received_on BETWEEN :first AND :last
           AND NOT EXISTS (SELECT FROM payment_cancellation c WHERE c.payment = p.id) GROUP BY 1, 2, 3)
    SELECT employer, agreement, insurer, coalesce(statements, 0) AS statements, coalesce(amount, 0) AS amount,
           coalesce(employer_share, 0) AS employer_share, coalesce(agent_share, 0) AS agent_share,
           coalesce(paid, 0) AS paid
      FROM issued FULL JOIN paid USING (employer, agreement, insurer)
     ORDER BY employer, agreement, insurer LIMIT :most
    """
)
# An annuity by the amount of a month that runs on the last day; a capital in the year in which it is due.
_DECIDED: Final = text(
    """
    WITH one AS (
        SELECT employer, agreement, agent, benefit + ri_full_pay AS income, 0 AS annuity, 0 AS capital FROM claim_month
         WHERE month BETWEEN CAST(:first AS date) AND CAST(:last AS date) AND benefit + ri_full_pay > 0
        UNION ALL
        SELECT employer, agreement, agent, 0, 0, amount FROM claim_capital
         WHERE due BETWEEN :first AND :last AND amount > 0
        UNION ALL
        SELECT a.employer, a.agreement, a.agent, 0, step.cents, 0
          FROM claim_annuity a CROSS JOIN LATERAL (
               SELECT CAST(s ->> 1 AS bigint) AS cents FROM jsonb_array_elements(a.steps) AS s
                WHERE CAST(s ->> 0 AS date) <= :last ORDER BY CAST(s ->> 0 AS date) DESC LIMIT 1) AS step
         WHERE a.starts <= :last AND (a.ends IS NULL OR a.ends >= :last) AND step.cents > 0)
    SELECT employer, agreement, count(DISTINCT agent) AS agents, CAST(sum(income) AS bigint) AS income,
           CAST(sum(capital) AS bigint) AS capitals, CAST(sum(annuity) AS bigint) AS annuities
      FROM one GROUP BY 1, 2 ORDER BY 1, 2 LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class Issued:
    """`paid` is what was received in the year, whatever for."""

    employer: str
    agreement: str
    insurer: str | None
    statements: int
    amount: Money
    employer_share: Money
    agent_share: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class Decided:
    """`agents` had something. `income` and `capitals` are of the year, `annuities` of one month at its end."""

    employer: str
    agreement: str
    agents: int
    income: Money
    capitals: Money
    annuities: Money


async def issued(tx: AsyncConnection, year: int, most: int) -> Sequence[Issued]:
    """Contributions of the year's statements."""
    return [
        Issued(
            *(row.employer, row.agreement, row.insurer or None, row.statements),
            *(Money(cents) for cents in (row.amount, row.employer_share, row.agent_share, row.paid)),
        )
        for row in await tx.execute(_ISSUED, _asked(year, most))
    ]


async def decided(tx: AsyncConnection, year: int, most: int) -> Sequence[Decided]:
    """Benefits that claims told of the year."""
    return [
        Decided(
            row.employer,
            row.agreement,
            row.agents,
            *(Money(cents) for cents in (row.income, row.capitals, row.annuities)),
        )
        for row in await tx.execute(_DECIDED, _asked(year, most))
    ]


def _asked(year: int, most: int) -> dict[str, Any]:
    return {"first": date(year, 1, 1), "last": date(year, 12, 31), "most": most}
