"""What insurers decided and paid, what became of what they paid too much, and what an employer still has to advance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from services.claims.adapters.asked import Who
from services.claims.adapters.handling_tables import claim_payment, insurer_decision, payment_review
from services.claims.domain.overpayment import ReviewOutcome


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount paid for a month of a claim."""

    id: UUID
    employer: str
    claim: UUID
    month: Month
    amount: Money
    paid_on: date
    payee: str
    reference: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class InsurerDecision:
    """What the insurer answered about a claim."""

    id: UUID
    employer: str
    claim: UUID
    outcome: str
    decided_on: date
    reference: str
    reason: str | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Review:
    """What became of what was paid beyond anything decided for a month; `kept`: what stays paid of it then."""

    id: UUID
    employer: str
    claim: UUID
    month: Month
    outcome: ReviewOutcome
    amount: Money
    kept: Money
    happened_on: date
    note: str
    reference: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Advance:
    """What an employer must still pay an agent for a month of a claim."""

    agent: UUID
    claim: UUID
    month: Month
    due: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class Excess:
    """A month of a claim for which more was paid than was ever decided, and that nobody settled.

    `paid`: less what was returned; `decided` 0: nothing was; `kept`: up to what nobody has to look at it again.
    """

    employer: str
    agent: UUID
    claim: UUID
    month: Month
    paid: Money
    decided: Money
    kept: Money

    @property
    def amount(self) -> Money:
        return self.paid - max(self.decided, self.kept)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A claim that its insurer accepted and refused on one day, without a decision of a later day."""

    employer: str
    agent: UUID
    claim: UUID
    decided_on: date


MAX_ADVANCES: Final = 20_000
# What people said of a month's payments: what was returned, and what stays paid however little was decided.
_SAID: Final = """
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(r.amount) FILTER (WHERE r.outcome = 'RETURNED'), 0) AS returned,
               coalesce(max(r.kept), 0) AS kept
          FROM payment_review AS r WHERE r.claim = paid.claim AND r.month = paid.month) AS said
"""
_ADVANCES: Final = text(f"""
    WITH last AS (
        SELECT DISTINCT ON (b.claim, b.month) b.agent, b.claim, b.month, b.benefit + b.ri_full_pay AS due,
               max(b.benefit + b.ri_full_pay) OVER (PARTITION BY b.claim, b.month) AS decided
          FROM benefit AS b JOIN claim_file AS f ON f.claim = b.claim
         WHERE b.employer = :employer AND b.month <= :month AND f.payee = 'EMPLOYER' AND f.stage = 'APPROVED'
         ORDER BY b.claim, b.month, b.version DESC),
    paid AS (
        SELECT last.*, coalesce(sum(p.amount), 0) AS paid
          FROM last LEFT JOIN claim_payment AS p ON p.claim = last.claim AND p.month = last.month
         GROUP BY last.agent, last.claim, last.month, last.due, last.decided),
    counted AS (
        SELECT paid.agent, paid.claim, paid.month, paid.due,
               (paid.paid - said.returned - greatest(said.kept - paid.decided, 0))::bigint AS paid
          FROM paid {_SAID})
    SELECT * FROM counted WHERE due <> paid ORDER BY agent, claim, month LIMIT :limit
""")  # noqa: S608 - a part of ours


_ABOVE: Final = text(f"""
    WITH paid AS (
        SELECT c.employer, c.agent, p.claim, p.month, sum(p.amount) AS paid
          FROM unnest(CAST(:employers AS text[]), CAST(:agents AS uuid[])) AS asked (employer, agent)
          JOIN claim AS c USING (employer, agent) JOIN claim_payment AS p ON p.claim = c.id
         GROUP BY c.employer, c.agent, p.claim, p.month),
    told AS (
        SELECT paid.employer, paid.agent, paid.claim, paid.month, paid.paid,
               coalesce(max(b.benefit + b.ri_full_pay), 0) AS decided
          FROM paid LEFT JOIN benefit AS b ON b.claim = paid.claim AND b.month = paid.month
         GROUP BY paid.employer, paid.agent, paid.claim, paid.month, paid.paid)
    SELECT paid.employer, paid.agent, paid.claim, paid.month, (paid.paid - said.returned)::bigint AS paid,
           paid.decided, said.kept
      FROM told AS paid {_SAID}
     WHERE paid.paid - said.returned > greatest(paid.decided, said.kept)
     ORDER BY paid.claim, paid.month
""")  # noqa: S608 - a part of ours


_CONTRADICTIONS: Final = text("""
    WITH told AS (
        SELECT c.employer, c.agent, d.claim, d.decided_on, count(DISTINCT d.outcome) AS outcomes,
               max(d.decided_on) OVER (PARTITION BY d.claim) AS last
          FROM unnest(CAST(:employers AS text[]), CAST(:agents AS uuid[])) AS asked (employer, agent)
          JOIN claim AS c USING (employer, agent) JOIN insurer_decision AS d ON d.claim = c.id
         GROUP BY c.employer, c.agent, d.claim, d.decided_on)
    SELECT employer, agent, claim, decided_on FROM told WHERE outcomes > 1 AND decided_on = last ORDER BY claim
""")


async def contradictions(tx: AsyncConnection, who: Collection[Who]) -> list[Contradiction]:
    """Of these agents, by claim."""
    return [Contradiction(*row) for row in await tx.execute(_CONTRADICTIONS, _asked(who))]


async def above_decided(tx: AsyncConnection, who: Collection[Who]) -> list[Excess]:
    """The months of these agents for which more was paid than was ever decided, and nobody said what became of it.

    Of what had been decided once, and is due for less, an overpayment tells.
    """
    return [
        Excess(row.employer, row.agent, row.claim, Month.of(row.month), *map(Money, row[4:]))
        for row in await tx.execute(_ABOVE, _asked(who))
    ]


async def pay(tx: AsyncConnection, payment: Payment) -> None:
    await tx.execute(insert(claim_payment).values(**_values(payment)))


async def payment_of(tx: AsyncConnection, claim: UUID, reference: str) -> Payment | None:
    """The payment of a claim that has this reference."""
    row = await _of_reference(tx, claim_payment, claim, reference)
    return None if row is None else Payment(**row)


async def payments(tx: AsyncConnection, claim: UUID) -> list[Payment]:
    """By month, then in the order of recording."""
    query = select(claim_payment).where(claim_payment.c.claim == claim)
    rows = await tx.execute(query.order_by(claim_payment.c.month, claim_payment.c.id))
    return [Payment(**row._asdict()) for row in rows]


async def review(tx: AsyncConnection, said: Review) -> None:
    await tx.execute(insert(payment_review).values(**_values(said)))


async def review_of(tx: AsyncConnection, claim: UUID, reference: str) -> Review | None:
    """The review of a claim's payments that has this reference."""
    row = await _of_reference(tx, payment_review, claim, reference)
    return None if row is None else _review(row)


async def reviews(tx: AsyncConnection, claim: UUID) -> list[Review]:
    """In the order of recording."""
    query = select(payment_review).where(payment_review.c.claim == claim).order_by(payment_review.c.id)
    return [_review(row._asdict()) for row in await tx.execute(query)]


def _review(row: dict[str, Any]) -> Review:
    return Review(**row | {"outcome": ReviewOutcome(row["outcome"])})


async def decide(tx: AsyncConnection, decision: InsurerDecision) -> None:
    await tx.execute(insert(insurer_decision).values(**_values(decision)))


async def decision_of(tx: AsyncConnection, claim: UUID, reference: str) -> InsurerDecision | None:
    """The insurer's decision about a claim that has this reference."""
    row = await _of_reference(tx, insurer_decision, claim, reference)
    return None if row is None else InsurerDecision(**row)


async def decisions(tx: AsyncConnection, claim: UUID) -> list[InsurerDecision]:
    """In the order of recording."""
    query = select(insurer_decision).where(insurer_decision.c.claim == claim).order_by(insurer_decision.c.id)
    return [InsurerDecision(**row._asdict()) for row in await tx.execute(query)]


async def advances(tx: AsyncConnection, employer: str, month: Month) -> list[Advance]:
    """What is due up to a month on approved claims that pay the employer, and is not what was paid.

    What was returned to the insurer is not paid; what was accepted above anything decided counts once a decision
    reaches it.
    """
    values = {"employer": employer, "month": month.first, "limit": MAX_ADVANCES}
    return [
        Advance(row.agent, row.claim, Month.of(row.month), Money(row.due), Money(row.paid))
        for row in await tx.execute(_ADVANCES, values)
    ]


async def _of_reference(tx: AsyncConnection, table: Table, claim: UUID, reference: str) -> dict[str, Any] | None:
    query = select(table).where((table.c.claim == claim) & (table.c.reference == reference))
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else row._asdict()


def _asked(who: Collection[Who]) -> dict[str, Any]:
    return {"employers": [employer for employer, _ in who], "agents": [agent for _, agent in who]}


def _values(record: Any) -> dict[str, Any]:
    return {one.name: getattr(record, one.name) for one in fields(record)}
