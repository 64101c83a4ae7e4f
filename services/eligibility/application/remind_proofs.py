"""Tell employers which yearly proofs of dispenses are due, and when they no longer are (rulebook S15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from kit.events.outbox import Outgoing
from services.eligibility.adapters.affiliations import OpenItem
from services.eligibility.application.work_payloads import WorkItemClosed, WorkItemOpened
from services.eligibility.domain.facts import DispenseRequest
from services.eligibility.domain.proofs_due import ProofDue

KIND: Final = "dispense-proof"
NOTICE_DAYS: Final = "dispense.proof.notice_days"


def open_items(
    agent: UUID, requests: Iterable[DispenseRequest], due: Iterable[ProofDue], today: date, notice_days: int
) -> tuple[OpenItem, ...]:
    """What one employer has to do today; `requests` are those made to it."""
    ids = {request.period.start: request.id for request in requests}
    return tuple(
        OpenItem(f"/v1/agents/{agent}/dispenses/{ids[one.requested_on]}/proofs", one.due)
        for one in due
        if one.is_open(today, notice_days)
    )


def look_again(due: Iterable[ProofDue], today: date, notice_days: int) -> date | None:
    """The next day on which one of these is to be told; that of a lapse is known otherwise."""
    days = (one.told_from(notice_days) for one in due)
    return min((day for day in days if day > today), default=None)


def told(agent: UUID, employer: str, before: Sequence[OpenItem], now: Sequence[OpenItem]) -> Iterator[Outgoing]:
    """What is no longer to be done, then what is new; an item that stays open is not told again."""
    changed = [(WorkItemClosed, one) for one in before if one not in now]
    opened = [(WorkItemOpened, one) for one in now if one not in before]
    for kind, one in [*changed, *opened]:
        data = kind(kind=KIND, due=one.due, employer=employer, agent=str(agent), reference=one.reference)
        yield Outgoing(data, str(agent), employer, subject=f"/v1/agents/{agent}")
