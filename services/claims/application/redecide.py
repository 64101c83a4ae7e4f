"""Decide an agent again from the whole file, whatever fact came last, and write only what differs.

Facts may come in any order and any number of times: with the same facts this finds the same amounts, and nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.errors import RelaisError
from kit.events.outbox import Outgoing, publish_many
from rules.book import RuleBook
from services.claims.adapters import files, progress
from services.claims.application.announce_half_pay import announce_half_pay
from services.claims.application.decide_annuities import decide_annuities
from services.claims.application.decide_capitals import decide_capitals
from services.claims.application.decide_claims import decide_claims
from services.claims.application.deciding import Subject
from services.claims.domain.due_capitals import propose_capitals
from services.claims.domain.proposal import propose


async def redecide(tx: AsyncConnection, employer: str, agent: UUID, rules: RuleBook, clock: Clock) -> list[Outgoing]:
    """Bring what is decided in line with the facts, and publish the differences, which are returned.

    The caller holds the agent (`progress.lock`). Of an agent without leave, invalidity or death there is nothing to
    decide. While a rebuild is behind what decisions rest on, nothing is done. Facts that contradict each other hold the
    case: nothing is decided, and what was stays, until they agree.
    """
    if not await files.has_case(tx, employer, agent):
        return []
    await progress.share_common(tx, employer, agent)
    if await progress.is_behind(tx, agent):
        return []
    file = await files.load(tx, employer, agent, clock.day())
    subject = Subject(employer, agent, file, rules, clock.instant())
    try:
        async with tx.begin_nested():
            proposal = propose(file, rules)
            events = await announce_half_pay(tx, subject, proposal.forecasts)
            settled = await decide_claims(tx, subject, proposal.claims)
            events += settled.events
            events += await decide_annuities(tx, subject, proposal.annuities, settled.by_leave)
            events += await decide_capitals(tx, subject, propose_capitals(file, proposal.annuities, rules))
    except RelaisError as refusal:
        await progress.hold(tx, employer, agent, refusal.code, subject.at)
        return []
    await progress.release(tx, employer, agent)
    await publish_many(tx, events)
    await progress.note_decided(tx, agent, [affiliation.agreement for affiliation in file.affiliations])
    return events


async def redecide_all(tx: AsyncConnection, agents: Iterable[tuple[str, UUID]], rules: RuleBook, clock: Clock) -> None:
    """Several, held in one order, so that two runs cannot wait for each other."""
    chosen = sorted(agents)
    await progress.lock(tx, [str(agent) for _, agent in chosen])
    for employer, agent in chosen:
        await redecide(tx, employer, agent, rules, clock)
