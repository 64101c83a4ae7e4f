"""Tell people of the days after which a claim cannot be declared, nor asked for, and an overpayment not asked back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import ONE_DAY, Period
from rules.book import Rules
from services.claims.adapters import deadlines, files, overpayments, progress
from services.claims.adapters.asked import Who
from services.claims.adapters.deadlines import Unsettled
from services.claims.application.tell_work import Item, tell_some
from services.claims.domain.deadlines import days_of, of_claim, watched
from services.claims.domain.overpayment import legal_code
from services.claims.domain.work import DEADLINES, Work

# For how many days after one came near or went by a night looks again: it may have been missed for some.
MISSED: Final = 7


async def deadlines_near(tx: AsyncConnection, who: Collection[Who], rules: Rules, today: date) -> list[Item]:
    """What of these agents has a day that is near, or just over."""
    days, found = watched(today, rules), list[Item]()
    claims = [one for one in await deadlines.unsettled(tx, who) if _any(one.opened_from, days, rules)]
    codes: dict[tuple[str, date], str | None] = {}
    for one in claims:
        under = (one.agreement, one.opened_from)
        if under not in codes:
            codes[under] = await _code(tx, one)
        for said in of_claim(str(one.claim), one.opened_from, one.stage, codes[under], rules):
            found += [Item(one.employer, one.agent, said.kind, said.reference, said.due)] if said.due in days else []
    for owed in await overpayments.lapsing_of(tx, who, days):
        assert owed.insurer_until is not None, "it ends within these days"
        reference = f"/v1/overpayments/{owed.id}/recoveries"
        found.append(Item(owed.employer, owed.agent, Work.OVERPAYMENT_PRESCRIPTION, reference, owed.insurer_until))
    return found


async def tell_deadlines(tx: AsyncConnection, who: Collection[Who], rules: Rules, today: date) -> None:
    """Publish what differs from what was told of them about these agents, who are held."""
    await tell_some(tx, who, DEADLINES, await deadlines_near(tx, who, rules, today))


async def day_changes_deadlines(tx: AsyncConnection, rules: Rules, today: date) -> None:
    """The same of those of whom one came near, or went by, in the last days."""
    days = watched(today, rules)
    moved = [Period(day - timedelta(days=MISSED), day) for day in (days.last, days.start - ONE_DAY)]
    first = [day for day in await deadlines.first_days(tx) if any(_any(day, one, rules) for one in moved)]
    who = await deadlines.opened_on(tx, first)
    who |= {(one.employer, one.agent) for days in moved for one in await overpayments.lapsing(tx, days)}
    await progress.lock(tx, sorted({str(agent) for _, agent in who}))
    await tell_deadlines(tx, who, rules, today)


def _any(opened_from: date, days: Period, rules: Rules) -> bool:
    return any(day in days for day in days_of(opened_from, rules))


async def _code(tx: AsyncConnection, one: Unsettled) -> str | None:
    """The code of the insurer that a claim is for."""
    versions = [terms for terms in await files.terms_of(tx, one.agreement) if terms.start <= one.opened_from]
    return legal_code(versions[-1].document, one.opened_from) if versions else None
