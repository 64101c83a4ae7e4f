"""AIT of agents in disponibilité, as notified: it lowers what is due; checked against its caps, never guessed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from kit.http.auth import Principal, requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Amount, Answer, DateText, Request, SiretText, example
from kit.recording import Recording
from rules.book import NoValueAt
from services.claims.adapters import stated
from services.claims.adapters.stated import StatedTemporaryInvalidity
from services.claims.api.benefits import Group
from services.claims.api.leaves import interval
from services.claims.api.parameters import MonthlyAmount
from services.claims.application.state_facts import state_days
from services.claims.domain.daily_allowances import Doubt
from services.claims.domain.temporary_invalidity import most

router = service_router(prefix="/v1/claims/temporary-invalidities", tags=["Sécurité sociale"])


class MonthsPaidRequest(Request):
    """What is paid a month, net, over an interval (six months as a rule), and the group it was granted in."""

    start: DateText
    end: DateText
    group: Group
    monthly: MonthlyAmount

    def stated(self, employer: str, agent: UUID, recording: Recording, pointer: str = "") -> StatedTemporaryInvalidity:
        """Raises ReversedInterval at the end."""
        period = interval(self.start, self.end, f"{pointer}/end")
        return StatedTemporaryInvalidity(
            employer=employer,
            agent=agent,
            starts=period.start,
            ends=period.last,
            invalidity_group=self.group,
            monthly=self.monthly,
            recorded_at=recording.at,
            recorded_by=recording.by,
        )


class NotificationRequest(MonthsPaidRequest):
    """The same of an agent, as it was notified."""

    model_config = example(
        {
            "employer": "99985001900012",
            "agent": "0190a0b0-0000-7000-8000-000000000001",
            "start": "2026-03-01",
            "end": "2026-08-31",
            "group": 1,
            "monthly": "620.00",
        }
    )

    employer: SiretText
    agent: UUID


class NotificationAnswer(Answer):
    """A notification as it is known, with what makes it doubtful (the SFT comes above the cap).

    `doubts` null: nobody vouches for the caps of that day.
    """

    start: DateText
    end: DateText
    group: int
    monthly: Amount
    recorded_at: datetime
    doubts: list[Doubt] | None

    @classmethod
    def of(cls, found: StatedTemporaryInvalidity, rules: Rules) -> NotificationAnswer:
        try:
            doubts = [Doubt.ABOVE_CAP] if found.monthly > most(found.invalidity_group, found.starts, rules) else []
        except NoValueAt:
            doubts = None
        said = {"start": found.starts, "end": found.ends, "group": found.invalidity_group, "monthly": found.monthly}
        return cls.model_validate({**said, "recorded_at": found.recorded_at, "doubts": doubts})


class NotificationsAnswer(Answer):
    """All that was notified about an agent."""

    temporary_invalidities: list[NotificationAnswer]


@router.put("", operation_id="notify_temporary_invalidity", summary="Noter une allocation d'invalidité temporaire")
async def notify_temporary_invalidity(
    body: NotificationRequest, caller: Annotated[Principal, requires("claims:write")], tx: Tx, rules: Rules, clock: Now
) -> NotificationAnswer:
    caller.check_employer(body.employer)
    said = body.stated(body.employer, body.agent, Recording(clock.instant(), caller.client))
    await state_days(tx, said, rules, clock)
    return NotificationAnswer.of(said, rules)


@router.get("", operation_id="list_temporary_invalidities", summary="Allocations d'invalidité temporaire d'un agent")
async def list_temporary_invalidities(
    caller: Annotated[Principal, requires("claims:read")],
    tx: Tx,
    employer: Annotated[SiretText, Query(description="SIRET de l'employeur.")],
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
    *,
    rules: Rules,
) -> NotificationsAnswer:
    caller.check_employer(employer)
    found = await stated.about(tx, StatedTemporaryInvalidity, employer, agent)
    return NotificationsAnswer(temporary_invalidities=[NotificationAnswer.of(one, rules) for one in found])
