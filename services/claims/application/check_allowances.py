"""Which daily allowances that were notified somebody should look into."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Month
from rules.book import Rules
from rules.pay import PayElements
from services.claims.adapters import stated
from services.claims.adapters.asked import Who
from services.claims.adapters.stated import StatedAllowance
from services.claims.domain.agent_file import AgentFile
from services.claims.domain.daily_allowances import Doubt, all_doubts


def doubts_of(
    said: Collection[StatedAllowance], pay: Mapping[Month, PayElements], rules: Rules
) -> Iterator[tuple[StatedAllowance, tuple[Doubt, ...] | None]]:
    """Each notification of an agent, and what is doubtful of it; None where nobody can tell."""
    notified = [one.notified for one in said]
    for one, about in zip(said, notified, strict=True):
        yield one, all_doubts(about, (other for other in notified if other is not about), pay, rules)


async def doubtful(tx: AsyncConnection, known: Mapping[Who, AgentFile], rules: Rules) -> set[Who]:
    """The agents of whom a notification is doubtful, and nobody has checked it."""
    told = await stated.allowances(tx, [one for one, file in known.items() if file.allowances])
    return {
        who
        for who, said in told.items()
        if any(doubts and not one.checked for one, doubts in doubts_of(said, known[who].pay, rules))
    }
