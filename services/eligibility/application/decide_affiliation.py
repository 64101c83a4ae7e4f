"""Decide the cover of agents again, from all their facts and from the accords that bind their employers.

Called by the worker, who sees all employers. It does nothing until its inputs are there, and nothing when nothing
changed: facts and accords may come in any order and any number of times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.events.context import Chain
from kit.events.outbox import BATCH_LIMIT, Outgoing, publish_many
from kit.period import Period
from rules.book import Rules
from services.eligibility.adapters import affiliations, agents, identities, terms
from services.eligibility.adapters.affiliations import State, subject
from services.eligibility.application.payloads import (
    Affiliation,
    AffiliationEnded,
    AffiliationResumed,
    AffiliationStarted,
    AffiliationSuspended,
    AffiliationWithheld,
    EndingPart,
)
from services.eligibility.application.read_facts import Facts, read_facts
from services.eligibility.application.remind_proofs import NOTICE_DAYS, look_again, open_items
from services.eligibility.application.remind_proofs import told as work_items
from services.eligibility.application.status_payloads import Dispensation, DispensationGranted, DispensationLapsed
from services.eligibility.application.tell_deaths import tell_deaths
from services.eligibility.application.tell_employments import tell_employments
from services.eligibility.domain.announcement import Move, Transition, announce, transitions
from services.eligibility.domain.decision import Decision, inputs_of, taken
from services.eligibility.domain.documents import reason_document, timeline_document
from services.eligibility.domain.ending import ending_of
from services.eligibility.domain.facts import DispenseRequest

EVENTS: Final[dict[Move, type[Affiliation | Dispensation]]] = {
    Move.STARTED: AffiliationStarted,
    Move.SUSPENDED: AffiliationSuspended,
    Move.RESUMED: AffiliationResumed,
    Move.ENDED: AffiliationEnded,
    Move.GRANTED: DispensationGranted,
    Move.LAPSED: DispensationLapsed,
    Move.WITHHELD: AffiliationWithheld,
}


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A decision about one agent, employer and accord, beside what stood before."""

    agent: UUID
    employer: str
    agreement: str
    decision: Decision
    digest: str
    before: State | None
    content: Mapping[str, Any]
    requests: tuple[DispenseRequest, ...]

    @property
    def is_new(self) -> bool:
        return self.before is None or self.before.digest != self.digest


async def decide_affiliation(tx: AsyncConnection, who: Mapping[UUID, Chain], rules: Rules, clock: Clock) -> int:
    """Decide these agents again, each with what set it off, and publish what became otherwise; how many events.

    As many statements for one agent as for hundreds, as long as nobody among them died.
    """
    await agents.lock(tx, list(who))
    facts = await read_facts(tx, list(who))
    await identities.let_go(tx, list(who))
    events = await tell_employments(tx, facts, rules)
    events += await tell_deaths(tx, facts, clock)
    events += await _keep(tx, await _verdicts(tx, facts), rules, clock)
    chained = [replace(event, chain=who[UUID(event.key)]) for event in events]
    for first in range(0, len(chained), BATCH_LIMIT):
        await publish_many(tx, chained[first : first + BATCH_LIMIT])
    return len(events)


async def _verdicts(tx: AsyncConnection, facts: dict[UUID, Facts]) -> list[_Verdict]:
    employers = {employer for known in facts.values() for employer in known.employers()}
    accords: dict[str, list[tuple[Period, dict[str, Any]]]] = defaultdict(list)
    for employer, bound, content in await terms.binding(tx, sorted(employers)):
        accords[employer].append((bound, content))
    before = await affiliations.states(tx, list(facts))
    found: list[_Verdict] = []
    for agent, known in facts.items():
        for employer in known.employers():
            requests = tuple(one for one in known.dispenses if one.employer == employer)
            for bound, content in accords[employer]:
                agreement = content["agreement"]
                decision = taken(
                    inputs_of(known.file_with(employer), content, bound, known.died_on(employer), employer)
                )
                if decision is not None:
                    digest, state = decision.snapshot.digest(), before.get((agent, employer, agreement))
                    found.append(_Verdict(agent, employer, agreement, decision, digest, state, content, requests))
    return found


async def _keep(tx: AsyncConnection, verdicts: Sequence[_Verdict], rules: Rules, clock: Clock) -> list[Outgoing]:
    """Store the decisions that differ, and say what became true of each by today."""
    new = [verdict for verdict in verdicts if verdict.is_new]
    about = [(subject(v.agent, v.employer, v.agreement), v.employer, v.decision.snapshot, v.digest) for v in new]
    ids = iter(await affiliations.decide(tx, about, clock.instant()))
    events: list[Outgoing] = []
    states: list[State] = []
    today = clock.day()
    notice_days = rules.at(NOTICE_DAYS, today).integer if any(v.decision.proofs_due for v in verdicts) else 0
    for verdict in verdicts:
        before, told = verdict.before, verdict.before.told if verdict.before else ()
        decision = next(ids) if before is None or verdict.is_new else before.decision
        said, due = announce(transitions(verdict.decision.stretches), told, today), verdict.decision.proofs_due
        items = open_items(verdict.agent, verdict.requests, due, today, notice_days)
        again = [day for day in (said.again_on, look_again(due, today, notice_days)) if day is not None]
        key = (verdict.agent, verdict.employer, verdict.agreement)
        state = State(*key, decision, verdict.digest, said.told, min(again, default=None), items)
        events += _events(verdict, decision, said.tell)
        events += work_items(verdict.agent, verdict.employer, before.items if before else (), items)
        if state != before:
            states.append(state)
    await affiliations.store(tx, states)
    return events


def _events(verdict: _Verdict, decision: UUID, moves: Iterable[Transition]) -> Iterator[Outgoing]:
    timeline = timeline_document(verdict.decision.stretches)
    for move in moves:
        ending = ending_of(move, verdict.content)
        data = {
            "agent": verdict.agent,
            "employer": verdict.employer,
            "agreement": verdict.agreement,
            "decision": decision,
            "from": move.period.start,
            "to": move.period.end,
            "reasons": [reason_document(reason) for reason in move.reasons],
            "timeline": timeline,
            "ending": None if ending is None else EndingPart.of(ending),
        }
        payload = EVENTS[move.move].model_validate(data)
        yield Outgoing(payload, str(verdict.agent), verdict.employer, subject=f"/v1/agents/{verdict.agent}")
