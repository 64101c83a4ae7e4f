"""Decide agents again from their whole files, whatever fact came last, and write only what differs.

Facts may come in any order and any number of times: with the same facts this finds the same amounts, and nothing to do.
One agent or a thousand go the same way: what is known of all is read in a statement a table, and written in one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.errors import RelaisError
from kit.events.outbox import BATCH_LIMIT, Outgoing, publish_many
from rules.book import RuleBook
from services.claims.adapters import files, progress
from services.claims.adapters.asked import Who
from services.claims.adapters.standing import standing
from services.claims.adapters.writes import Writes
from services.claims.application.announce_half_pay import announce_half_pay
from services.claims.application.check_allowances import doubtful
from services.claims.application.decide_annuities import decide_annuities
from services.claims.application.decide_capitals import decide_capitals
from services.claims.application.decide_claims import decide_claims
from services.claims.application.deciding import Subject
from services.claims.application.tell_deadlines import deadlines_near
from services.claims.application.tell_work import of_insurers, tell_work
from services.claims.domain.annuity import is_to_raise, revaluation_day
from services.claims.domain.benefits import Alert
from services.claims.domain.due_capitals import propose_capitals
from services.claims.domain.proposal import ProposedAnnuity, propose
from services.claims.domain.work import Work, held_by, work_on


@dataclass(slots=True)
class _Taken:
    """What came out of a set: what to write and to tell, who decided, and why the others could not be."""

    writes: Writes = field(default_factory=Writes)
    events: list[Outgoing] = field(default_factory=list)
    decided: list[Who] = field(default_factory=list)
    held: dict[Who, str] = field(default_factory=dict)
    work: dict[Who, set[Work]] = field(default_factory=dict)


async def redecide(tx: AsyncConnection, employer: str, agent: UUID, rules: RuleBook, clock: Clock) -> list[Outgoing]:
    """One agent, whom the caller holds (`progress.lock`), as `redecide_held`."""
    return await redecide_held(tx, [(employer, agent)], rules, clock)


async def redecide_all(tx: AsyncConnection, agents: Iterable[Who], rules: RuleBook, clock: Clock) -> None:
    """Several, held in one order, so that two runs cannot wait for each other."""
    chosen = sorted(set(agents))
    await progress.lock(tx, [str(agent) for _, agent in chosen])
    await redecide_held(tx, chosen, rules, clock)


async def redecide_held(tx: AsyncConnection, who: Collection[Who], rules: RuleBook, clock: Clock) -> list[Outgoing]:
    """Bring what is decided in line with the facts, and publish the differences, which are returned.

    Of an agent without leave, invalidity or death there is nothing to decide. While a rebuild is behind what decisions
    about an agent rest on, nothing is done about him. Facts that contradict each other hold his case: nothing is
    decided, and what was stays, until they agree.
    """
    chosen = await files.with_case(tx, who)
    if not chosen:
        return []
    await progress.share_common(tx, chosen)
    behind = await progress.behind(tx, [agent for _, agent in chosen])
    chosen = [one for one in chosen if one[1] not in behind]
    known = await files.load_many(tx, chosen, clock.day())
    before = await standing(tx, chosen)
    at, taken = clock.instant(), _Taken()
    for one in chosen:
        await _decide(tx, Subject(*one, known[one], rules, at, before[one]), taken)
    await taken.writes.flush(tx)
    await progress.settle(tx, taken.decided, taken.held, at)
    for one in (await doubtful(tx, known, rules)) & taken.work.keys():
        taken.work[one].add(Work.DAILY_ALLOWANCE_DOUBTFUL)
    told = list(taken.work)
    items = [*await of_insurers(tx, told), *await deadlines_near(tx, told, rules, clock.day())]
    await tell_work(tx, taken.work, items, {Work.ANNUITY_TO_REVALUE: revaluation_day(clock.day(), rules)})
    for start in range(0, len(taken.events), BATCH_LIMIT):
        await publish_many(tx, taken.events[start : start + BATCH_LIMIT])
    rests_on = {(one[1], held.agreement) for one in taken.decided for held in known[one].affiliations}
    await progress.note_decided(tx, [agent for _, agent in taken.decided], rests_on)
    return taken.events


async def _decide(tx: AsyncConnection, subject: Subject, taken: _Taken) -> None:
    """One agent of a set; what he changes joins what is taken unless his case is held."""
    who, file, rules = (subject.employer, subject.agent), subject.file, subject.rules
    try:
        proposal = propose(file, rules)
        work = set(work_on(file, proposal.claims, subject.today, rules))
        events = announce_half_pay(subject, proposal.forecasts)
        settled = await decide_claims(tx, subject, proposal.claims)
        events += settled.events
        events += await decide_annuities(tx, subject, proposal.annuities, settled.by_leave)
        events += await decide_capitals(tx, subject, propose_capitals(file, proposal, rules))
    except RelaisError as refusal:
        taken.held[who] = refusal.code
        taken.work[who] = {held_by(refusal.code)}
        return
    taken.work[who] = work | _of_awards(subject) | _of_annuities(subject, proposal.annuities)
    if proposal.unverified is not None:
        taken.held[who] = proposal.unverified
        taken.work[who].add(held_by(proposal.unverified))
    taken.decided.append(who)
    taken.writes.add(subject.writes)
    taken.events += events


def _of_annuities(subject: Subject, proposed: Iterable[ProposedAnnuity]) -> set[Work]:
    """Annuities that something is paid of, and that nobody raised on the last day to do it."""
    last = {one.recognition: one for one in (*subject.before.annuities.values(), *subject.writes.annuities)}
    paid = {str(recognition) for recognition, one in last.items() if one.monthly}
    day = revaluation_day(subject.today, subject.rules)
    running = (one for one in proposed if one.recognition.id in paid)
    waits = any(is_to_raise(one.recognition.invalidity.start, one.run, day) for one in running)
    return {Work.ANNUITY_TO_REVALUE} if waits else set()


def _of_awards(subject: Subject) -> set[Work]:
    """What people decided of an annuity or a capital, and others must approve, or look at again."""
    before, now = subject.before, subject.writes
    last = {one.annuity: one.alerts for one in (*before.annuities.values(), *now.annuities)}
    last |= {one.capital: one.alerts for one in (*before.capitals.values(), *now.capitals)}
    found = {Work.OVERRIDE_TO_REVIEW} if any(Alert.OVERRIDE_TO_REVIEW in alerts for alerts in last.values()) else set()
    return found | ({Work.OVERRIDE_TO_APPROVE} if before.waiting else set())
