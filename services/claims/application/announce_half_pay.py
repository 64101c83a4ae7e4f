"""Announce passages to half pay, once each, when the known end of the leave comes near them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from kit.events.outbox import Outgoing
from services.claims.application.deciding import Subject
from services.claims.application.payloads import HalfPayForeseen
from services.claims.application.tell_work import WorkItemClosed
from services.claims.domain.spell import Forecast

# A leave that ends long before its passage is announced by no event; `GET /v1/entitlements` always says the day.
HALF_PAY: Final = "half-pay-without-claim"
NOTICE: Final = timedelta(days=30)


def announce_half_pay(subject: Subject, found: Sequence[Forecast]) -> list[Outgoing]:
    """Remember what is announced, and return the events of what is new, and of the work that is no longer to be done.

    Of a leave that is over nothing is announced: either it opened a claim, or nobody pays for it.
    """
    known = subject.before.forecasts
    going_on = (forecast for forecast in found if forecast.last >= subject.today)
    near = {UUID(forecast.leave): forecast.on for forecast in going_on if forecast.on <= forecast.last + NOTICE}
    events = []
    for leave in sorted(known.keys() - near.keys()):
        if known[leave] is not None:
            subject.writes.forecasts[subject.employer, subject.agent, leave] = None
            done = f"/v1/agents/{subject.agent}/leaves/{leave}"
            events.append(subject.tell(WorkItemClosed(kind=HALF_PAY, due=None, reference=done, **subject.names), done))
    for leave, on in near.items():
        if known.get(leave) != on:
            subject.writes.forecasts[subject.employer, subject.agent, leave] = on
            data = HalfPayForeseen(**subject.names, leave=str(leave), on=on.isoformat())
            events.append(subject.tell(data, f"/v1/agents/{subject.agent}/leaves/{leave}"))
    return events
