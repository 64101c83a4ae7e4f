"""State what raises annuities, or what social security pays; then decide again whom it concerns."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from rules.book import RuleBook
from services.claims.adapters import files, progress, stated
from services.claims.adapters.redecisions import Cause
from services.claims.adapters.stated import StatedAllowance, StatedRevaluation
from services.claims.application.redecide import redecide
from services.claims.application.redecider import decide_or_ask
from services.claims.domain.errors import OverlappingAllowances, UnknownAgreement


async def revalue(tx: AsyncConnection, revaluation: StatedRevaluation, rules: RuleBook, clock: Clock) -> None:
    """Raise the annuities of an accord from a day on. Raises UnknownAgreement."""
    if not await files.terms_of(tx, revaluation.agreement):
        raise UnknownAgreement(pointer="/agreement")
    await progress.lock_common(tx, revaluation.agreement)
    await stated.revalue(tx, revaluation)
    because = (Cause.REVALUATION, revaluation.agreement)
    await decide_or_ask(tx, because, await files.concerned(tx, revaluation.agreement), rules, clock)


async def notify(tx: AsyncConnection, allowance: StatedAllowance, rules: RuleBook, clock: Clock) -> None:
    """Keep what social security was notified to pay. Raises OverlappingAllowances."""
    await progress.lock(tx, [str(allowance.agent)])
    for known in await stated.notified(tx, allowance.employer, allowance.agent):
        apart = known.ends < allowance.starts or allowance.ends < known.starts
        if known.starts != allowance.starts and not apart:
            raise OverlappingAllowances(pointer="/start")
    await stated.notify(tx, allowance)
    await redecide(tx, allowance.employer, allowance.agent, rules, clock)
