"""`POST /v1/claims/previews`: what a change would do, before anybody confirms it."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Amount, Answer, DateText, MonthText, Request, Share, SignedAmount, SiretText, example
from kit.ids import new_id
from rules.vocabulary import LeaveKind
from services.claims.api.leaves import SeniorityDays, WaitingDays, interval
from services.claims.application import follow
from services.claims.application.preview import Supposed, preview

router = service_router(prefix="/v1/claims/previews", tags=["Sinistres"])
MAX_FACTS: Final = 100


class EntryRequest(Request):
    """A stop or a renewal, of a kind; `end` left out: not known yet."""

    kind: LeaveKind
    start: DateText
    end: DateText | None = None
    waiting_days: WaitingDays | None = None
    seniority_days: SeniorityDays | None = None


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
        return Supposed(follow.leave_changed if entries else follow.leave_cancelled, data)


class PayRequest(Request):
    """The pay of a month as it would be corrected."""

    month: MonthText
    tib: Amount
    nbi: Amount
    ri: Amount
    tpp: Amount | None = None

    def fact(self, who: dict[str, str]) -> Supposed:
        return Supposed(follow.pay_recorded, {**who, **self.model_dump(mode="json")})


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
        return Supposed(follow.invalidity_recognised, {**who, **said, "recognition": str(self.recognition or new_id())})


class PreviewRequest(Request):
    """What is supposed of an agent at an employer, besides what is known."""

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

    def facts(self) -> list[Supposed]:
        who = {"employer": self.employer, "agent": str(self.agent)}
        leaves = [leave.fact(who, place) for place, leave in enumerate(self.leaves)]
        return [*leaves, *(one.fact(who) for one in self.pay), *(one.fact(who) for one in self.invalidities)]


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
    found = await preview(tx, body.employer, body.agent, body.facts(), rules=rules, clock=clock)
    return PreviewAnswer(
        held=found.held,
        benefit_delta=found.benefit_delta,
        overpaid=found.overpaid,
        changes=[ChangeAnswer(type=name, data=data) for name, data in found.events],
    )
