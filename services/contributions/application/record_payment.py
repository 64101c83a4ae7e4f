"""What employers pay: recorded once, put on statements, taken back when it comes back, claimed when it is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS, Clock
from kit.events.outbox import Outgoing, publish, publish_many
from rules.book import Rules
from services.contributions.adapters import ledger, payments
from services.contributions.adapters.payments import Payment
from services.contributions.application.payloads.payment import PaymentRecorded, PaymentWasCancelled
from services.contributions.application.payloads.work import WorkItemClosed, WorkItemOpened
from services.contributions.application.record_pay import Reception
from services.contributions.domain.errors import (
    NoSuchContract,
    PaidInTheFuture,
    PaymentCancelled,
    ReferenceTaken,
    UnknownPayment,
)
from services.contributions.domain.payment import Allocation, as_named, due_on, oldest_first

Named = Sequence[Allocation] | None


async def record_payment(tx: AsyncConnection, new: Payment, named: Named) -> tuple[Payment, bool]:
    """The payment as it stands, and whether it is new: the same reference with the same words is the same payment.

    `named`: the statements it settles; None: the oldest first. Raises PaidInTheFuture, ReferenceTaken, NoSuchContract,
    and what `as_named` raises.
    """
    await ledger.lock(tx, new.contract.employer)
    known = await payments.known(tx, new.contract, new.reference)
    if known is not None:
        if (known.amount, known.received_on) != (new.amount, new.received_on):
            raise ReferenceTaken(pointer="/reference")
        return known, False
    if new.received_on > new.recorded_at.astimezone(PARIS).date():
        raise PaidInTheFuture(pointer="/received_on")
    if not await payments.has_statement(tx, new.contract):
        raise NoSuchContract(pointer="/agreement")
    parts = await _parts(tx, new, named)
    stored = replace(new, allocations=parts)
    await payments.record(tx, stored)
    await _tell(tx, PaymentRecorded.of(stored), stored)
    await _settled(tx, parts, new.recorded_at)
    return stored, True


async def allocate_payment(tx: AsyncConnection, key: UUID, named: Named, reception: Reception) -> Payment:
    """Put what is left of a payment on statements. Raises UnknownPayment, PaymentCancelled, what `as_named` raises."""
    paid = await _held(tx, key)
    parts = await _parts(tx, paid, named)
    await payments.allocate(tx, paid, parts, reception.at, reception.client)
    await _settled(tx, parts, reception.at)
    return await _again(tx, key)


async def cancel_payment(tx: AsyncConnection, key: UUID, reason: str, reception: Reception) -> Payment:
    """It counts no more; what it settled is owed again. Raises UnknownPayment, PaymentCancelled."""
    paid = await _held(tx, key)
    await payments.cancel(tx, paid, reason, reception.at, reception.client)
    await _tell(tx, PaymentWasCancelled.of(paid), paid)
    return await _again(tx, key)


async def remind_late(tx: AsyncConnection, rules: Rules, clock: Clock) -> int:
    """Open a piece of work for each statement that is late by now, once; how many. A later night takes the rest."""
    today, now = clock.day(), clock.instant()
    days = rules.at("contributions.payment.days", today).integer
    midnight = datetime.combine(today - timedelta(days=days), time(), PARIS)
    found = [(one, due_on(one.issued_at.astimezone(PARIS).date(), rules)) for one in await payments.late(tx, midnight)]
    late = [(one, due) for one, due in found if due < today]
    await payments.remind(tx, late, now)
    await publish_many(
        tx,
        [
            Outgoing(WorkItemOpened.of_statement(one, due), key=one.contract.employer, employer=one.contract.employer)
            for one, due in late
        ],
    )
    return len(late)


async def _parts(tx: AsyncConnection, paid: Payment, named: Named) -> tuple[Allocation, ...]:
    owed = await payments.owed(tx, paid.contract)
    return oldest_first(paid.left, owed) if named is None else as_named(paid.left, owed, named)


async def _held(tx: AsyncConnection, key: UUID) -> Payment:
    """A payment that counts, its employer's contract held until commit."""
    paid = await payments.one(tx, key)
    if paid is None:
        raise UnknownPayment
    await ledger.lock(tx, paid.contract.employer)
    paid = await _again(tx, key)
    if paid.cancelled is not None:
        raise PaymentCancelled
    return paid


async def _again(tx: AsyncConnection, key: UUID) -> Payment:
    found = await payments.one(tx, key)
    assert found is not None, "what was recorded stays"
    return found


async def _tell(tx: AsyncConnection, data: PaymentRecorded | PaymentWasCancelled, paid: Payment) -> None:
    contract = paid.contract
    subject = f"/v1/payments/{paid.id}"
    await publish(
        tx, data, key=contract.employer, employer=contract.employer, insurer=contract.insurer or None, subject=subject
    )


async def _settled(tx: AsyncConnection, parts: Sequence[Allocation], at: datetime) -> None:
    """Close the work on statements that are late no more."""
    closed = await payments.no_longer_late(tx, [one.statement for one in parts], at)
    await publish_many(
        tx,
        [
            Outgoing(WorkItemClosed.of_statement(one, due), key=one.contract.employer, employer=one.contract.employer)
            for one, due in closed
        ],
    )
