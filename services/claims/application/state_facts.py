"""State what raises annuities, what social security pays or who works part-time; then decide again whom it concerns."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.period import Period
from rules.book import RuleBook
from services.claims.adapters import files, progress, stated
from services.claims.adapters.redecisions import Cause
from services.claims.adapters.stated import OfDays, StatedPartTime, StatedRevaluation
from services.claims.application.redecide import redecide
from services.claims.application.redecider import decide_or_ask
from services.claims.domain.errors import OverlappingAllowances, OverlappingPartTime, UnknownAgreement


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
    """Keep it; the agent is held. Raises OverlappingAllowances, OverlappingPartTime at the start."""
    days = Period(said.starts, said.ends)
    for known in await stated.about(tx, type(said), said.employer, said.agent):
        if known.starts != said.starts and days.meets(Period(known.starts, known.ends)):
            overlap = OverlappingPartTime if isinstance(said, StatedPartTime) else OverlappingAllowances
            raise overlap(pointer=f"{pointer}/start")
    await stated.keep(tx, said)
