"""State what raises annuities, what social security pays, who works part-time or is replaced; then decide again."""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.errors import RelaisError
from kit.period import Period
from rules.book import RuleBook
from services.claims.adapters import files, progress, stated
from services.claims.adapters.redecisions import Cause
from services.claims.adapters.stated import OfDays, StatedPartTime, StatedReplacement, StatedRevaluation
from services.claims.application.redecide import redecide
from services.claims.application.redecider import decide_or_ask
from services.claims.domain.errors import (
    OverlappingAllowances,
    OverlappingPartTime,
    OverlappingReplacements,
    UnknownAgreement,
)

# What is said of days that another statement holds.
_OVERLAPS: Final[dict[type[OfDays], type[RelaisError]]] = {
    StatedPartTime: OverlappingPartTime,
    StatedReplacement: OverlappingReplacements,
}


async def revalue(tx: AsyncConnection, revaluation: StatedRevaluation, rules: RuleBook, clock: Clock) -> None:
    """Raise the annuities of an accord from a day on. Raises UnknownAgreement."""
    if not await files.terms_of(tx, revaluation.agreement):
        raise UnknownAgreement(pointer="/agreement")
    await progress.lock_common(tx, revaluation.agreement)
    await stated.revalue(tx, revaluation)
    because = (Cause.REVALUATION, revaluation.agreement)
    await decide_or_ask(tx, because, await files.concerned(tx, revaluation.agreement), rules, clock)


async def state_days(tx: AsyncConnection, said: OfDays, rules: RuleBook, clock: Clock) -> None:
    """Keep what holds on some of an agent's days, and decide again. Raises as `keep_days`."""
    await progress.lock(tx, [str(said.agent)])
    await keep_days(tx, said)
    await redecide(tx, said.employer, said.agent, rules, clock)


async def keep_days(tx: AsyncConnection, said: OfDays, pointer: str = "") -> None:
    """Keep it; the agent is held. Raises OverlappingAllowances, OverlappingPartTime, OverlappingReplacements."""
    days = Period(said.starts, said.ends)
    for known in await stated.about(tx, type(said), said.employer, said.agent):
        stand = not (_withdrawn(known) or _withdrawn(said))
        if stand and known.starts != said.starts and days.meets(Period(known.starts, known.ends)):
            raise _OVERLAPS.get(type(said), OverlappingAllowances)(pointer=f"{pointer}/start")
    await stated.keep(tx, said)


def _withdrawn(said: OfDays) -> bool:
    return isinstance(said, StatedReplacement) and said.withdrawn
