"""How a statement stands: what payments put on it, what is left, and by when."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from kit.clock import PARIS
from kit.http.auth import requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, SignedAmount
from kit.money import Money
from services.contributions.adapters import payments
from services.contributions.api.parameters import StatementId
from services.contributions.domain.errors import UnknownStatement
from services.contributions.domain.payment import due_on

router = service_router(tags=["Paiements"], dependencies=[requires("contributions:read")])
MAX_PAYMENTS: Final = 200


class PartAnswer(Answer):
    """A payment's part on the statement; below zero, a credit of it that was put on others."""

    payment: UUID
    received_on: date
    reference: str
    amount: SignedAmount


class StatementPaymentsAnswer(Answer):
    """`left` below zero is in the employer's favour. `payments`: 200 at most."""

    statement: UUID
    amount: SignedAmount
    paid: SignedAmount
    left: SignedAmount
    due: date
    late: bool
    payments: list[PartAnswer]


@router.get("/v1/statements/{statement}/payments", summary="Ce qui est payé d'un bordereau, ce qui reste, avant quand")
async def read(statement: StatementId, tx: Tx, rules: Rules, clock: Now) -> StatementPaymentsAnswer:
    """One statement, settled or not."""
    found = await payments.standing(tx, statement)
    if found is None:
        raise UnknownStatement
    due = due_on(found.issued_at.astimezone(PARIS).date(), rules)
    parts = await payments.put_on(tx, statement, MAX_PAYMENTS)
    return StatementPaymentsAnswer(
        statement=statement,
        amount=found.amount,
        paid=found.amount - found.left,
        left=found.left,
        due=due,
        late=due < clock.day() and found.left > Money.zero(),
        payments=[
            PartAnswer(payment=one.id, received_on=one.received_on, reference=one.reference, amount=part)
            for one, part in parts
        ],
    )
