"""What an insurer decided about a claim and paid for it: each has its reference, so a replay changes nothing."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.adapters import payments
from services.claims.adapters.payments import InsurerDecision, Payment
from services.claims.domain.errors import PaymentKnownOtherwise

OURS = frozenset({"id", "recorded_at", "recorded_by"})
T = TypeVar("T", Payment, InsurerDecision)


async def record_payment(tx: AsyncConnection, payment: Payment) -> Payment:
    """The payment as it is known; its claim is held. Raises PaymentKnownOtherwise."""
    known = await payments.payment_of(tx, payment.claim, payment.reference)
    if known is None:
        await payments.pay(tx, payment)
        return payment
    return _same(known, payment)


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
