"""What must be paid back: read, paid back in part or in full, given up, spread over months."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest
from pydantic import Field, Strict

from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Idempotent, Now, Rules, Tx, service_router
from kit.http.types import Amount, Answer, DateText, MonthText, Request, Text, example
from kit.recording import Recording
from services.claims.adapters import overpayments
from services.claims.adapters.overpayments import Movement, Overpayment, Standing
from services.claims.api.cursors import after_id
from services.claims.api.parameters import OverpaymentId
from services.claims.application.settle_overpayment import Settlement, settle, spread
from services.claims.domain.errors import UnknownOverpayment
from services.claims.domain.overpayment import (
    Instalment,
    LateRecovery,
    MovementKind,
    OverpaymentKind,
    WaiverGround,
    late_recovery,
    left_of,
)

# Beyond, a schedule is a mistyped number.
LONGEST_SCHEDULE: Final = 120
router = service_router(prefix="/v1/overpayments", tags=["Trop-perçus"])
Reader = Annotated[Principal, requires("claims:read")]
Writer = Annotated[Principal, requires("claims:write")]
InstalmentCount = Annotated[int, Strict(), Field(ge=1, le=LONGEST_SCHEDULE)]


class OverpaymentAnswer(Answer):
    """A month paid and no longer due; until when each of the two may ask for it back, and by which text."""

    id: UUID
    employer: str
    agent: UUID
    agreement: str
    kind: OverpaymentKind
    claim: UUID | None
    month: MonthText
    decision: UUID
    amount: Amount
    balance: Amount
    status: str
    opened_on: DateText
    employer_until: DateText
    employer_reference: str
    insurer_until: DateText | None
    insurer_reference: str

    @classmethod
    def of(cls, standing: Standing) -> OverpaymentAnswer:
        about = standing.about
        fields = {name: getattr(about, name) for name in cls.model_fields if hasattr(about, name)}
        balance = standing.owed.balance
        return cls.model_validate({**fields, "balance": balance, "status": "open" if balance else "settled"})


class MovementAnswer(Answer):
    """What made it smaller. `warnings`: it was paid back after the last day on which it could be asked for."""

    kind: MovementKind
    amount: Amount
    happened_on: DateText
    ground: WaiverGround | None
    note: str | None
    decision: UUID | None
    recorded_at: datetime
    warnings: tuple[LateRecovery, ...] = ()

    @classmethod
    def of(cls, movement: Movement, about: Overpayment) -> MovementAnswer:
        late = late_recovery(movement.happened_on, about.employer_until, about.insurer_until)
        recovered = movement.kind == MovementKind.RECOVERED
        return cls.model_validate(movement).model_copy(update={"warnings": late if recovered else ()})


class InstalmentAnswer(Answer):
    """A part of a schedule."""

    due: DateText
    amount: Amount


class OverpaymentDetail(OverpaymentAnswer):
    """With all that was settled of it, and what the schedule in force still asks for."""

    movements: list[MovementAnswer]
    schedule: list[InstalmentAnswer]


class RecoveryRequest(Request):
    """A part paid back."""

    model_config = example({"amount": "10.00", "on": "2026-09-01"})

    amount: Amount
    on: DateText
    note: Text | None = None


class WaiverRequest(Request):
    """A part given up, or without `amount` all that is left."""

    model_config = example({"ground": "HARDSHIP", "on": "2026-09-15", "amount": "5.00"})

    ground: WaiverGround
    on: DateText
    amount: Amount | None = None
    note: Text | None = None


class ScheduleRequest(Request):
    """Equal monthly instalments of what is left."""

    model_config = example({"instalments": 3, "first_due": "2026-10-01"})

    instalments: InstalmentCount
    first_due: DateText


@router.get("", operation_id="list_overpayments", summary="Trop-perçus, d'un agent ou de tous")
async def list_overpayments(
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    _caller: Reader,
    *,
    agent: Annotated[UUID | None, Query(description="Identifiant de l'agent.")] = None,
    unsettled: Annotated[bool, Query(alias="open", description="Seulement ceux qui ne sont pas soldés.")] = False,
) -> Page[OverpaymentAnswer]:
    found = await overpayments.page(tx, agent, open_only=unsettled, after=after_id(page), limit=page.fetch)
    return paged(request, response, page, [OverpaymentAnswer.of(one) for one in found], lambda item: (item.id,))


@router.get("/{overpayment}", operation_id="read_overpayment", summary="Un trop-perçu, ses mouvements, son échéancier")
async def read_overpayment(overpayment: OverpaymentId, tx: Tx, _caller: Reader) -> OverpaymentDetail:
    return await _detail(tx, overpayment)


@router.post(
    "/{overpayment}/recoveries", status_code=201, operation_id="recover_overpayment", summary="Noter un remboursement"
)
async def recover_overpayment(
    overpayment: OverpaymentId,
    body: RecoveryRequest,
    caller: Writer,
    tx: Tx,
    rules: Rules,
    *,
    clock: Now,
    _once: Idempotent,
) -> OverpaymentDetail:
    recording = Recording(clock.instant(), caller.client)
    await settle(tx, overpayment, Settlement(body.on, body.amount, None, body.note), rules, recording)
    return await _detail(tx, overpayment)


@router.post("/{overpayment}/waivers", status_code=201, operation_id="waive_overpayment", summary="Abandonner un reste")
async def waive_overpayment(
    overpayment: OverpaymentId,
    body: WaiverRequest,
    caller: Writer,
    tx: Tx,
    rules: Rules,
    *,
    clock: Now,
    _once: Idempotent,
) -> OverpaymentDetail:
    recording = Recording(clock.instant(), caller.client)
    await settle(tx, overpayment, Settlement(body.on, body.amount, body.ground, body.note), rules, recording)
    return await _detail(tx, overpayment)


@router.put("/{overpayment}/schedule", operation_id="schedule_overpayment", summary="Convenir d'un échéancier")
async def schedule_overpayment(
    overpayment: OverpaymentId, body: ScheduleRequest, caller: Writer, tx: Tx, clock: Now
) -> OverpaymentDetail:
    await spread(tx, overpayment, body.instalments, body.first_due, Recording(clock.instant(), caller.client))
    return await _detail(tx, overpayment)


async def _detail(tx: Tx, identifier: UUID) -> OverpaymentDetail:
    standing = await overpayments.one(tx, identifier)
    if standing is None:
        raise UnknownOverpayment
    moved = [MovementAnswer.of(one, standing.about) for one in await overpayments.movements(tx, identifier)]
    _, planned = await overpayments.instalments(tx, identifier)
    schedule = [_instalment(one) for one in left_of(planned, standing.owed.balance)]
    shown = dict(OverpaymentAnswer.of(standing))
    return OverpaymentDetail(**shown, movements=moved, schedule=schedule)


def _instalment(one: Instalment) -> InstalmentAnswer:
    return InstalmentAnswer(due=one.due, amount=one.amount)
