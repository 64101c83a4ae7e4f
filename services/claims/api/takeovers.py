"""Claims taken over: leaves that a former insurer, or nobody, covered on their first day to pay."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.route import Idempotent, Now, Rules, Tx, service_router
from kit.http.types import Answer, Code, DateText, MonthText, Request, SiretText, Text, example
from services.claims.adapters.handling import StatedTakeover
from services.claims.api.parameters import MonthlyAmount
from services.claims.application.state_leave import take_over

router = service_router(prefix="/v1/claims/takeovers", tags=["Sinistres"])


class ReferencePayRequest(Request):
    """The reference month, as the former insurer had it."""

    month: MonthText
    tib: MonthlyAmount
    nbi: MonthlyAmount
    ri: MonthlyAmount


class TakeoverRequest(Request):
    """From which day the accord pays for a leave that was not under its cover; the last statement about it counts."""

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
    leave: UUID
    agreement: Code
    start: DateText = Field(alias="from")
    former_insurer: Text
    reference_pay: ReferencePayRequest | None = None

    def stated(self, **recorded: Any) -> StatedTakeover:
        pay = self.reference_pay
        return StatedTakeover(
            employer=self.employer,
            agent=self.agent,
            leave=self.leave,
            agreement=self.agreement,
            starts=self.start,
            former_insurer=self.former_insurer,
            reference_month=pay.month if pay else None,
            tib=pay.tib if pay else None,
            nbi=pay.nbi if pay else None,
            ri=pay.ri if pay else None,
            **recorded,
        )


class TakeoverAnswer(Answer):
    """A leave that is taken over; its claim is found among those of its agent."""

    employer: str
    agent: UUID
    leave: UUID
    agreement: str
    start: DateText = Field(serialization_alias="from")
    former_insurer: str


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
    await take_over(tx, body.stated(recorded_at=clock.instant(), recorded_by=caller.client), rules, clock)
    said = {name: getattr(body, name) for name in TakeoverAnswer.model_fields}
    return TakeoverAnswer(**said)
