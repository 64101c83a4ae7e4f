"""Follow the other services: store each fact, then decide again whoever it concerns.

Readers of their own, which take what claims need and ignore the rest. Events of one key come in their order, those of
different keys and services in any.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.events.consumer import Forgotten, Handler
from kit.events.envelope import Envelope
from rules.book import RuleBook
from services.claims.adapters import facts, files, progress, redecisions
from services.claims.adapters.redecisions import Cause
from services.claims.application.protect_person import Told
from services.claims.application.readers import (
    AffiliationMoved,
    AgentChanged,
    AgentDeceased,
    AgreementPublished,
    EmploymentChanged,
    InvalidityRecognised,
    LeaveChanged,
    OptionMoved,
    PayRecorded,
    Whom,
)
from services.claims.application.redecide import redecide
from services.claims.application.redecider import decide_or_ask
from services.claims.domain.terms_document import kept, read_terms, readings

Store = Callable[[AsyncConnection, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Follower:
    """Makes handlers that know the law and the clock."""

    rules: RuleBook
    clock: Clock

    async def agreement_published(self, tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
        """Keep the terms, once seen to say what claims need (if not, the event is parked), and decide its agents."""
        terms = read_terms(data)
        for employer in (None, *{one["employer"] for one in data.get("exceptions", ())}):
            for _, reading in readings(data, employer):
                read_terms(reading)
        published = AgreementPublished.model_validate(data)
        await progress.lock_common(tx, terms.agreement)
        await facts.put_terms(tx, terms.agreement, terms.version, published.effective.start, kept(data))
        await progress.note_applied(tx, "agreements", envelope.key, envelope.sequence)
        because = (Cause.TERMS, terms.agreement)
        await decide_or_ask(tx, because, await files.concerned(tx, terms.agreement), self.rules, self.clock)

    def agent(self, producer: str, store: Store) -> Handler:
        """A handler of one fact about an agent at an employer. The batch holds the agent."""

        async def handle(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
            await store(tx, data)
            await progress.note_applied(tx, producer, envelope.key, envelope.sequence)
            whom = Whom.model_validate(data)
            await redecide(tx, whom.employer, whom.agent, self.rules, self.clock)

        return handle

    def forgotten(self, producer: str) -> Forgotten:
        """What is done about histories that a restored producer no longer vouches for: whose decisions rest on them is
        decided again, once the producer has been read to its end.
        """

        async def forget(tx: AsyncConnection, _topic: str, keys: Sequence[str]) -> None:
            who = await files.cases_of(tx, await progress.forget(tx, producer, keys))
            if who:
                await redecisions.ask(tx, Cause.RESTORED, producer, who, self.clock.instant())

        return forget

    def rights(self, told: Told) -> Handler:
        """A handler of what a person has asked of their data: no fact that anything is decided from."""

        async def handle(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
            await told(tx, Whom.model_validate(data).agent, envelope.time)
            await progress.note_applied(tx, "eligibility", envelope.key, envelope.sequence)

        return handle


async def employment_changed(tx: AsyncConnection, data: dict[str, Any]) -> None:
    """Keep the employment, and what it was before the day it changed."""
    fact = EmploymentChanged.model_validate(data)
    await facts.put_employment(tx, fact.row(), fact.since)


async def agent_changed(tx: AsyncConnection, data: dict[str, Any]) -> None:
    """Keep the corrected date of birth."""
    fact = AgentChanged.model_validate(data)
    await facts.put_birth_date(tx, fact.employer, fact.agent, fact.birth_date)


async def affiliation_moved(tx: AsyncConnection, data: dict[str, Any]) -> None:
    """Keep the timeline, whichever event carries it."""
    fact = AffiliationMoved.model_validate(data)
    timeline = [stretch.model_dump(mode="json") for stretch in fact.timeline]
    await facts.put_affiliation(tx, fact.employer, fact.agent, fact.agreement, timeline)


async def option_elected(tx: AsyncConnection, data: dict[str, Any]) -> None:
    await facts.put_election(tx, OptionMoved.model_validate(data).row())


async def option_cancelled(tx: AsyncConnection, data: dict[str, Any]) -> None:
    """It ends on `to`; without one, or with one before its first day, it never ran."""
    fact = OptionMoved.model_validate(data)
    if fact.end is None or fact.end < fact.start:
        await facts.drop_election(tx, fact.employer, fact.agent, fact.guarantee.value, fact.start)
    else:
        await facts.put_election(tx, fact.row())


async def leave_changed(tx: AsyncConnection, data: dict[str, Any]) -> None:
    """Keep the leave with all its entries, whichever event carries them."""
    fact = LeaveChanged.model_validate(data)
    await facts.put_leave(tx, fact.employer, fact.agent, fact.leave, fact.rows(), cancelled=False)


async def leave_cancelled(tx: AsyncConnection, data: dict[str, Any]) -> None:
    """The leave never was."""
    fact = LeaveChanged.model_validate(data)
    await facts.put_leave(tx, fact.employer, fact.agent, fact.leave, fact.rows(), cancelled=True)


async def invalidity_recognised(tx: AsyncConnection, data: dict[str, Any]) -> None:
    await facts.put_invalidity(tx, InvalidityRecognised.model_validate(data).row(withdrawn=False))


async def invalidity_withdrawn(tx: AsyncConnection, data: dict[str, Any]) -> None:
    await facts.put_invalidity(tx, InvalidityRecognised.model_validate(data).row(withdrawn=True))


async def agent_deceased(tx: AsyncConnection, data: dict[str, Any]) -> None:
    await facts.put_death(tx, AgentDeceased.model_validate(data).row(withdrawn=False))


async def death_withdrawn(tx: AsyncConnection, data: dict[str, Any]) -> None:
    await facts.put_death(tx, AgentDeceased.model_validate(data).row(withdrawn=True))


async def pay_recorded(tx: AsyncConnection, data: dict[str, Any]) -> None:
    await facts.put_pay(tx, PayRecorded.model_validate(data).row())
