"""What time alone does to accords: their conventions reach their term, and nobody insures them any more (S20)."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.recording import Recording
from kit.scheduler import Daily, Task
from services.agreements.adapters import agreements
from services.agreements.adapters.standings import standings
from services.agreements.application import plan_change
from services.agreements.application.change_agreement import carry_out

REASON: Final = "Terme des conventions de participation (art. 8)."
# Whom the history names when nobody acted.
BY: Final = "relais"
PAGE: Final = 200


def lapse_at_term(clock: Clock) -> Task:
    """Just after midnight in Paris. One run catches up every day missed: it looks at what is over, not at what ends."""

    async def run(tx: AsyncConnection, _due: datetime) -> None:
        recording, today = Recording(clock.instant(), BY, REASON), clock.day()
        keys = await agreements.after(tx, "", PAGE)
        while keys:
            for one in await standings(tx, keys):
                if one.insured_until is None or one.insured_until >= today:
                    continue
                plan = await plan_change.term(tx, one.id, today, REASON)
                if plan is not None:
                    await carry_out(tx, plan, recording)
            keys = await agreements.after(tx, keys[-1], PAGE)

    return Task("agreements.lapse-at-term", Daily(time(0, 2)), run)
