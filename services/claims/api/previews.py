"""`POST /v1/claims/previews`: what a change would do, before anybody confirms it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from kit.clock import PARIS
from kit.http.auth import Principal, requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Amount, Answer, DateText, MonthText, Request, Share, SignedAmount, SiretText, example
from kit.ids import new_id
from kit.money import Money
from kit.recording import Recording
from rules.vocabulary import LeaveKind
from services.claims.adapters import maintenance
from services.claims.adapters.stated import StatedPartTime
from services.claims.api.leaves import PartTimeRequest, SeniorityDays, WaitingDays, interval
from services.claims.api.maintenance import MaintenanceRequest
from services.claims.api.replacements import ReplacedRequest
from services.claims.api.social_security import DaysPaidRequest
from services.claims.api.takeovers import TakenOverRequest
from services.claims.api.temporary_invalidity import MonthsPaidRequest
from services.claims.application import follow
from services.claims.application.preview import Supposed, preview, told
from services.claims.application.state_facts import keep_days
from services.claims.application.state_leave import keep_takeover

router = service_router(prefix="/v1/claims/previews", tags=["Sinistres"])
MAX_FACTS: Final = 100


class EntryRequest(Request):
    """A stop or a renewal, of a kind; `end` left out: not known yet. `quotity`: of a TPT.

    `sent_on`: the day the sick note was sent, where it was late.
    """

    kind: LeaveKind
    start: DateText
    end: DateText | None = None
    waiting_days: WaitingDays | None = None
    seniority_days: SeniorityDays | None = None
    quotity: Share | None = None
    sent_on: DateText | None = None


class LeaveRequest(Request):
    """A leave with all its entries, as it would stand; none: as if it had never been. `leave` left out: a new one."""

    leave: UUID | None = None
    entries: Annotated[list[EntryRequest], Field(max_length=MAX_FACTS)]

    def fact(self, who: dict[str, str], place: int) -> Supposed:
        """Raises ReversedInterval at the entry."""
        for number, entry in enumerate(self.entries):
            if entry.end is not None:
                interval(entry.start, entry.end, f"/leaves/{place}/entries/{number}/end")
        entries = [entry.model_dump(mode="json") for entry in self.entries]
        kind = self.entries[0].kind.value if self.entries else LeaveKind.CMO.value
        data = {**who, "leave": str(self.leave or new_id()), "kind": kind, "entries": entries}
        return told(follow.leave_changed if entries else follow.leave_cancelled, data)


class PayRequest(Request):
    """The pay of a month as it would be corrected."""

    month: MonthText
    tib: Amount
    nbi: Amount
    ri: Amount
    tpp: Amount | None = None
    sft: SignedAmount = Money.zero()
    ir: SignedAmount = Money.zero()

    def fact(self, who: dict[str, str]) -> Supposed:
        return told(follow.pay_recorded, {**who, **self.model_dump(mode="json")})


class InvalidityRequest(Request):
    """A recognition as it would stand; left out, `recognition` is a new one."""

    recognition: UUID | None = None
    start: DateText = Field(alias="from")
    cnracl_rate: Share | None = None
    ss_category: Annotated[str | None, Field(pattern="^[123]$")] = None
    atmp_rate: Share | None = None
    pension_net: Amount

    def fact(self, who: dict[str, str]) -> Supposed:
        said = self.model_dump(mode="json", by_alias=True, exclude={"recognition"})
        return told(follow.invalidity_recognised, {**who, **said, "recognition": str(self.recognition or new_id())})


class PreviewRequest(Request):
    """What is supposed of an agent at an employer, besides what is known; `ri_maintenance`: of that employer.

    Causes of leaves are not supposed: an answer would tell which leaves share one.
    """

    model_config = example(
        {
            "employer": "99985001900012",
            "agent": "0190a0b0-0000-7000-8000-000000000001",
            "pay": [{"month": "2026-01", "tib": "2067.57", "nbi": "73.84", "ri": "300.00"}],
        }
    )

    employer: SiretText
    agent: UUID
    leaves: Annotated[list[LeaveRequest], Field(max_length=MAX_FACTS)] = Field(default_factory=list)
    pay: Annotated[list[PayRequest], Field(max_length=MAX_FACTS)] = Field(default_factory=list)
    invalidities: Annotated[list[InvalidityRequest], Field(max_length=MAX_FACTS)] = Field(default_factory=list)
    ri_maintenance: Annotated[list[MaintenanceRequest], Field(max_length=MAX_FACTS)] = Field(default_factory=list)
    part_times: Annotated[list[PartTimeRequest], Field(max_length=MAX_FACTS)] = Field(default_factory=list)
    allowances: Annotated[list[DaysPaidRequest], Field(max_length=MAX_FACTS)] = Field(default_factory=list)
    temporary_invalidities: Annotated[list[MonthsPaidRequest], Field(max_length=MAX_FACTS)] = Field(
        default_factory=list
    )
    replacements: Annotated[list[ReplacedRequest], Field(max_length=MAX_FACTS)] = Field(default_factory=list)
    takeovers: Annotated[list[TakenOverRequest], Field(max_length=MAX_FACTS)] = Field(default_factory=list)

    def facts(self, recording: Recording) -> list[Supposed]:
        """Leaves first: the others may be about one. Raises ReversedInterval, IntervalTooLong."""
        who = {"employer": self.employer, "agent": str(self.agent)}
        leaves = [leave.fact(who, place) for place, leave in enumerate(self.leaves)]
        told_by_others = [*(one.fact(who) for one in self.pay), *(one.fact(who) for one in self.invalidities)]
        return [*leaves, *told_by_others, *self._stated(recording)]

    def _stated(self, recording: Recording) -> Iterator[Supposed]:
        who, today = (self.employer, self.agent), recording.at.astimezone(PARIS).date()
        for kept in self.ri_maintenance:
            yield _storing(maintenance.state, kept.stated(self.employer, recording))
        for place, one in enumerate(self.part_times):
            said = one.part_time(at := f"/part_times/{place}")
            about = StatedPartTime(*who, said.period.start, said.period.end, said.quotity, recording.at, recording.by)
            yield _storing(keep_days, about, at)
        for place, paid in enumerate(self.allowances):
            yield _storing(keep_days, paid.stated(*who, recording, at := f"/allowances/{place}"), at)
        for place, monthly in enumerate(self.temporary_invalidities):
            yield _storing(keep_days, monthly.stated(*who, recording, at := f"/temporary_invalidities/{place}"), at)
        for place, taken in enumerate(self.replacements):
            yield _storing(keep_days, taken.stated(*who, recording, at := f"/replacements/{place}"), at)
        for over in self.takeovers:
            yield _storing(keep_takeover, over.stated(*who, recording), today)


def _storing(store: Callable[..., Awaitable[object]], *said: object) -> Supposed:
    return lambda tx: store(tx, *said)


class ChangeAnswer(Answer):
    """What would be told: the type of the event, and what it would say."""

    type: str
    data: dict[str, Any]


class PreviewAnswer(Answer):
    """`benefit_delta`: what all months would change by; `overpaid`: what would have to be paid back."""

    held: str | None
    benefit_delta: SignedAmount
    overpaid: SignedAmount
    changes: list[ChangeAnswer]


@router.post("", operation_id="preview_change", summary="Ce qu'un changement ferait, avant de le confirmer")
async def preview_change(
    body: PreviewRequest,
    caller: Annotated[Principal, requires("claims:read", computes=True)],
    tx: Tx,
    rules: Rules,
    clock: Now,
) -> PreviewAnswer:
    caller.check_employer(body.employer)
    recording = Recording(clock.instant(), caller.client)
    found = await preview(tx, body.employer, body.agent, body.facts(recording), rules=rules, clock=clock)
    return PreviewAnswer(
        held=found.held,
        benefit_delta=found.benefit_delta,
        overpaid=found.overpaid,
        changes=[ChangeAnswer(type=name, data=data) for name, data in found.events],
    )
