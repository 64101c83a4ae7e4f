"""Claims taken over: leaves that a former insurer, or nobody, covered on their first day to pay."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.pagination import KeyPart, Page, Paging, paged
from kit.http.route import Idempotent, Now, Rules, Tx, service_router
from kit.http.types import Amount, Answer, Code, DateText, MonthText, Request, SiretText, Text, example
from kit.recording import Recording
from services.claims.adapters import handling
from services.claims.adapters.handling import StatedTakeover
from services.claims.api.parameters import MonthlyAmount
from services.claims.application.state_leave import LeaveRef, cancel_takeover, take_over

router = service_router(prefix="/v1/claims/takeovers", tags=["Sinistres"])


class ReferencePayRequest(Request):
    """The reference month, as the former insurer had it."""

    month: MonthText
    tib: MonthlyAmount
    nbi: MonthlyAmount
    ri: MonthlyAmount


class TakenOverRequest(Request):
    """From which day the accord pays for a leave that was not under its cover."""

    leave: UUID
    agreement: Code
    start: DateText = Field(alias="from")
    former_insurer: Text
    reference_pay: ReferencePayRequest | None = None

    def stated(self, employer: str, agent: UUID, recording: Recording) -> StatedTakeover:
        pay = self.reference_pay
        return StatedTakeover(
            employer=employer,
            agent=agent,
            leave=self.leave,
            agreement=self.agreement,
            starts=self.start,
            former_insurer=self.former_insurer,
            reference_month=pay.month if pay else None,
            tib=pay.tib if pay else None,
            nbi=pay.nbi if pay else None,
            ri=pay.ri if pay else None,
            recorded_at=recording.at,
            recorded_by=recording.by,
        )


class TakeoverRequest(TakenOverRequest):
    """The same of an agent; the last statement about a leave counts."""

    model_config = example(
        {
            "employer": "99985001900012",
            "agent": "0190a0b0-0000-7000-8000-000000000001",
            "leave": "0190a0b0-0000-7000-8000-000000000002",
            "agreement": "la-roche-sur-yon-2025",
            "from": "2026-06-01",
            "former_insurer": "Ancien assureur",
        }
    )

    employer: SiretText
    agent: UUID


class ReferencePayAnswer(Answer):
    """The reference month, as it was told."""

    month: MonthText
    tib: Amount
    nbi: Amount
    ri: Amount


class TakeoverAnswer(Answer):
    """A leave that is taken over; its claim is found among those of its agent.

    `cancelled`: why it is not taken over after all. `version` counts the statements about the leave, this one the last.
    """

    employer: str
    agent: UUID
    leave: UUID
    agreement: str
    start: DateText = Field(serialization_alias="from")
    former_insurer: str
    reference_pay: ReferencePayAnswer | None
    version: int
    cancelled: str | None
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, found: StatedTakeover) -> TakeoverAnswer:
        pay = {"month": found.reference_month, "tib": found.tib, "nbi": found.nbi, "ri": found.ri}
        said = {name: getattr(found, name) for name in cls.model_fields if hasattr(found, name)}
        return cls.model_validate(
            {**said, "start": found.starts, "reference_pay": pay if found.reference_month else None}
        )


class CancellationRequest(Request):
    """The leave is not taken over after all, and why; what it gave is taken back."""

    model_config = example(
        {
            "employer": "99985001900012",
            "agent": "0190a0b0-0000-7000-8000-000000000001",
            "leave": "0190a0b0-0000-7000-8000-000000000002",
            "reason": "L'ancien assureur garde ce sinistre.",
        }
    )

    employer: SiretText
    agent: UUID
    leave: UUID
    reason: Text


@router.get("", operation_id="list_takeovers", summary="Sinistres repris, d'un agent ou de tous")
async def list_takeovers(
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    _caller: Annotated[Principal, requires("claims:read")],
    *,
    agent: Annotated[UUID | None, Query(description="Identifiant de l'agent.")] = None,
) -> Page[TakeoverAnswer]:
    found = await handling.takeovers(tx, agent, page.start(_place), page.fetch)
    shown = [TakeoverAnswer.of(one) for one in found]
    return paged(request, response, page, shown, lambda item: (item.employer, item.agent, item.leave))


@router.post("", status_code=201, operation_id="take_over_claim", summary="Reprendre un sinistre d'un ancien assureur")
async def take_over_claim(
    body: TakeoverRequest,
    caller: Annotated[Principal, requires("claims:write")],
    tx: Tx,
    rules: Rules,
    clock: Now,
    *,
    _once: Idempotent,
) -> TakeoverAnswer:
    caller.check_employer(body.employer)
    said = body.stated(body.employer, body.agent, Recording(clock.instant(), caller.client))
    return TakeoverAnswer.of(await take_over(tx, said, rules, clock))


@router.post("/cancellations", operation_id="cancel_takeover", summary="Annuler la reprise d'un sinistre")
async def cancel_claim_takeover(
    body: CancellationRequest,
    caller: Annotated[Principal, requires("claims:write")],
    tx: Tx,
    rules: Rules,
    clock: Now,
    *,
    _once: Idempotent,
) -> TakeoverAnswer:
    caller.check_employer(body.employer)
    about = LeaveRef(body.employer, body.agent, body.leave)
    recording = Recording(clock.instant(), caller.client, body.reason)
    return TakeoverAnswer.of(await cancel_takeover(tx, about, recording, rules, clock))


def _place(employer: KeyPart, agent: KeyPart, leave: KeyPart) -> tuple[str, UUID, UUID]:
    return str(employer), UUID(str(agent)), UUID(str(leave))
