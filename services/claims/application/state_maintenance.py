"""Record what an employer keeps of the RI, and decide again the agents it concerns."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from rules.book import RuleBook
from services.claims.adapters import files, maintenance, progress
from services.claims.adapters.maintenance import Statement
from services.claims.adapters.redecisions import Cause
from services.claims.application.redecider import decide_or_ask


async def state_maintenance(tx: AsyncConnection, statement: Statement, rules: RuleBook, clock: Clock) -> None:
    """Add a statement, unless the one in force for that kind and day says the same."""
    await progress.lock_common(tx, statement.employer)
    if any(_content(known) == _content(statement) for known in await maintenance.stated(tx, statement.employer)):
        return
    await maintenance.state(tx, statement)
    agents = await files.on_leave(tx, statement.employer)
    because = (Cause.MAINTENANCE, statement.employer)
    await decide_or_ask(tx, because, [(statement.employer, agent) for agent in agents], rules, clock)


def _content(statement: Statement) -> tuple[object, ...]:
    return (
        statement.kind,
        statement.starts,
        statement.full_rate,
        statement.half_rate,
        statement.deliberation,
    )
