"""Explain a line: what the agent owed for the month as its run saw it, computed again from the run's snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import decisions
from kit.trace import Trace
from rules.book import Rules
from services.contributions.adapters import statements
from services.contributions.adapters.statements import StoredLine
from services.contributions.domain.delta import Amounts, desired
from services.contributions.domain.errors import UnknownLine
from services.contributions.domain.replay import explained, informed, issued_before
from services.contributions.domain.treatment import Information


@dataclass(frozen=True, slots=True)
class Explanation:
    """A line is `owed` less what was already `issued`; `trace` says where `owed` comes from.

    `verified`: computing it again gives the line. `information`: what the law says of it, by the rules of today.
    """

    line: StoredLine
    owed: Amounts
    issued: Amounts
    trace: Trace
    verified: bool
    information: Information | None


async def explain_line(tx: AsyncConnection, key: UUID, rules: Rules) -> Explanation:
    """Raises UnknownLine, and AlteredDecisionError when the snapshot is not the one that was kept."""
    line = await statements.line(tx, key)
    if line is None:
        raise UnknownLine
    decision = await decisions.load(tx, line.run)
    assert decision is not None, "a run keeps its snapshot"
    about = line.delta.key
    again = explained(decision.snapshot, about.agent, about.month)
    assert again.trace is not None, "a month that is held issues no line"
    owed_now = desired(about.agent, about.month, again.dues).get(about)
    owed = owed_now.amounts if owed_now else Amounts.zero()
    issued = issued_before(decision.snapshot, about)
    verified = owed + -issued == line.delta.amounts
    return Explanation(
        line, owed, issued, again.trace, verified, informed(decision.snapshot, about.agent, again, rules)
    )
