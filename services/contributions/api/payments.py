"""Payments of employers, put on statements; how each contract stands, and what is still owed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest
from pydantic import Field

from kit.clock import PARIS
from kit.http.auth import Principal, requires
from kit.http.pagination import KeyPart, Page, Paging, paged
from kit.http.route import Idempotent, Now, Rules, Tx, service_router
from kit.http.types import Amount, Answer, Code, DateText, MonthText, Request, SignedAmount, SiretText, Text, example
from kit.ids import new_id
from kit.money import Money
from services.contributions.adapters import payments
from services.contributions.adapters.payments import Account, Contract, Payment, Receivable
from services.contributions.api.parameters import Order, PaymentId, after
from services.contributions.application.record_pay import Reception
from services.contributions.application.record_payment import (
    Named,
    allocate_payment,
    cancel_payment,
    record_payment,
)
from services.contributions.domain.errors import UnknownPayment
from services.contributions.domain.payment import Allocation, due_on

router = service_router(tags=["Paiements"])
Writer = Annotated[Principal, requires("contributions:write")]
Employer = Annotated[SiretText | None, Query(description="SIRET de l'employeur.")]
READS = [requires("contributions:read")]
MAX_NAMED = 500


class AllocationRequest(Request):
    """A part of the payment, put on one statement of its contract."""

    statement: UUID
    amount: Amount


class AllocationsRequest(Request):
    """The statements to settle; left out: the oldest first."""

    model_config = example({"allocations": [{"statement": "0190a0b0-0000-7000-8000-000000000001", "amount": "49.20"}]})

    allocations: Annotated[list[AllocationRequest] | None, Field(min_length=1, max_length=MAX_NAMED)] = None

    def named(self) -> Named:
        if self.allocations is None:
            return None
        return [Allocation(one.statement, one.amount) for one in self.allocations]


class PaymentRequest(AllocationsRequest):
    """What an employer paid on the contract of an accord with an insurer. `reference` is the bank's or the treasury's.

    Sent again with the same reference it is the same payment.
    """

    model_config = example(
        {
            "employer": "99985001900012",
            "agreement": "la-roche-sur-yon-2025",
            "insurer": "demo-a",
            "received_on": "2026-02-15",
            "amount": "1250.00",
            "reference": "VIR-2026-02-0017",
        }
    )

    employer: SiretText
    agreement: Code
    insurer: Code | None = None
    received_on: DateText
    amount: Annotated[Amount, Field(gt=Money.zero())]
    reference: Text

    def payment(self, reception: Reception) -> Payment:
        return Payment(
            id=new_id(),
            contract=Contract(self.employer, self.agreement, self.insurer or ""),
            received_on=self.received_on,
            amount=self.amount,
            reference=self.reference,
            recorded_at=reception.at,
            recorded_by=reception.client,
        )


class CancellationRequest(Request):
    """Why the payment does not count."""

    model_config = example({"reason": "Virement rejeté par la banque."})

    reason: Text


class AllocationAnswer(Answer):
    """Below zero: a credit of that statement, put on the others with the payment."""

    statement: UUID
    amount: SignedAmount


class ContractAnswer(Answer):
    """`insurer` null: the accord names none."""

    employer: str
    agreement: str
    insurer: str | None


class PaymentAnswer(ContractAnswer):
    """A payment, what it settles, and what is left of it. `cancelled`: why it counts no more."""

    id: UUID
    received_on: date
    amount: SignedAmount
    reference: str
    allocations: list[AllocationAnswer]
    unallocated: SignedAmount
    cancelled: str | None
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, found: Payment) -> Self:
        return cls(
            **_contract(found.contract),
            id=found.id,
            received_on=found.received_on,
            amount=found.amount,
            reference=found.reference,
            allocations=[AllocationAnswer(statement=one.statement, amount=one.amount) for one in found.allocations],
            unallocated=found.left,
            cancelled=found.cancelled,
            recorded_at=found.recorded_at,
            recorded_by=found.recorded_by,
        )


class AccountAnswer(ContractAnswer):
    """How a contract stands. `balance` above zero: the employer owes it; below: it paid more than was issued."""

    statements: int
    issued: SignedAmount
    paid: SignedAmount
    unallocated: SignedAmount
    balance: SignedAmount

    @classmethod
    def of(cls, found: Account) -> Self:
        return cls(
            **_contract(found.contract),
            statements=found.statements,
            issued=found.issued,
            paid=found.paid,
            unallocated=found.unallocated,
            balance=found.issued - found.paid,
        )


class AccountsAnswer(Page[AccountAnswer]):
    """A page of contracts; the totals are those of all that are asked for, on every page."""

    issued: SignedAmount
    paid: SignedAmount
    balance: SignedAmount


class ReceivableAnswer(ContractAnswer):
    """What is left of a statement; below zero, what is left of a regularisation in the employer's favour.

    `due`: by when it is to be paid, by a delay that is an assumption until the insurer's notice says one.
    """

    statement: UUID
    number: int
    month: MonthText
    amount: SignedAmount
    left: SignedAmount
    due: date
    late: bool


def _contract_key(*parts: KeyPart) -> Contract:
    """The contract that a cursor names."""
    employer, agreement, insurer = map(str, parts)
    return Contract(employer, agreement, insurer)


def _contract(found: Contract) -> dict[str, str | None]:
    return {"employer": found.employer, "agreement": found.agreement, "insurer": found.insurer or None}


@router.post(
    "/v1/payments",
    status_code=201,
    summary="Enregistrer un paiement et l'affecter à des bordereaux",
    responses={200: {"description": "Déjà enregistré"}},
)
async def record(
    *, body: PaymentRequest, caller: Writer, tx: Tx, clock: Now, response: Response, _once: Idempotent
) -> PaymentAnswer:
    """A new payment: 201. One already recorded under that reference, as it stands: 200."""
    caller.check_employer(body.employer)
    new = body.payment(Reception(clock.instant(), caller.client))
    found, is_new = await record_payment(tx, new, body.named())
    response.status_code = 201 if is_new else 200
    return PaymentAnswer.of(found)


@router.get("/v1/payments", summary="Paiements, dans l'ordre de leur enregistrement", dependencies=READS)
async def index(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    employer: Employer = None,
    order: Order = "oldest",
) -> Page[PaymentAnswer]:
    """Payments, whatever became of them."""
    found = await payments.after(tx, page.fetch, after(page), employer, newest=order == "newest")
    return paged(request, response, page, [PaymentAnswer.of(one) for one in found], lambda one: (one.id,))


@router.get("/v1/payments/{payment}", summary="Un paiement", dependencies=READS)
async def read(payment: PaymentId, tx: Tx) -> PaymentAnswer:
    """One payment."""
    found = await payments.one(tx, payment)
    if found is None:
        raise UnknownPayment
    return PaymentAnswer.of(found)


@router.post("/v1/payments/{payment}/allocations", summary="Affecter ce qui reste d'un paiement")
async def allocate(
    *, payment: PaymentId, body: AllocationsRequest, caller: Writer, tx: Tx, clock: Now, _once: Idempotent
) -> PaymentAnswer:
    """Put what is left of it on the statements named, or on the oldest."""
    reception = Reception(clock.instant(), caller.client)
    return PaymentAnswer.of(await allocate_payment(tx, payment, body.named(), reception))


@router.post("/v1/payments/{payment}/cancellation", summary="Annuler un paiement, avec un motif")
async def cancel(
    *, payment: PaymentId, body: CancellationRequest, caller: Writer, tx: Tx, clock: Now, _once: Idempotent
) -> PaymentAnswer:
    """The bank sent it back, or it was a mistake: what it settled is owed again."""
    reception = Reception(clock.instant(), caller.client)
    return PaymentAnswer.of(await cancel_payment(tx, payment, body.reason, reception))


@router.get("/v1/accounts", summary="Comptes par contrat : émis, payé, solde", dependencies=READS)
async def accounts(
    *, request: HttpRequest, response: Response, page: Paging, tx: Tx, employer: Employer = None
) -> AccountsAnswer:
    """Every contract in the caller's scope, and totals that are the sums of the rows of all pages."""
    found, whole = await payments.accounts(tx, page.fetch, page.start(_contract_key), employer)
    shown = paged(
        request,
        response,
        page,
        [AccountAnswer.of(one) for one in found],
        lambda one: (one.employer, one.agreement, one.insurer or ""),
    )
    balance = whole.issued - whole.paid
    return AccountsAnswer(items=shown.items, next=shown.next, issued=whole.issued, paid=whole.paid, balance=balance)


@router.get("/v1/receivables", summary="Bordereaux qui restent dus, dans l'ordre", dependencies=READS)
async def receivables(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    rules: Rules,
    clock: Now,
    employer: Employer = None,
) -> Page[ReceivableAnswer]:
    """Statements that are not settled, by when each is to be paid, and whether it is late today."""
    today = clock.day()

    def shown(one: Receivable) -> ReceivableAnswer:
        due = due_on(one.issued_at.astimezone(PARIS).date(), rules)
        return ReceivableAnswer(
            **_contract(one.contract),
            statement=one.statement,
            number=one.number,
            month=one.month,
            amount=one.amount,
            left=one.left,
            due=due,
            late=due < today and one.left > Money.zero(),
        )

    found = await payments.receivables(tx, page.fetch, after(page), employer)
    return paged(request, response, page, [shown(one) for one in found], lambda one: (one.statement,))
