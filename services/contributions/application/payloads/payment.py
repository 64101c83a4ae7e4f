"""Payments, as published."""

from __future__ import annotations

from typing import ClassVar, Self

from kit.events.envelope import EventData
from services.contributions.adapters.payments import Payment
from services.contributions.application.payloads.topic import STATEMENT_TOPIC


class PaymentData(EventData):
    """What an employer paid on a contract. `insurer` null: the accord names none. `on` is the day it was received."""

    payment: str
    employer: str
    agreement: str
    insurer: str | None
    on: str
    amount: str

    @classmethod
    def of(cls, paid: Payment) -> Self:
        contract = paid.contract
        return cls(
            payment=str(paid.id),
            employer=contract.employer,
            agreement=contract.agreement,
            insurer=contract.insurer or None,
            on=paid.received_on.isoformat(),
            amount=str(paid.amount),
        )


class PaymentRecorded(PaymentData):
    """A payment came."""

    type: ClassVar[str] = "fr.psc.contributions.payment.recorded.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC


class PaymentWasCancelled(PaymentData):
    """It counts no more: the bank sent it back, or it was recorded by mistake."""

    type: ClassVar[str] = "fr.psc.contributions.payment.cancelled.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC
