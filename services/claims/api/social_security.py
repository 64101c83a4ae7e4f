"""Daily allowances of social security, as they were notified: they lower what is due; checked, never guessed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from kit.http.auth import Principal, requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Amount, Answer, DateText, Request, SiretText, example
from rules.book import NoValueAt
from services.claims.adapters import stated
from services.claims.adapters.stated import StatedAllowance
from services.claims.api.leaves import interval
from services.claims.api.parameters import DailyAmount
from services.claims.application.state_facts import state_days
from services.claims.domain.daily_allowances import AllowanceKind, Doubt, Stop, doubts
from services.claims.domain.errors import IntervalTooLong

# A year; what follows is notified anew.
MOST_DAYS: Final = 366
router = service_router(prefix="/v1/claims/daily-allowances", tags=["Sécurité sociale"])


class AllowanceRequest(Request):
    """What is paid a day, net of CSG and CRDS, over an interval; `stop_start`: the first day of the stop."""

    model_config = example(
        {
            "employer": "99985001900012",
            "agent": "0190a0b0-0000-7000-8000-000000000001",
            "kind": "SICKNESS",
            "stop_start": "2026-02-01",
            "start": "2026-02-04",
            "end": "2026-02-28",
            "daily": "35.00",
        }
    )

    employer: SiretText
    agent: UUID
    kind: AllowanceKind
    stop_start: DateText
    start: DateText
    end: DateText
    daily: DailyAmount


class AllowanceAnswer(Answer):
    """A notification as it is known."""

    kind: AllowanceKind
    start: DateText
    end: DateText
    daily: Amount
    recorded_at: datetime

    @classmethod
    def of(cls, found: StatedAllowance) -> AllowanceAnswer:
        said = {"kind": found.kind, "start": found.starts, "end": found.ends, "daily": found.daily}
        return cls.model_validate({**said, "recorded_at": found.recorded_at})


class NotedAnswer(AllowanceAnswer):
    """With what makes it doubtful; null where nobody vouches for the rules of that day."""

    doubts: list[Doubt] | None


class AllowancesAnswer(Answer):
    """All that was notified about an agent."""

    allowances: list[AllowanceAnswer]


@router.put("", operation_id="notify_daily_allowance", summary="Noter une indemnité journalière notifiée")
async def notify_daily_allowance(
    body: AllowanceRequest, caller: Annotated[Principal, requires("claims:write")], tx: Tx, rules: Rules, clock: Now
) -> NotedAnswer:
    caller.check_employer(body.employer)
    period = interval(body.start, body.end, "/end")
    if period.days > MOST_DAYS:
        raise IntervalTooLong(pointer="/end")
    said = StatedAllowance(
        employer=body.employer,
        agent=body.agent,
        starts=body.start,
        ends=body.end,
        kind=body.kind.value,
        daily=body.daily,
        recorded_at=clock.instant(),
        recorded_by=caller.client,
    )
    await state_days(tx, said, rules, clock)
    try:
        found = list(doubts(body.kind, period, body.daily, Stop(body.stop_start), rules))
    except NoValueAt:
        found = None
    return NotedAnswer(**dict(AllowanceAnswer.of(said)), doubts=found)


@router.get("", operation_id="list_daily_allowances", summary="Indemnités journalières notifiées d'un agent")
async def list_daily_allowances(
    caller: Annotated[Principal, requires("claims:read")],
    tx: Tx,
    employer: Annotated[SiretText, Query(description="SIRET de l'employeur.")],
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
) -> AllowancesAnswer:
    caller.check_employer(employer)
    found = await stated.about(tx, StatedAllowance, employer, agent)
    return AllowancesAnswer(allowances=[AllowanceAnswer.of(one) for one in found])
