"""Daily allowances of social security, as they were notified: they lower what is due; checked, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query

from kit.http.auth import Principal, requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Amount, Answer, DateText, Request, SiretText, example
from kit.period import Month
from kit.recording import Recording
from rules.book import NoValueAt
from rules.pay import PayElements
from services.claims.adapters import files, stated
from services.claims.adapters.stated import StatedAllowance
from services.claims.api.leaves import interval
from services.claims.api.parameters import DailyAmount
from services.claims.application.check_allowances import doubts_of
from services.claims.application.state_facts import state_days
from services.claims.domain.daily_allowances import AllowanceKind, Doubt, expected
from services.claims.domain.errors import IntervalTooLong

# A year; what follows is notified anew.
MOST_DAYS: Final = 366
router = service_router(prefix="/v1/claims/daily-allowances", tags=["Sécurité sociale"])


class DaysPaidRequest(Request):
    """What is paid a day, net of CSG and CRDS, over an interval; `stop_start`: the first day of the stop.

    `waiting_waived`: social security waived its waiting days; `long_illness`: an ALD; `checked`: somebody has looked
    into what was doubtful, and the notification says so indeed.
    """

    kind: AllowanceKind
    stop_start: DateText
    start: DateText
    end: DateText
    daily: DailyAmount
    waiting_waived: bool = False
    long_illness: bool = False
    checked: bool = False

    def stated(self, employer: str, agent: UUID, recording: Recording, pointer: str = "") -> StatedAllowance:
        """Raises ReversedInterval, IntervalTooLong at the end."""
        period = interval(self.start, self.end, f"{pointer}/end")
        if period.days > MOST_DAYS:
            raise IntervalTooLong(pointer=f"{pointer}/end")
        return StatedAllowance(
            employer=employer,
            agent=agent,
            starts=self.start,
            ends=self.end,
            kind=self.kind.value,
            daily=self.daily,
            stop_start=self.stop_start,
            waiting_waived=self.waiting_waived,
            long_illness=self.long_illness,
            checked=self.checked,
            recorded_at=recording.at,
            recorded_by=recording.by,
        )


class AllowanceRequest(DaysPaidRequest):
    """The same of an agent, as it was notified."""

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


class AllowanceAnswer(Answer):
    """A notification as it is known, and what the rules give beside it.

    `expected`: net, on its first day, with its `trace`; null where a month of pay is unknown. `doubts`: null where
    nobody vouches for the rules of that day.
    """

    kind: AllowanceKind
    start: DateText
    end: DateText
    daily: Amount
    stop_start: DateText | None
    waiting_waived: bool
    long_illness: bool
    checked: bool
    recorded_at: datetime
    expected: Amount | None
    trace: dict[str, Any] | None
    doubts: list[Doubt] | None

    @classmethod
    def of(
        cls, said: StatedAllowance, doubts: tuple[Doubt, ...] | None, pay: Mapping[Month, PayElements], rules: Rules
    ) -> AllowanceAnswer:
        try:
            found = expected(said.notified, pay, rules)
        except NoValueAt:
            found = None
        shown = {name: getattr(said, name) for name in cls.model_fields if hasattr(said, name)}
        daily, trace = (None, None) if found is None else (found[0], found[1].json())
        beside = {"expected": daily, "trace": trace, "doubts": doubts}
        return cls.model_validate({**shown, **beside, "start": said.starts, "end": said.ends})


class AllowancesAnswer(Answer):
    """All that was notified about an agent."""

    allowances: list[AllowanceAnswer]


@router.put("", operation_id="notify_daily_allowance", summary="Noter une indemnité journalière notifiée")
async def notify_daily_allowance(
    body: AllowanceRequest, caller: Annotated[Principal, requires("claims:write")], tx: Tx, rules: Rules, clock: Now
) -> AllowanceAnswer:
    caller.check_employer(body.employer)
    said = body.stated(body.employer, body.agent, Recording(clock.instant(), caller.client))
    await state_days(tx, said, rules, clock)
    return next(one for one in await _answers(tx, body.employer, body.agent, rules, clock) if one.start == body.start)


@router.get("", operation_id="list_daily_allowances", summary="Indemnités journalières notifiées d'un agent")
async def list_daily_allowances(
    caller: Annotated[Principal, requires("claims:read")],
    tx: Tx,
    employer: Annotated[SiretText, Query(description="SIRET de l'employeur.")],
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
    *,
    rules: Rules,
    clock: Now,
) -> AllowancesAnswer:
    caller.check_employer(employer)
    return AllowancesAnswer(allowances=await _answers(tx, employer, agent, rules, clock))


async def _answers(tx: Tx, employer: str, agent: UUID, rules: Rules, clock: Now) -> list[AllowanceAnswer]:
    said = await stated.about(tx, StatedAllowance, employer, agent)
    pay = (await files.load(tx, employer, agent, clock.day())).pay if said else {}
    return [AllowanceAnswer.of(one, found, pay, rules) for one, found in doubts_of(said, pay, rules)]
