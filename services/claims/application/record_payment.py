"""What an insurer decided about a claim and paid for it: each has its reference, so a replay changes nothing."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db import decisions
from kit.events.outbox import publish_many
from kit.money import Money
from rules.book import RuleBook
from services.claims.adapters import claim_files, claims, overpayments, payments
from services.claims.adapters.claims import Benefit
from services.claims.adapters.payments import InsurerDecision, Payment
from services.claims.application.deciding import Subject
from services.claims.application.follow_overpayments import Change, Paid, follow_overpayments
from services.claims.application.handle_claim import Opened
from services.claims.application.redecide import redecide
from services.claims.domain.agent_file import AgentFile
from services.claims.domain.errors import PaymentKnownOtherwise
from services.claims.domain.overpayment import OverpaymentKind

OURS = frozenset({"id", "recorded_at", "recorded_by"})
T = TypeVar("T", Payment, InsurerDecision)


async def record_payment(
    tx: AsyncConnection, opened: Opened, payment: Payment, rules: RuleBook, clock: Clock
) -> Payment:
    """The payment as it is known; its claim is held. One of what a former decision said is owed at once.

    One above anything that was decided is a fact as well: the insurer paid. It is work for a person to look into.
    Raises PaymentKnownOtherwise.
    """
    known = await payments.payment_of(tx, payment.claim, payment.reference)
    if known is not None:
        return _same(known, payment)
    await payments.pay(tx, payment)
    month = next((one for one in opened.months if one.month == payment.month), None)
    if month is not None:
        await _follow(tx, opened, month, Subject(month.employer, month.agent, AgentFile(), rules, payment.recorded_at))
    await redecide(tx, opened.claim.employer, opened.claim.agent, rules, clock)
    return payment


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


async def record_decision(tx: AsyncConnection, decision: InsurerDecision) -> InsurerDecision:
    """The decision as it is known; its claim is held. Raises PaymentKnownOtherwise."""
    known = await payments.decision_of(tx, decision.claim, decision.reference)
    if known is None:
        await payments.decide(tx, decision)
        return decision
    return _same(known, decision)


def _same(known: T, said: T) -> T:
    if _said(known) != _said(said):
        raise PaymentKnownOtherwise(pointer="/reference")
    return known


def _said(record: Any) -> list[Any]:
    return [getattr(record, one.name) for one in fields(record) if one.name not in OURS]
