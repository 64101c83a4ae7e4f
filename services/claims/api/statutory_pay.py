"""`POST /v1/simulations/statutory-pay`: what is read and what is shown."""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field

from kit.errors import pointing_at
from kit.http.types import Answer, DateText, Request, example
from rules.book import Rules
from services.claims.api.entitlements import PeriodAnswer, paid_periods
from services.claims.api.leaves import LeaveRequest, PartTimeRequest, StatusRequest, entries, interval, part_times
from services.claims.domain.late_notice import halved
from services.claims.domain.statutory import statutory_pay

# More than a career holds.
MAX_PART_TIMES: Final = 100


class PersonRequest(StatusRequest):
    """`titular` false is a stagiaire; `service_start` is required for contractuels.

    `part_time`: authorisations to work part-time; pay is theirs until they end, that of full time afterwards.
    """

    part_time: list[PartTimeRequest] = Field(default_factory=list, max_length=MAX_PART_TIMES)


class StatutoryPayRequest(Request):
    """An agent's leaves, and the days to show."""

    model_config = example(
        {
            "agent": {"regime": "CNRACL", "service_start": "2005-09-01", "titular": True},
            "leaves": [
                {"kind": "CMO", "start": "2026-02-01", "end": "2026-03-31", "waiting_days": 0},
                {"kind": "CMO", "start": "2026-04-01", "end": "2026-06-30"},
            ],
            "from": "2026-02-01",
            "to": "2026-06-30",
        }
    )

    agent: PersonRequest
    leaves: list[LeaveRequest]
    start: DateText = Field(alias="from")
    end: DateText = Field(alias="to")


class StatutoryPayAnswer(Answer):
    """Days without leave are left out."""

    periods: list[PeriodAnswer]
    trace: dict[str, Any]


def answer(body: StatutoryPayRequest, rules: Rules) -> StatutoryPayAnswer:
    """The days asked for, decided from all the leaves given."""
    shown = interval(body.start, body.end, "/to")
    person, told = body.agent.person("/agent"), entries(body.leaves)
    with pointing_at("/leaves"):
        found = statutory_pay(person, told, rules).within(shown)
        late = halved(person, told, rules)
    inputs: dict[str, object] = {"regime": body.agent.regime, "from": body.start, "to": body.end}
    inputs |= {"interruptions": person.interruptions} if person.interruptions else {}
    worked = part_times(body.agent.part_time, "/agent/part_time")
    return StatutoryPayAnswer(
        periods=paid_periods(found, late, worked, rules),
        trace=found.trace("statutory-pay", "CGFP L. 822-1 et suivants", inputs).json(),
    )
