"""Announce passages to half pay, once each, when the known end of the leave comes near them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from kit.events.outbox import Outgoing
from services.claims.application.deciding import Subject
from services.claims.application.payloads import HalfPayForeseen
from services.claims.domain.spell import Forecast

# A leave that ends long before its passage is announced by no event; `GET /v1/entitlements` always says the day.
NOTICE: Final = timedelta(days=30)


def announce_half_pay(subject: Subject, found: Sequence[Forecast]) -> list[Outgoing]:
    """Remember what is announced, and return the events of what is new. A passage withdrawn is forgotten silently."""
    known = subject.before.forecasts
    near = {UUID(forecast.leave): forecast.on for forecast in found if forecast.on <= forecast.last + NOTICE}
    for leave in known.keys() - near.keys():
        if known[leave] is not None:
            subject.writes.forecasts[subject.employer, subject.agent, leave] = None
    events = []
    for leave, on in near.items():
        if known.get(leave) != on:
            subject.writes.forecasts[subject.employer, subject.agent, leave] = on
            data = HalfPayForeseen(**subject.names, leave=str(leave), on=on.isoformat())
            events.append(subject.tell(data, f"/v1/agents/{subject.agent}/leaves/{leave}"))
    return events
