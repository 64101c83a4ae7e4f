"""What a new day changes by itself: leaves of no known end go on, passages to half pay come near, annuities end."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.scheduler import Daily, Task
from rules.book import RuleBook
from services.claims.adapters import files
from services.claims.adapters.redecisions import Cause
from services.claims.application.redecider import decide_or_ask
from services.claims.application.tell_deadlines import day_changes_deadlines
from services.claims.domain.annuity import revaluation_day


def day_passes(rules: RuleBook, clock: Clock) -> Task:
    """Each night, decide again whom the day may change something for; nothing is written where it changes nothing."""

    async def run(tx: AsyncConnection, _due: datetime) -> None:
        today = clock.day()
        because = (Cause.DAY, today.isoformat())
        chosen = await files.open_ended(tx, today, revaluation_day(today, rules))
        await decide_or_ask(tx, because, chosen, rules, clock)
        await day_changes_deadlines(tx, rules, today)

    return Task("claims.day-passes", Daily(time(0, 20)), run)
