"""Part-time work that was authorised: pay goes by it until it ends, and that of full time revives in a leave."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from kit.http.auth import Principal, requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, DateText, RateText, SiretText, example
from services.claims.adapters import stated
from services.claims.adapters.stated import StatedPartTime
from services.claims.api.leaves import PartTimeRequest
from services.claims.application.state_facts import state_days

router = service_router(prefix="/v1/claims/part-times", tags=["Temps partiels"])


class AuthorisationRequest(PartTimeRequest):
    """An agent's authorisation; the last statement about a first day counts, so that an end may be told later."""

    model_config = example(
        {
            "employer": "99985001900012",
            "agent": "0190a0b0-0000-7000-8000-000000000001",
            "start": "2025-09-01",
            "end": "2026-08-31",
            "quotity": "0.6000",
        }
    )

    employer: SiretText
    agent: UUID


class AuthorisationAnswer(Answer):
    """An authorisation as it is known."""

    start: DateText
    end: DateText | None
    quotity: RateText
    recorded_at: datetime

    @classmethod
    def of(cls, found: StatedPartTime) -> AuthorisationAnswer:
        return cls(start=found.starts, end=found.ends, quotity=found.quotity, recorded_at=found.recorded_at)


class AuthorisationsAnswer(Answer):
    """All that was authorised to an agent."""

    part_times: list[AuthorisationAnswer]


@router.put("", operation_id="state_part_time", summary="Noter une autorisation de travail à temps partiel")
async def state_part_time(
    body: AuthorisationRequest, caller: Annotated[Principal, requires("claims:write")], tx: Tx, rules: Rules, clock: Now
) -> AuthorisationAnswer:
    caller.check_employer(body.employer)
    asked = body.part_time("")
    said = StatedPartTime(
        employer=body.employer,
        agent=body.agent,
        starts=body.start,
        ends=asked.period.end,
        quotity=asked.quotity,
        recorded_at=clock.instant(),
        recorded_by=caller.client,
    )
    await state_days(tx, said, rules, clock)
    return AuthorisationAnswer.of(said)


@router.get("", operation_id="list_part_times", summary="Temps partiels autorisés d'un agent")
async def list_part_times(
    caller: Annotated[Principal, requires("claims:read")],
    tx: Tx,
    employer: Annotated[SiretText, Query(description="SIRET de l'employeur.")],
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
) -> AuthorisationsAnswer:
    caller.check_employer(employer)
    found = await stated.about(tx, StatedPartTime, employer, agent)
    return AuthorisationsAnswer(part_times=[AuthorisationAnswer.of(one) for one in found])
