"""Take a claim through its life: declared, documented, reviewed, proposed, approved or refused, closed, reopened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.events.outbox import Outgoing, publish_many
from kit.http.etag import check_version
from kit.iban import Iban
from kit.money import Money
from kit.recording import Recording
from rules.book import Rules
from services.claims.adapters import claim_files, claims, files, overrides, progress
from services.claims.adapters.claim_files import ApprovedMonth, ClaimFile, Document
from services.claims.adapters.claims import Benefit, Claim
from services.claims.application.claim_events import step_taken, told_step
from services.claims.application.decide_claims import CLOSED
from services.claims.application.payloads import ClaimDocumented
from services.claims.application.reopen_claim import told_again
from services.claims.application.tell_deadlines import tell_deadlines
from services.claims.domain.claim_documents import missing, required
from services.claims.domain.claim_life import Attempt, Payee, Reason, Stage, Step, revised, taken
from services.claims.domain.errors import UnknownClaim, UnknownDocument
from services.claims.domain.stated_day import begun, check_day


@dataclass(frozen=True, slots=True)
class Declaration:
    """The employer, or the agent, asks for the benefit; whom it is paid to, and on which account."""

    on: date
    payee: Payee
    iban: Iban | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A step asked for, and why."""

    step: Step
    reason: Reason | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A claim held by this transaction, with its file and what people need to know of it.

    `begun`: the first day of its uninterrupted leave; `today`: the latest day of what is noted as done.
    """

    claim: Claim
    file: ClaimFile
    needed: tuple[str, ...]
    documents: tuple[Document, ...]
    months: tuple[Benefit, ...]
    begun: date
    today: date
    rules: Rules

    @property
    def due(self) -> Money:
        """For the months that are over: benefits are paid in arrears."""
        return Money.sum(one.benefit + one.ri_full_pay for one in self.months if one.month.last < self.today)

    @property
    def foreseen(self) -> Money:
        """For all months that are decided, those to come as well: what is proposed and approved."""
        return Money.sum(one.benefit + one.ri_full_pay for one in self.months)

    def check_day(self, day: date, pointer: str) -> None:
        """Raises DayInFuture, DayTooEarly."""
        check_day(day, self.begun, self.today, pointer)

    @property
    def missing(self) -> tuple[str, ...]:
        return missing(self.needed, {document.document for document in self.documents})


async def look(tx: AsyncConnection, claim: UUID, rules: Rules, today: date) -> Opened:
    """A claim with its file. Raises UnknownClaim."""
    found = await claims.one(tx, claim)
    if found is None:
        raise UnknownClaim
    agent = await files.load(tx, found.employer, found.agent, today)
    kinds = {entry.kind for one in agent.leaves if one.id == str(found.leave) for entry in one.entries}
    employment = agent.employment_on(found.opened_from)
    needed = required(kinds, employment.regime, found.opened_from, rules) if employment else ()
    months = await claims.current(tx, [claim])
    documents = await claim_files.documents(tx, claim)
    file, since = await claim_files.read(tx, claim, found.employer), begun(agent.entries, found.opened_from)
    return Opened(found, file, needed, tuple(documents), tuple(months.values()), since, today, rules)


async def hold(tx: AsyncConnection, claim: UUID, rules: Rules, today: date) -> Opened:
    """The same, once its agent is held: nobody decides it or handles it meanwhile."""
    found = await claims.one(tx, claim)
    if found is None:
        raise UnknownClaim
    await progress.lock(tx, [str(found.agent)])
    return await look(tx, claim, rules, today)


async def declare(
    tx: AsyncConnection, opened: Opened, declaration: Declaration, crypto: KeyRing, recording: Recording
) -> ClaimFile:
    """Declare a claim that was detected, or say otherwise who is paid. The account is sealed for this claim alone.

    Without an account the one known stays, unless another is paid: it is not theirs. What is said otherwise is on
    record with who said it, and a settled claim is to be looked at again; the same again changes nothing. Raises
    PersonErased, DayInFuture, DayTooEarly.
    """
    file, iban = opened.file, declaration.iban
    if declaration.on != file.declared_on:
        opened.check_day(declaration.on, "/on")
    sealed, shown = (file.iban, file.iban_shown) if declaration.payee is file.payee else (None, None)
    if iban is not None:
        own = await data_subjects.key_to_seal(tx, opened.claim.agent, crypto)
        sealed, shown = own.encrypt(iban.reveal(), iban_place(file.claim)), iban.masked
    said = replace(
        file,
        declared_on=declaration.on,
        payee=declaration.payee,
        iban=sealed,
        iban_shown=shown,
    )
    if file.life.stage is Stage.DETECTED:
        return await _step(tx, opened, said, Asked(Step.DECLARE), recording=recording, threshold=Money.zero())
    if said == file:
        return file
    life = revised(file.life, corrected=True)
    changed = replace(said, life=life, version=file.version + 1)
    await claim_files.write(tx, changed)
    step, reason = (Step.DECLARE, None) if life == file.life else (Step.REOPEN, Reason.NEW_FACTS)
    await claim_files.note(tx, step_taken(opened.claim, step, reason, life.stage, recording))
    if step is Step.REOPEN:
        await publish_many(tx, told_again(opened.claim, file.life.stage, recording))
        await tell_deadlines(tx, [(opened.claim.employer, opened.claim.agent)], opened.rules, opened.today)
    return changed


def iban_place(claim: UUID) -> str:
    """Where the account of a claim stands: sealed for this place, it opens nowhere else."""
    return f"claim_file.iban:{claim}"


async def receive(
    tx: AsyncConnection, opened: Opened, document: str, reference: str, *, on: date, rules: Rules, recording: Recording
) -> None:
    """Keep a document; say so when it was the last one missing. Raises UnknownDocument, DayInFuture, DayTooEarly."""
    known = dict.fromkeys(str(row["document"]) for row in rules.table("claim.documents", opened.claim.opened_from))
    if document not in known:
        codes = ", ".join(known)
        raise UnknownDocument(
            pointer="/document", detail_fr=f"Pièces connues : {codes}.", detail_en=f"Known documents: {codes}."
        )
    opened.check_day(on, "/received_on")
    claim = opened.claim
    kept = Document(claim.id, document, reference, claim.employer, on, recording.at, recording.by)
    new = await claim_files.receive(tx, kept)
    if new and opened.missing == (document,):
        data = ClaimDocumented(agent=str(claim.agent), employer=claim.employer, claim=str(claim.id), on=on.isoformat())
        await publish_many(tx, [_tell(claim, data)])


async def take(
    tx: AsyncConnection, opened: Opened, asked: Asked, version: int, *, threshold: Money, recording: Recording
) -> ClaimFile:
    """Take a step. Raises what `claim_life.taken` raises, and 412 when somebody was faster."""
    check_version(version, opened.file.version)
    return await _step(tx, opened, opened.file, asked, recording=recording, threshold=threshold)


async def _step(
    tx: AsyncConnection, opened: Opened, file: ClaimFile, asked: Asked, *, recording: Recording, threshold: Money
) -> ClaimFile:
    claim = opened.claim
    attempt = Attempt(
        step=asked.step,
        by=recording.by,
        due=opened.foreseen,
        threshold=threshold,
        reason=asked.reason,
        missing=frozenset(opened.missing),
        supported=claim.status != CLOSED,
        overridden_by=await _deciders(tx, claim.id) if asked.step is Step.APPROVE else frozenset(),
    )
    life = taken(file.life, attempt)
    changed = replace(file, life=life, version=file.version + 1)
    await claim_files.write(tx, changed)
    if asked.step is Step.APPROVE:
        await claim_files.approve(tx, [ApprovedMonth.of(one) for one in opened.months])
    said = step_taken(claim, asked.step, asked.reason, life.stage, recording)
    await claim_files.note(tx, replace(said, note=asked.note, amount=opened.due))
    await publish_many(tx, told_step(claim, asked.step, asked.reason, recording))
    await tell_deadlines(tx, [(claim.employer, claim.agent)], opened.rules, opened.today)
    return changed


async def _deciders(tx: AsyncConnection, claim: UUID) -> frozenset[str]:
    """Who decided an amount that stands in place of the one worked out: none of them approves it."""
    standing = overrides.last_of(await overrides.of_claims(tx, [claim]))
    return frozenset(one.recorded_by for one in standing.values())


def _tell(claim: Claim, data: ClaimDocumented) -> Outgoing:
    return Outgoing(data, key=str(claim.agent), employer=claim.employer, subject=f"/v1/claims/{claim.id}")
