"""Run the contributions of an employer: compare what is owed with what was issued, and issue the difference."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.decisions import Decision, store_many
from kit.events import place
from kit.events.outbox import Outgoing, publish_many
from kit.ids import new_id
from kit.period import Month
from rules.book import Recorder, RuleBook
from services.contributions.adapters import closings, facts, ledger, parking, terms
from services.contributions.adapters.ledger import RunRecord, Statement
from services.contributions.application.park import keep_parked, sift
from services.contributions.application.payloads.statement import StatementAdjusted, StatementIssued
from services.contributions.application.record_pay import Reception
from services.contributions.domain.bounds import Bounds, Breach
from services.contributions.domain.errors import FactsIncomplete, MonthClosed
from services.contributions.domain.lines import Lines
from services.contributions.domain.replay import RunInputs, snapshot_of
from services.contributions.domain.run import HeldMonth, StatementDraft, assess, drafts
from services.contributions.domain.terms_document import read_terms

# Whose facts decide what is owed; benefits do not.
RESTS_ON: Final = ("agreements", "eligibility")


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run issued (`record` and `statements`), or would issue when `record` is None.

    `held` are months about which nothing can be said yet; `parked` changes beyond `bounds`, which wait for a person;
    `unknown` counts months of pay whose agent is not known.
    """

    drafts: tuple[StatementDraft, ...]
    held: tuple[HeldMonth, ...]
    unknown: int
    bounds: Bounds
    parked: tuple[Breach, ...] = ()
    record: RunRecord | None = None
    statements: tuple[Statement, ...] = ()


async def run_contributions(
    tx: AsyncConnection,
    employer: str,
    month: Month,
    rules: RuleBook,
    reception: Reception,
    *,
    dry_run: bool,
    until: datetime | None = None,
) -> RunOutcome:
    """Settle every month up to `month`: its own lines, and what has changed for earlier ones. Twice changes nothing.

    Pay counts as received up to `until`. Two runs of one employer wait for each other. The number of statements does
    not depend on that of agents. Raises FactsIncomplete, MonthClosed.
    """
    await ledger.lock(tx, employer)
    if not await place.hold_complete(tx, RESTS_ON):
        raise FactsIncomplete
    closed = await closings.closed_through(tx, employer)
    if closed is not None and month <= closed and not dry_run:
        raise MonthClosed(pointer="/month")
    known = await facts.known(tx, employer, month, until)
    documents = await terms.documents(tx, known.agreements)
    inputs = RunInputs(employer, month, known.facts, documents, known.issued)
    recorder = rules.recorder()
    accords = {agreement: read_terms(document) for agreement, document in inputs.documents.items()}
    found = assess(inputs.facts, month, accords, inputs.issued, recorder)
    standing = await parking.standing(tx, employer)
    sifted = sift(inputs, found.deltas, standing, rules)
    outcome = RunOutcome(tuple(drafts(sifted.deltas)), found.held, known.unknown, sifted.bounds, sifted.parked)
    if dry_run:
        return outcome
    await keep_parked(tx, inputs, sifted, standing, reception)
    if not len(sifted.deltas):
        return outcome
    record = RunRecord(new_id(), employer, month, rules.version, reception.at, reception.client)
    statements = await _statements(tx, employer, outcome.drafts)
    await ledger.issue(tx, record, statements)
    await _keep(tx, record, inputs, sifted.deltas, recorder)
    await _tell(tx, record, statements)
    return replace(outcome, record=record, statements=statements)


async def _tell(tx: AsyncConnection, record: RunRecord, statements: Sequence[Statement]) -> None:
    """Each statement, and each earlier one that it adjusts."""
    regularised = {month for one in statements for month in one.draft.deltas.months()}
    before = await ledger.first_statements(tx, record.employer, regularised)
    told = [(one.draft.insurer, one.id, StatementIssued.of(record, one)) for one in statements] + [
        (one.draft.insurer, first.id, StatementAdjusted.of(record.employer, first, one, about))
        for one in statements
        for first in before
        if first.id != one.id and first.contract == (one.draft.agreement, one.draft.insurer)
        if len(about := one.draft.deltas.of_month(first.month))
    ]
    await publish_many(
        tx,
        [
            Outgoing(
                data,
                key=record.employer,
                employer=record.employer,
                insurer=insurer or None,
                subject=f"/v1/statements/{statement}",
            )
            for insurer, statement, data in told
        ],
    )


async def _statements(tx: AsyncConnection, employer: str, found: Collection[StatementDraft]) -> tuple[Statement, ...]:
    """Drafts with their numbers, which follow one another in each contract without a hole."""
    numbers = await ledger.next_numbers(tx, employer, [(draft.agreement, draft.insurer) for draft in found])
    return tuple(Statement(new_id(), numbers[draft.agreement, draft.insurer], draft) for draft in found)


async def _keep(tx: AsyncConnection, record: RunRecord, inputs: RunInputs, deltas: Lines, recorder: Recorder) -> None:
    """Store what the run rested on, under the run's own id."""
    snapshot = snapshot_of(inputs, deltas, recorder.snapshot())
    decision = Decision(
        record.id, f"employer:{record.employer}", record.employer, record.recorded_at, snapshot.digest(), snapshot
    )
    await store_many(tx, [decision])
