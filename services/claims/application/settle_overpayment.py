"""Pay back, give up or spread what is owed. The agent is held first, so that two movements never share a balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS
from kit.events.outbox import publish_many
from kit.ids import new_id
from kit.money import Money
from kit.period import add_years
from kit.recording import Recording
from rules.book import RuleBook
from services.claims.adapters import overpayments, progress
from services.claims.adapters.overpayments import Movement, Standing
from services.claims.application.deciding import Subject
from services.claims.application.follow_overpayments import tell_settled
from services.claims.application.tell_deadlines import tell_deadlines
from services.claims.domain.agent_file import AgentFile
from services.claims.domain.errors import DayTooEarly, DayTooLate, UnknownOverpayment
from services.claims.domain.overpayment import Instalment, MovementKind, WaiverGround, schedule
from services.claims.domain.stated_day import check_day

# Beyond, the first instalment is a mistyped year.
LATEST_START_YEARS: Final = 5


@dataclass(frozen=True, slots=True)
class Settlement:
    """A part paid back (`ground` None), or given up for a reason; `amount` None: all that is left."""

    on: date
    amount: Money | None = None
    ground: WaiverGround | None = None
    note: str | None = None


async def settle(
    tx: AsyncConnection, identifier: UUID, what: Settlement, rules: RuleBook, recording: Recording
) -> Standing:
    """Record the movement; the last one settles the overpayment.

    Raises UnknownOverpayment, MoreThanOwed, DayInFuture, DayTooEarly.
    """
    standing = await _held(tx, identifier)
    check_day(what.on, standing.about.month.first, recording.at.astimezone(PARIS).date(), "/on")
    about, amount = standing.about, standing.owed.balance if what.amount is None else what.amount
    left = standing.owed.less(amount)
    movement = Movement(
        id=new_id(),
        employer=about.employer,
        overpayment=about.id,
        kind=(MovementKind.WAIVED if what.ground else MovementKind.RECOVERED).value,
        amount=amount,
        happened_on=what.on,
        ground=what.ground.value if what.ground else None,
        note=what.note,
        decision=None,
        recorded_at=recording.at,
        recorded_by=recording.by,
    )
    await overpayments.move(tx, [movement])
    if not left.balance:
        subject = Subject(about.employer, about.agent, AgentFile(), rules, recording.at)
        await publish_many(tx, [tell_settled(subject, standing)])
        await tell_deadlines(tx, [(about.employer, about.agent)], rules, subject.today)
    return Standing(about, left)


async def spread(
    tx: AsyncConnection, identifier: UUID, count: int, first_due: date, recording: Recording
) -> tuple[Instalment, ...]:
    """Agree on a schedule for what is left. Raises UnknownOverpayment, ScheduleTooLong, DayTooEarly, DayTooLate."""
    standing = await _held(tx, identifier)
    if first_due < standing.about.month.first:
        raise DayTooEarly(pointer="/first_due")
    if first_due > add_years(recording.at.astimezone(PARIS).date(), LATEST_START_YEARS):
        raise DayTooLate(pointer="/first_due")
    found = schedule(standing.owed.balance, count, first_due)
    await overpayments.plan(tx, standing.about, found, recording.at, recording.by)
    return found


async def _held(tx: AsyncConnection, identifier: UUID) -> Standing:
    standing = await overpayments.one(tx, identifier)
    if standing is None:
        raise UnknownOverpayment
    await progress.lock(tx, [str(standing.about.agent)])
    again = await overpayments.one(tx, identifier)
    assert again is not None, "an overpayment is never deleted"
    return again
