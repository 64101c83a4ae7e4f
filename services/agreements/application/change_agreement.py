"""Change an accord that lives: an avenant, a suspension, an end, and what an end of a convention carries with it.

Every change is first shown. A confirmation repeats the token of what was shown, and is refused when anything of it
would now read otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS
from kit.events.envelope import EventData
from kit.events.outbox import Outgoing, publish_many
from kit.period import ONE_DAY
from kit.recording import Recording
from services.agreements.adapters import agreements, cover, notices, organisations, schemes
from services.agreements.adapters.agreements import StoredAgreement
from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.notices import Cause
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.application.advance_agreement import bind
from services.agreements.application.payloads import AgreementPublished
from services.agreements.domain.cascade import Affected, Effect, Preview
from services.agreements.domain.cover_history import formerly
from services.agreements.domain.errors import IllegalStep, StalePreview, UnknownAgreement
from services.agreements.domain.finding import Finding
from services.agreements.domain.lifecycle import LIVING, Status, Step, step, suspensions
from services.agreements.domain.reach import NOBODY, Reach


@dataclass(frozen=True, slots=True)
class Move:
    """What a change does to one accord: a step of its life, a new version of its document from a day on, or both.

    `employer`: whom alone it concerns, for the count of agents. `after` is the last day that stays as it was.
    `renews_notice`: the contracts change, and everybody covered afterwards is to be handed a new notice (art. 6).
    `reach`: whose cover it takes or gives.
    """

    stored: StoredAgreement
    after: date
    status: Status | None = None
    on: date | None = None
    document: AgreementDocument | None = None
    findings: tuple[Finding, ...] | None = None
    employer: str | None = None
    events: tuple[Outgoing, ...] = ()
    renews_notice: bool = False
    reach: Reach = NOBODY


@dataclass(frozen=True, slots=True)
class Plan:
    """A change before it is made: its effects as they are shown, and the moves that bring them about."""

    effects: Sequence[Effect]
    moves: Sequence[Move]
    scheme: tuple[int, SchemeDocument] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The preview of a change, and whether it was made."""

    preview: Preview
    applied: bool
    agreements: tuple[StoredAgreement, ...] = field(default=())


async def settle(tx: AsyncConnection, plan: Plan, confirm: str | None, recording: Recording) -> Outcome:
    """Show a plan, or make it when `confirm` repeats what was shown. Raises StalePreview."""
    preview = await _preview(tx, plan)
    if confirm is None:
        return Outcome(preview, applied=False)
    if confirm != preview.token():
        raise StalePreview
    return Outcome(preview, applied=True, agreements=await carry_out(tx, plan, recording))


async def carry_out(tx: AsyncConnection, plan: Plan, recording: Recording) -> tuple[StoredAgreement, ...]:
    """Make a plan, and tell it: the accords as they are afterwards."""
    if plan.scheme is not None:
        version, document = plan.scheme
        await schemes.add(tx, document, version, recording)
    events: list[Outgoing] = []
    done = [await _make(tx, move, recording, events) for move in plan.moves]
    await publish_many(tx, events)
    return tuple(done)


async def living(tx: AsyncConnection, key: str) -> StoredAgreement:
    """An accord that is published and not ended, nobody else changing it until commit.

    Raises UnknownAgreement, IllegalStep.
    """
    stored = await locked(tx, key)
    if stored.status not in LIVING:
        raise IllegalStep(stored.status.value, Status.PUBLISHED.value)
    return stored


async def locked(tx: AsyncConnection, key: str) -> StoredAgreement:
    """An accord as it is, nobody else changing it until commit. Raises UnknownAgreement."""
    await agreements.lock(tx, key)
    stored = await agreements.get(tx, key)
    if stored is None:
        raise UnknownAgreement
    return stored


async def _affected(tx: AsyncConnection, move: Move) -> Affected:
    """Whom a move concerns. Employers that come in have the agents that the registry knows of them."""
    key, reach = move.stored.id, move.reach
    gains = [await cover.agents_on(tx, key, day, employer) for employer, day in reach.kept]
    if reach.freed:
        gains.append(await cover.agents_held(tx, key, move.after + ONE_DAY, reach.freed))
    known = await organisations.current(tx, reach.joining) if reach.joining else {}
    coming = [known[siret].headcount if siret in known else None for siret in sorted(reach.joining)]
    return Affected(
        key,
        await cover.agents_after(tx, key, move.after, move.employer),
        await cover.annuities(tx, key, move.employer),
        sum([await cover.agents_after(tx, key, day, employer) for employer, day in reach.lost]),
        None if None in coming else sum(gains) + sum(count for count in coming if count is not None),
        reach.at_most,
    )


async def _preview(tx: AsyncConnection, plan: Plan) -> Preview:
    affected = [await _affected(tx, move) for move in plan.moves]
    revisions = tuple((move.stored.id, move.stored.revision) for move in plan.moves)
    return Preview(tuple(plan.effects), tuple(affected), revisions)


async def _make(tx: AsyncConnection, move: Move, recording: Recording, events: list[Outgoing]) -> StoredAgreement:
    """Record a move; its events are added to `events`, the whole terms last."""
    stored, steps = move.stored, move.stored.steps
    version, document = stored.version, stored.document
    if move.status is not None:
        step(stored.status, move.status)
        await agreements.add_step(tx, stored.id, move.status, move.on, recording)
        steps = (*steps, Step(move.status, move.on))
    if move.document is not None:
        version, document = version + 1, move.document
        since = move.after + ONE_DAY
        findings = stored.findings if move.findings is None else move.findings
        await bind(tx, document, recording)
        await agreements.add_version(tx, document, version, findings, recording, effective_from=since)
    if move.renews_notice:
        today = recording.at.astimezone(PARIS).date()
        await notices.expect(tx, stored.id, max(today, move.after + ONE_DAY), Cause.CHANGE)
    await agreements.count_change(tx, stored.id)
    versions = [(row["effective_from"], row["document"]) for row in await agreements.versions(tx, stored.id)]
    whole = AgreementPublished.of(document, version, suspensions(steps), formerly(versions))
    events += [*move.events, Outgoing(whole, stored.id, subject=f"/v1/agreements/{stored.id}")]
    after = await agreements.get(tx, stored.id)
    assert after is not None, "an accord that was locked is still there"
    return after


def outgoing(stored: StoredAgreement, *payloads: EventData) -> tuple[Outgoing, ...]:
    """Events about one accord, in order."""
    return tuple(Outgoing(payload, stored.id, subject=f"/v1/agreements/{stored.id}") for payload in payloads)
