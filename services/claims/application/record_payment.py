"""What an insurer decided about a claim and paid for it, and what became of what it paid too much.

Each has its reference, so a replay changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import decisions
from kit.events.outbox import publish_many
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from kit.recording import Recording
from rules.book import RuleBook
from services.claims.adapters import claim_files, claims, overpayments, payments
from services.claims.adapters.asked import Who
from services.claims.adapters.claims import Benefit
from services.claims.adapters.payments import Contradiction, Excess, InsurerDecision, Payment, Review
from services.claims.application.deciding import Subject
from services.claims.application.follow_overpayments import Change, Paid, follow_overpayments
from services.claims.application.handle_claim import Opened
from services.claims.application.tell_work import tell_contradictions, tell_excess
from services.claims.domain.agent_file import AgentFile
from services.claims.domain.errors import ExcessChanged, PaymentKnownOtherwise
from services.claims.domain.overpayment import OverpaymentKind, ReviewOutcome

OURS = frozenset({"id", "recorded_at", "recorded_by"})
T = TypeVar("T", Payment, InsurerDecision)


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What a person says of the excess of a month that he saw."""

    month: Month
    outcome: ReviewOutcome
    amount: Money
    happened_on: date
    note: str
    reference: str


async def record_payment(
    tx: AsyncConnection, opened: Opened, payment: Payment, rules: RuleBook
) -> tuple[Payment, list[Excess]]:
    """The payment as it is known, and what was paid too much for its agent; its claim is held.

    One of what a former decision said is owed at once. One above anything that was decided is a fact as well: the
    insurer paid. It is work for a person to look into. Raises PaymentKnownOtherwise.
    """
    known = await payments.payment_of(tx, payment.claim, payment.reference)
    if known is not None:
        return _same(known, payment), await payments.above_decided(tx, [_who(opened)])
    await payments.pay(tx, payment)
    month = next((one for one in opened.months if one.month == payment.month), None)
    if month is not None:
        await _follow(tx, opened, month, Subject(month.employer, month.agent, AgentFile(), rules, payment.recorded_at))
    return payment, await tell_excess(tx, _who(opened))


async def record_review(tx: AsyncConnection, opened: Opened, said: Reviewing, recording: Recording) -> Review:
    """What became of the excess of a month, as it is known; its claim is held.

    Raises ExcessChanged where it is another one than the amount that was seen, PaymentKnownOtherwise.
    """
    known = await payments.review_of(tx, opened.claim.id, said.reference)
    if known is not None:
        if said != Reviewing(**{one.name: getattr(known, one.name) for one in fields(said)}):
            raise PaymentKnownOtherwise(pointer="/reference")
        return known
    above = await payments.above_decided(tx, [_who(opened)])
    excess = next((one for one in above if (one.claim, one.month) == (opened.claim.id, said.month)), None)
    if excess is None or excess.amount != said.amount:
        raise ExcessChanged(pointer="/amount")
    returned = said.outcome is ReviewOutcome.RETURNED
    review = Review(
        id=new_id(),
        employer=opened.claim.employer,
        claim=opened.claim.id,
        kept=excess.paid - said.amount if returned else excess.paid,
        recorded_at=recording.at,
        recorded_by=recording.by,
        **{one.name: getattr(said, one.name) for one in fields(said)},
    )
    await payments.review(tx, review)
    await tell_excess(tx, _who(opened))
    return review


async def _follow(tx: AsyncConnection, opened: Opened, now: Benefit, subject: Subject) -> None:
    """Of what is paid for a month, what had been decided once, is due no longer, and is not asked back yet."""
    claim = opened.claim
    out = (await claim_files.laid_out(tx, [claim.id]))[claim.id, now.month].paid
    told = await claims.highest(tx, claim.id, now.month)
    back = await overpayments.opened_of_month(tx, claim.id, now.month)
    too_much = (min(out, told) - now.benefit - now.ri_full_pay - back).floored_at_zero()
    if not too_much:
        return
    stored = await decisions.load(tx, now.id)
    assert stored is not None, "a month has its decision"
    paid = Paid(OverpaymentKind.BENEFIT, claim.id, claim.id, stored.snapshot.inputs["terms"])
    events = follow_overpayments(subject, paid, [Change(now.id, now.month, Money.zero(), too_much)])
    await subject.writes.flush(tx)
    await publish_many(tx, events)


async def record_decision(
    tx: AsyncConnection, opened: Opened, decision: InsurerDecision
) -> tuple[InsurerDecision, list[Contradiction]]:
    """The decision as it is known, and what contradicts another one of its day about its agent; its claim is held.

    The insurer may have said both: which of them holds is work for a person, until one of a later day says so. Raises
    PaymentKnownOtherwise.
    """
    known = await payments.decision_of(tx, decision.claim, decision.reference)
    if known is not None:
        return _same(known, decision), await payments.contradictions(tx, [_who(opened)])
    await payments.decide(tx, decision)
    return decision, await tell_contradictions(tx, _who(opened))


def _who(opened: Opened) -> Who:
    return opened.claim.employer, opened.claim.agent


def _same(known: T, said: T) -> T:
    if _said(known) != _said(said):
        raise PaymentKnownOtherwise(pointer="/reference")
    return known


def _said(record: Any) -> list[Any]:
    return [getattr(record, one.name) for one in fields(record) if one.name not in OURS]
