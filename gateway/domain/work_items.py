"""What a person has to do, read from the events of the services: those that say so, and those it follows from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, get_args

HALF_PAY: Final = "half-pay-without-claim"
CLAIM: Final = "claim-open"
OVERPAYMENT: Final = "overpayment"
PENSION: Final = "pension-to-check"
DOCUMENTS: Final = "documents-missing"
COVER: Final = "cover-after-return"
NOTICE: Final = "notice-undelivered"
PAYMENT: Final = "payment-above-decided"
INSURER: Final = "insurer-decisions-differ"
# What an agent's case waits for: shown on the agent's page as well.
Waiting = Literal[
    "leave-not-in-regime",
    "leave-quotity-wrong",
    "leave-too-long",
    "private-law-by-hand",
    "case-held",
    "daily-allowance-missing",
    "daily-allowance-doubtful",
    "payment-above-decided",
    "insurer-decisions-differ",
    "annuity-to-revalue",
    "override-to-approve",
    "override-to-review",
]
# Those above, then those of the services' own `work-item.*`.
Kind = Literal[
    "half-pay-without-claim",
    "claim-open",
    "overpayment",
    "pension-to-check",
    "documents-missing",
    "cover-after-return",
    "notice-undelivered",
    "dispense-proof",
    "contributions-parked",
    "statement-late",
    "claim-to-declare",
    "claim-prescription",
    "overpayment-prescription",
    Waiting,
]
KINDS: Final = get_args(Kind)
WAITING: Final = get_args(Waiting)
# What an event must say to change the list. One that does not changes nothing: the feeds give it all the same.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "work-item.opened": ("kind", "reference"),
    "work-item.closed": ("reference",),
    "half-pay.foreseen": ("agent", "leave", "on"),
    "claim.opened": ("claim", "leave", "from"),
    "overpayment.opened": ("overpayment", "employer_until"),
    "overpayment.settled": ("overpayment",),
    **{f"annuity.{happened}": ("annuity", "alerts") for happened in ("started", "adjusted", "ended")},
    "sick-leave.ended": ("leave", "end"),
    "sick-leave.cancelled": ("leave",),
    **{f"claim.{happened}": ("claim",) for happened in ("documented", "approved", "refused", "closed", "reopened")},
    "affiliation.withheld": ("agent", "agreement", "reasons", "timeline"),
    **{f"affiliation.{happened}": ("agent", "agreement") for happened in ("started", "ended")},
    **{f"notice.{happened}": ("agreement", "version", "agent") for happened in ("undelivered", "delivered")},
}
_SETTLES_CLAIM: Final = frozenset({"claim.approved", "claim.refused", "claim.closed"})
# The rule by which cover waits for a return to work, and the outcome of days that are covered (eligibility).
_RETURN: Final = "eligibility.return_to_work"
_COVERED: Final = "AFFILIATED"
_ENDS_LEAVE: Final = frozenset({"sick-leave.ended", "sick-leave.cancelled"})


@dataclass(frozen=True, slots=True)
class WorkItem:
    """`reference` is where it is done, and its name within the employer; `group` the leave or claim it stands on."""

    kind: str
    employer: str
    agent: str | None
    reference: str
    due: date | None
    group: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """The items of one `reference`, or of one `group`: of these kinds, due after this day, where that is said."""

    employer: str
    reference: str | None = None
    group: str | None = None
    kinds: tuple[str, ...] = ()
    due_after: date | None = None


def changes(kind: str, data: Mapping[str, Any], employer: str, at: datetime) -> Iterator[WorkItem | Closing]:
    """What an event (`<noun>.<past participle>`) changes of the list."""
    if kind not in _NEEDED or any(name not in data for name in _NEEDED[kind]):
        return
    noun, _, happened = kind.partition(".")
    if noun == "work-item":
        yield _told(happened, data, employer, at)
    elif noun == "claim":
        yield from _of_claim(kind, data, employer, at)
    elif noun == "overpayment":
        yield _of_overpayment(happened, data, employer, at)
    elif noun == "annuity":
        yield _of_annuity(happened, data, employer, at)
    elif noun == "affiliation":
        yield _of_cover(happened, data, employer, at)
    elif noun == "notice":
        yield _of_notice(happened, data, employer, at)
    elif kind == "half-pay.foreseen":
        leave, agent = str(data["leave"]), data["agent"]
        yield WorkItem(HALF_PAY, employer, agent, f"/v1/agents/{agent}/leaves/{leave}", _day(data["on"]), leave, at)
    elif kind in _ENDS_LEAVE:
        last = _day(data["end"]) if happened == "ended" else None
        yield Closing(employer, group=str(data["leave"]), kinds=(HALF_PAY,), due_after=last)


def _told(happened: str, data: Mapping[str, Any], employer: str, at: datetime) -> WorkItem | Closing:
    reference = str(data["reference"])
    if happened == "closed":
        return Closing(employer, reference=reference)
    return WorkItem(str(data["kind"]), employer, data.get("agent"), reference, _day(data.get("due")), None, at)


def _of_claim(kind: str, data: Mapping[str, Any], employer: str, at: datetime) -> Iterator[WorkItem | Closing]:
    if kind == "claim.opened":
        yield Closing(employer, group=str(data["leave"]), kinds=(HALF_PAY,))
        first, claim = _day(data["from"]), str(data["claim"])
        yield _claim(data, employer, first, at)
        yield WorkItem(DOCUMENTS, employer, data.get("agent"), _documents(data), first, claim, at)
    elif kind == "claim.documented":
        yield Closing(employer, reference=_documents(data))
    elif kind == "claim.reopened":
        yield _claim(data, employer, None, at)
    elif kind in _SETTLES_CLAIM:
        yield Closing(employer, reference=f"/v1/claims/{data['claim']}")
        yield Closing(employer, reference=_documents(data))


def _of_overpayment(happened: str, data: Mapping[str, Any], employer: str, at: datetime) -> WorkItem | Closing:
    reference = f"/v1/overpayments/{data['overpayment']}"
    if happened == "settled":
        return Closing(employer, reference=reference)
    due, claim = _day(data["employer_until"]), data.get("claim")
    return WorkItem(OVERPAYMENT, employer, data.get("agent"), reference, due, claim, at)


def _of_annuity(happened: str, data: Mapping[str, Any], employer: str, at: datetime) -> WorkItem | Closing:
    """A pension that its scheme would not pay was told wrong: whoever told it sees why in the annuity's decision."""
    reference = f"/v1/annuities/{data['annuity']}"
    if happened == "ended" or not any(str(alert).startswith("PENSION_") for alert in data["alerts"]):
        return Closing(employer, reference=reference)
    return WorkItem(PENSION, employer, data.get("agent"), reference, None, data.get("claim"), at)


def _of_cover(happened: str, data: Mapping[str, Any], employer: str, at: datetime) -> WorkItem | Closing:
    """Whoever was on leave at the effect joins some days after coming back: that day, once it is in sight."""
    reference = f"/v1/agents/{data['agent']}/affiliation#{data['agreement']}"
    waits = happened == "withheld" and any(reason.get("rule") == _RETURN for reason in data["reasons"])
    joins = [str(part["start"]) for part in data["timeline"] if part.get("outcome") == _COVERED] if waits else []
    if not joins:
        return Closing(employer, reference=reference)
    return WorkItem(COVER, employer, data["agent"], reference, _day(min(joins)), None, at)


def _of_notice(happened: str, data: Mapping[str, Any], employer: str, at: datetime) -> WorkItem | Closing:
    """An e-mail with the notice that came back: the agent waits for that version again, at once."""
    reference = f"/v1/agreements/{data['agreement']}/notices/{data['version']}#{data['agent']}"
    if happened == "delivered":
        return Closing(employer, reference=reference)
    return WorkItem(NOTICE, employer, data["agent"], reference, _day(data.get("on")), None, at)


def _documents(data: Mapping[str, Any]) -> str:
    return f"/v1/claims/{data['claim']}/file"


def _claim(data: Mapping[str, Any], employer: str, due: date | None, at: datetime) -> WorkItem:
    return WorkItem(CLAIM, employer, data.get("agent"), f"/v1/claims/{data['claim']}", due, str(data["claim"]), at)


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
