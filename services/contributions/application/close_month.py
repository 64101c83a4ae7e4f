"""Close a month of an employer: issue what is left of it, then lock it. Reopen it, for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.ids import new_id
from kit.period import Month
from rules.book import RuleBook
from services.contributions.adapters import closings, ledger
from services.contributions.adapters.closings import Closing
from services.contributions.application.payloads.month import MonthWasClosed, MonthWasReopened
from services.contributions.application.record_pay import Reception
from services.contributions.application.run_contributions import RunOutcome, run_contributions
from services.contributions.domain.errors import FutureCutOff, MonthNotClosed


@dataclass(frozen=True, slots=True)
class ClosingOutcome:
    """The last run of the month; `closing` None when changes are parked, which somebody must look at first."""

    run: RunOutcome
    closing: Closing | None


async def close_month(
    tx: AsyncConnection, employer: str, month: Month, rules: RuleBook, reception: Reception, *, cut_off: datetime | None
) -> ClosingOutcome:
    """Settle the month with the pay received up to `cut_off` (None: by now), then lock it and all months before it.

    What arrives later goes to the next month's run. Raises FutureCutOff and MonthClosed.
    """
    if cut_off is not None and cut_off > reception.at:
        raise FutureCutOff(pointer="/cut_off")
    until = cut_off or reception.at
    outcome = await run_contributions(tx, employer, month, rules, reception, dry_run=False, until=until)
    if outcome.parked:
        return ClosingOutcome(outcome, None)
    closing = Closing(new_id(), employer, month, True, until, None, reception.at, reception.client)
    await closings.record(tx, closing)
    run = str(outcome.record.id) if outcome.record else None
    told = MonthWasClosed(employer=employer, month=str(month), cut_off=until.isoformat(), run=run)
    await publish(tx, told, key=employer, employer=employer)
    return ClosingOutcome(outcome, closing)


async def reopen_month(tx: AsyncConnection, employer: str, month: Month, reason: str, reception: Reception) -> Closing:
    """Open the month again, and those after it. Raises MonthNotClosed."""
    await ledger.lock(tx, employer)
    closed = await closings.closed_through(tx, employer)
    if closed is None or month > closed:
        raise MonthNotClosed(pointer="/month")
    closing = Closing(new_id(), employer, month, False, None, reason, reception.at, reception.client)
    await closings.record(tx, closing)
    await publish(tx, MonthWasReopened(employer=employer, month=str(month)), key=employer, employer=employer)
    return closing
