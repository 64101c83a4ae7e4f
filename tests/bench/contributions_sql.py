"""A monthly run as set-based SQL: what a careful author would write by hand, with the accord's figures as parameters.

It reads the current pay, the status, the days covered and elected, takes the TPP, rounds twice, compares with what was
issued, and writes lines, one statement with its totals, and the event that tells of it. It keeps no snapshot, holds
nothing against bounds, and knows neither rappels, several employments in a month nor exceptions of an accord.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing, publish_many
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from services.contributions.application.payloads.statement import StatementIssued, Totals
from services.contributions.domain.delta import Amounts
from services.contributions.domain.terms import Terms

_LINES: Final = text("""
    WITH current AS MATERIALIZED (
        SELECT DISTINCT ON (matricule, employment, month) * FROM pay_version
         WHERE employer = :employer AND month <= :month ORDER BY matricule, employment, month, version DESC),
    paid AS MATERIALIZED (
        SELECT m.agent, c.month, CAST(c.month + interval '1 month' AS date) - 1 AS last,
               c.tib + c.cabinet + c.nbi + c.ri - least(coalesce(c.tpp, w.monthly), c.ri) AS base
          FROM current c JOIN agent_matricule m USING (employer, matricule)
          JOIN employment e ON e.employer = c.employer AND e.agent = m.agent AND e.starts <= c.month
                           AND (e.ends IS NULL OR e.ends >= c.month) AND e.regime = 'CNRACL'
          JOIN unnest(CAST(:categories AS text[]), CAST(:monthly AS bigint[])) AS w (category, monthly)
            ON w.category = e.category),
    span AS MATERIALIZED (
        SELECT a.agent, a.agreement, s.start, coalesce(s."end", '9999-12-31') AS "end",
               s.outcome = 'AFFILIATED' AS covered, s.outcome NOT IN ('ENDED', 'SUSPENDED') AS paid
          FROM affiliation a CROSS JOIN LATERAL jsonb_to_recordset(a.timeline)
            AS s (start date, "end" date, outcome text) WHERE a.employer = :employer),
    days AS MATERIALIZED (
        SELECT p.agent, s.agreement, p.month, p.last, p.base,
               sum(least(s."end", p.last) - greatest(s.start, p.month) + 1) FILTER (WHERE s.covered) AS covered,
               sum(least(s."end", p.last) - greatest(s.start, p.month) + 1) FILTER (WHERE s.paid) AS paid
          FROM paid p JOIN span s ON s.agent = p.agent AND s.start <= p.last AND s."end" >= p.month
         GROUP BY p.agent, s.agreement, p.month, p.last, p.base),
    said AS (SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:mandatory AS boolean[]), CAST(:rates AS numeric[]),
                                  CAST(:shares AS numeric[])) AS g (guarantee, mandatory, rate, share)),
    insured AS (
        SELECT agent, agreement, month, guarantee, rate, share, round(CAST(base AS numeric) * covered / paid) AS base
          FROM days CROSS JOIN said WHERE mandatory AND covered > 0
        UNION ALL
        SELECT d.agent, d.agreement, d.month, g.guarantee, g.rate, g.share,
               round(CAST(d.base AS numeric) * sum(least(s."end", coalesce(o.ends, d.last), d.last)
                                  - greatest(s.start, o.starts, d.month) + 1) / d.paid)
          FROM days d JOIN option_election o ON o.employer = :employer AND o.agent = d.agent AND o.starts <= d.last
                                            AND (o.ends IS NULL OR o.ends >= d.month)
          JOIN said g ON g.guarantee = o.guarantee AND NOT g.mandatory
          JOIN span s ON s.agent = d.agent AND s.agreement = d.agreement AND s.covered
                     AND s.start <= least(d.last, coalesce(o.ends, d.last))
                     AND s."end" >= greatest(d.month, o.starts)
         GROUP BY d.agent, d.agreement, d.month, d.base, d.paid, g.guarantee, g.rate, g.share),
    owed AS (SELECT *, round(base * rate) AS amount, round(round(base * rate) * share) AS employer_share FROM insured),
    issued AS (
        SELECT agent, agreement, month, guarantee, sum(base) AS base, sum(amount) AS amount,
               sum(employer_share) AS employer_share, (array_agg(rate ORDER BY id DESC))[1] AS rate
          FROM contribution_line WHERE employer = :employer AND month <= :month
         GROUP BY agent, agreement, month, guarantee),
    moved AS (
        SELECT agent, agreement, month, guarantee, coalesce(o.rate, i.rate) AS rate,
               coalesce(o.base, 0) - coalesce(i.base, 0) AS base,
               coalesce(o.amount, 0) - coalesce(i.amount, 0) AS amount,
               coalesce(o.employer_share, 0) - coalesce(i.employer_share, 0) AS employer_share
          FROM (SELECT * FROM owed WHERE amount <> 0) o
          FULL JOIN issued i USING (agent, agreement, month, guarantee)),
    written AS (
        INSERT INTO contribution_line (id, employer, agent, month, agreement, insurer, guarantee, base, rate, amount,
                                       employer_share, agent_share, regularisation, unresolved, run, statement)
        SELECT uuidv7(), :employer, agent, month, agreement, :insurer, guarantee, base, rate, amount, employer_share,
               amount - employer_share, month <> :month, false, :run, :statement
          FROM moved WHERE base <> 0 OR amount <> 0 OR employer_share <> 0 ORDER BY month, agent
        RETURNING guarantee, base, amount, employer_share, agent_share)
    SELECT guarantee, count(*) AS lines, sum(base) AS base, sum(amount) AS amount, sum(employer_share) AS employer,
           sum(agent_share) AS agent FROM written GROUP BY guarantee
""")
_STATEMENT: Final = text("""
    WITH held AS (INSERT INTO run VALUES (:run, :employer, :month, '', now(), 'bench')),
    numbered AS (INSERT INTO statement_number (employer, agreement, insurer, last)
                 VALUES (:employer, :agreement, :insurer, 1)
                 ON CONFLICT (employer, agreement, insurer) DO UPDATE SET last = statement_number.last + 1
                 RETURNING last)
    INSERT INTO statement
    SELECT :statement, :employer, last, :agreement, :insurer, :month, :run, :lines, :amount, :share, :own,
           CAST(:totals AS jsonb), now() FROM numbered
    RETURNING number
""")


async def run_in_sql(tx: AsyncConnection, employer: str, month: Month, terms: Terms, monthly: dict[str, Money]) -> None:
    """One run of one employer; `monthly` is the TPP of each category."""
    insurer, run, statement = terms.insurer_in(month) or "", new_id(), new_id()
    dated = [(one, rate) for one in terms.guarantees if (rate := one.rate_in(month))]
    given: dict[str, Any] = {"employer": employer, "month": month.first, "run": run, "statement": statement}
    given["insurer"] = insurer
    figures = {
        "categories": list(monthly),
        "monthly": [money.cents for money in monthly.values()],
        "codes": [one.code.value for one, _ in dated],
        "mandatory": [one.mandatory for one, _ in dated],
        "rates": [rate.rate.value for _, rate in dated],
        "shares": [rate.employer_share.value for _, rate in dated],
    }
    rows = (await tx.execute(_LINES, given | figures)).all()
    by_code = {
        row.guarantee: Amounts(*(Money(int(n)) for n in (row.base, row.amount, row.employer, row.agent)))
        for row in rows
    }
    total, lines = Amounts.sum(by_code.values()), sum(row.lines for row in rows)
    shares = {"amount": total.amount.cents, "share": total.employer.cents, "own": total.agent.cents}
    number = await tx.scalar(
        _STATEMENT, given | shares | {"agreement": terms.agreement, "lines": lines, "totals": "{}"}
    )
    told = StatementIssued(
        statement=str(statement),
        number=number or 0,
        employer=employer,
        agreement=terms.agreement,
        insurer=insurer,
        month=str(month),
        run=str(run),
        lines=lines,
        guarantees={code: Totals.of(amounts) for code, amounts in by_code.items()},
        total=Totals.of(total),
    )
    await publish_many(tx, [Outgoing(told, key=employer, employer=employer, insurer=insurer)])
