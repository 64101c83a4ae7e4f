"""The contributions of a contract in a year, by guarantee: statements and lines of the scope, added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee
from services.contributions.domain.account import Contributed
from services.contributions.domain.delta import Amounts

_OF: Final = """
    agreement = :agreement AND insurer = :insurer AND (CAST(:employer AS text) IS NULL OR employer = :employer)
"""
_SUMS: Final = """
    CAST(sum(l.base) AS bigint) AS base, CAST(sum(l.amount) AS bigint) AS amount,
    CAST(sum(l.employer_share) AS bigint) AS employer_share, CAST(sum(l.agent_share) AS bigint) AS agent_share
"""
_KNOWN: Final = text(f"SELECT EXISTS (SELECT FROM statement WHERE {_OF})")  # noqa: S608 - a fragment of ours
_HEAD: Final = text(f"""
    SELECT count(*) AS statements, count(DISTINCT employer) AS employers,
           CAST(coalesce(sum(amount), 0) AS bigint) AS amount
      FROM statement WHERE {_OF} AND month BETWEEN :first AND :last
""")  # noqa: S608 - a fragment of ours
_PAID: Final = text(f"""
    SELECT CAST(coalesce(sum(p.amount), 0) AS bigint) FROM payment p
     WHERE {_OF} AND p.received_on >= :first AND p.received_on < :next
       AND NOT EXISTS (SELECT FROM payment_cancellation c WHERE c.payment = p.id)
""")  # noqa: S608 - a fragment of ours
_ISSUED: Final = text(f"""
    SELECT total.key AS guarantee, CAST(sum((total.value ->> 'base')::bigint) AS bigint) AS base,
           CAST(sum((total.value ->> 'amount')::bigint) AS bigint) AS amount,
           CAST(sum((total.value ->> 'employer')::bigint) AS bigint) AS employer_share,
           CAST(sum((total.value ->> 'agent')::bigint) AS bigint) AS agent_share
      FROM statement CROSS JOIN LATERAL jsonb_each(totals) AS total
     WHERE {_OF} AND month BETWEEN :first AND :last GROUP BY total.key
""")  # noqa: S608 - a fragment of ours
_EARLIER: Final = text(f"""
    SELECT l.guarantee, {_SUMS}
      FROM (SELECT id FROM statement WHERE {_OF} AND month BETWEEN :first AND :last) s
      JOIN contribution_line l ON l.statement = s.id
     WHERE l.month < :first GROUP BY l.guarantee
""")  # noqa: S608 - a fragment of ours
_LATER: Final = text(f"""
    SELECT l.guarantee, {_SUMS}
      FROM (SELECT id FROM statement WHERE {_OF} AND month > :last) s
      JOIN contribution_line l ON l.statement = s.id
     WHERE l.month BETWEEN :first AND :last GROUP BY l.guarantee
""")  # noqa: S608 - a fragment of ours
# By (employer, month), which is how lines are found.
_AGENTS: Final = text(f"""
    SELECT guarantee, count(DISTINCT agent) AS agents, count(*) AS agent_months
      FROM (SELECT l.guarantee, l.agent, l.month
              FROM (SELECT DISTINCT employer FROM statement WHERE {_OF}) e
              JOIN contribution_line l ON l.employer = e.employer
             WHERE l.month BETWEEN :first AND :last AND l.agreement = :agreement AND l.insurer = :insurer
             GROUP BY l.employer, l.guarantee, l.agent, l.month HAVING sum(l.amount) <> 0) AS charged
     GROUP BY guarantee
""")  # noqa: S608 - a fragment of ours


@dataclass(frozen=True, slots=True)
class YearOfContract:
    """What was issued and paid in the year; `amount` is what its statements say in all."""

    employers: int
    statements: int
    amount: Money
    paid: Money
    guarantees: tuple[Contributed, ...]


async def of_year(
    tx: AsyncConnection, agreement: str, insurer: str, year: int, employer: str | None
) -> YearOfContract | None:
    """None when no statement of the contract was ever issued in the scope."""
    first, last = Month(year, 1), Month(year, 12)
    contract: dict[str, Any] = {"agreement": agreement, "insurer": insurer, "employer": employer}
    if not (await tx.execute(_KNOWN, contract)).scalar_one():
        return None
    asked = {**contract, "first": first.first, "last": last.first}
    head = (await tx.execute(_HEAD, asked)).one()
    dated = {**contract, "first": first.first, "next": Month(year + 1, 1).first}
    paid = Money((await tx.execute(_PAID, dated)).scalar_one())
    issued, earlier, later = [
        {row.guarantee: _amounts(row) for row in await tx.execute(query, asked)}
        for query in (_ISSUED, _EARLIER, _LATER)
    ]
    counts = {row.guarantee: (row.agents, row.agent_months) for row in await tx.execute(_AGENTS, asked)}
    nothing = Amounts.zero()
    guarantees = tuple(
        Contributed(
            code,
            issued.get(code, nothing),
            earlier.get(code, nothing),
            later.get(code, nothing),
            *counts.get(code, (0, 0)),
        )
        for code in Guarantee
        if code in issued.keys() | later.keys()
    )
    return YearOfContract(head.employers, head.statements, Money(head.amount), paid, guarantees)


def _amounts(row: Row[Any]) -> Amounts:
    return Amounts(Money(row.base), Money(row.amount), Money(row.employer_share), Money(row.agent_share))
