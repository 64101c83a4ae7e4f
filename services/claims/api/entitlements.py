"""What the statute pays, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import Field

from kit.http.auth import requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import FIRST_YEAR, LAST_YEAR, Answer, DateText, RateText, SiretText
from kit.period import Period
from kit.rate import Rate
from rules import book
from rules.vocabulary import LeaveKind, Leg
from services.claims.application.entitlements import Law, entitlements
from services.claims.domain.entitlement import Entitlement, PaidPeriod
from services.claims.domain.errors import ReversedInterval
from services.claims.domain.late_notice import as_paid
from services.claims.domain.part_time import PartTime, of_full_time

router = service_router(prefix="/v1/entitlements", tags=["Droits"], dependencies=[requires("claims:read")])
FIRST_DAY: Final = date(FIRST_YEAR, 1, 1)
LAST_DAY: Final = date(LAST_YEAR, 12, 31)


class PeriodAnswer(Answer):
    """Adjacent days of one kind, leg and rate; the rate has two decimals.

    `full_time_rate`: of an agent who worked part-time, the share of full-time pay that is due. `paid_rate`: what is
    paid of what is due where a second sick note came late.
    """

    start: DateText
    end: DateText
    kind: LeaveKind
    leg: Leg
    rate: str
    days: int
    full_time_rate: RateText | None = Field(None, exclude_if=lambda rate: rate is None)
    paid_rate: RateText | None = Field(None, exclude_if=lambda rate: rate is None)

    @classmethod
    def of(cls, paid: PaidPeriod, full_time_rate: Rate | None = None, paid_rate: Rate | None = None) -> PeriodAnswer:
        return cls(
            start=paid.period.start,
            end=paid.period.last,
            kind=paid.kind,
            leg=paid.leg,
            rate=paid.rate.text(2),
            days=paid.period.days,
            full_time_rate=full_time_rate,
            paid_rate=paid_rate,
        )


def paid_periods(
    due: Entitlement, late: Sequence[Period], part_time: Sequence[PartTime], rules: book.Rules
) -> list[PeriodAnswer]:
    """What is due, in periods, with what part-time work and sick notes that came late make of it."""
    return [
        PeriodAnswer.of(part, share, paid)
        for whole, paid in as_paid(due.periods(), late, rules)
        for part, share in of_full_time([whole], part_time, rules)
    ]


class PassageAnswer(Answer):
    """The first day of a leave that is paid by half or not at all, if the leave goes on until then."""

    leave: str
    on: DateText


class EntitlementAnswer(Answer):
    """`held`: the code of what keeps anything from being decided about this agent."""

    agent: UUID
    employer: str | None
    periods: list[PeriodAnswer]
    half_pay: list[PassageAnswer]
    held: str | None
    trace: dict[str, Any]


@router.get("", operation_id="read_entitlements", summary="Plein et demi-traitement d'un agent, jour par jour")
async def read_entitlements(
    tx: Tx,
    rules: Rules,
    clock: Now,
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
    *,
    employer: Annotated[SiretText | None, Query(description="SIRET, si l'agent a plusieurs employeurs.")] = None,
    start: Annotated[DateText, Query(alias="from", description="Premier jour.")] = FIRST_DAY,
    end: Annotated[DateText, Query(alias="to", description="Dernier jour.")] = LAST_DAY,
) -> EntitlementAnswer:
    if end < start:
        raise ReversedInterval(pointer="/query/to")
    found = await entitlements(tx, agent, employer, Period(start, end), Law(rules, clock.day()))
    return EntitlementAnswer(
        agent=agent,
        employer=found.employer,
        periods=paid_periods(found.entitlement, found.late, found.part_time, rules),
        half_pay=[PassageAnswer(leave=passage.leave, on=passage.on) for passage in found.forecasts],
        held=found.held,
        trace=found.entitlement.trace("statutory-pay", "CGFP L. 822-1 et suivants", {"agent": str(agent)}).json(),
    )
