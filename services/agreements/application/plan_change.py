"""What each change of an accord would do: the plan that is shown, then made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import EventData
from rules.book import RuleBook
from services.agreements.adapters import agreements, document_changes, schemes
from services.agreements.adapters.agreements import StoredAgreement
from services.agreements.adapters.document import AgreementDraft
from services.agreements.adapters.inheritance import whole
from services.agreements.application.advance_agreement import check_alone
from services.agreements.application.change_agreement import Move, Plan, living, locked, outgoing
from services.agreements.application.change_payloads import (
    AdhesionEnded,
    AgreementEnded,
    AgreementRevised,
    AgreementSuspended,
    Change,
    Kept,
    RateRevised,
)
from services.agreements.domain import cascade, reach
from services.agreements.domain.agreement import Agreement
from services.agreements.domain.cascade import Effect, EffectKind
from services.agreements.domain.errors import InvalidAgreement, NotAParty, OutsideForce, UnknownConvention
from services.agreements.domain.lifecycle import LIVING, Status, Step, step, suspensions
from services.agreements.domain.reach import Reach
from services.agreements.domain.revision import revised_rates, revision_findings
from services.agreements.domain.scheme import Convention
from services.agreements.domain.term_tree import TermChange, changes
from services.agreements.domain.terms import exact
from services.agreements.domain.validation import accepted

EVE = timedelta(days=1)
_KEPT = frozenset({EffectKind.ANNUITIES_REVALUED, EffectKind.DEATH_COVER_KEPT})


async def revision(
    tx: AsyncConnection, key: str, draft: AgreementDraft, since: date, *, reason: str, rules: RuleBook
) -> Plan:
    """An avenant from a day on, past ones included (art. 8). Raises InvalidAgreement, OutsideForce."""
    stored = await living(tx, key)
    _inside(stored, since)
    scheme = None if draft.scheme is None else await schemes.latest(tx, draft.scheme)
    document = whole(draft, scheme)
    before, after = stored.accord, document.to_domain()
    findings = accepted(after, None if scheme is None else scheme.to_domain(), rules)
    if wrong := revision_findings(before, after, since):
        raise InvalidAgreement(wrong)
    await check_alone(tx, document)
    changed = changes(stored.document.dump(), document.dump())
    source = document.source or cascade.SOURCE
    effects = [
        Effect(EffectKind.TERM_CHANGES, since, source, key, term=c.term, before=c.before, after=c.after)
        for c in changed
    ]
    move = Move(
        stored,
        since - EVE,
        document=document,
        findings=tuple(findings),
        events=outgoing(stored, *_told_of(stored, after, since, reason, changed)),
        renews_notice=True,
        reach=reach.of_revision(before, after, since, changed),
    )
    return Plan(effects, [move] if changed else [])


def _told_of(
    stored: StoredAgreement, after: Agreement, since: date, reason: str, changed: Sequence[TermChange]
) -> list[EventData]:
    """The avenant, then each rate it revises."""
    key, before = stored.id, stored.accord
    told = AgreementRevised.model_validate(
        {
            "agreement": key,
            "version": stored.version + 1,
            "from": since,
            "reason": reason,
            "changes": [Change(term=c.term, before=c.before, after=c.after) for c in changed],
        }
    )
    rates = [
        RateRevised.model_validate(
            {
                "agreement": key,
                "guarantee": guarantee.value,
                "from": max(since, rate.period.start),
                "to": rate.period.end,
                "before": None if old is None else exact(old),
                "after": exact(rate.rate),
                "employer_share": exact(rate.employer_share),
                "source": rate.source,
            }
        )
        for guarantee, rate, old in revised_rates(before, after)
    ]
    return [told, *rates]


async def suspension(tx: AsyncConnection, key: str, on: date, reason: str) -> Plan:
    """The accord binds no more from a day on, until it is resumed (art. 8).

    Raises IllegalStep, OutsideForce, the latter also for a day that an earlier suspension holds or follows.
    """
    stored = await locked(tx, key)
    step(stored.status, Status.SUSPENDED)
    _inside(stored, on)
    if any(on <= earlier.last for earlier in suspensions(stored.steps)):
        raise OutsideForce(pointer="/on")
    effect = Effect(EffectKind.AGREEMENT_SUSPENDED, on, cascade.SOURCE, key)
    return Plan([effect], [_stretch(stored, Status.SUSPENDED, on, reason, reach.ending(on - EVE))])


async def resumption(tx: AsyncConnection, key: str, on: date, reason: str) -> Plan:
    """A suspended accord binds again from a day on. Raises IllegalStep, OutsideForce before the suspension."""
    stored = await living(tx, key)
    last = stored.steps[-1]
    step(stored.status, Status.PUBLISHED)
    if last.on is None or on <= last.on:
        raise OutsideForce(pointer="/on")
    _inside(stored, on)
    effect = Effect(EffectKind.AGREEMENT_RESUMED, on, cascade.SOURCE, key)
    return Plan([effect], [_stretch(stored, Status.PUBLISHED, on, reason, reach.RESUMED)])


async def denunciation(tx: AsyncConnection, key: str, on: date, reason: str) -> Plan:
    """The accord ends, `on` being its last day (art. 8). Raises IllegalStep, OutsideForce."""
    stored = await locked(tx, key)
    step(stored.status, Status.DENOUNCED)
    _inside(stored, on)
    effects = cascade.denounced(stored.accord, on)
    return Plan(effects, [_end(stored, Status.DENOUNCED, on, reason, effects)])


async def adhesion_end(tx: AsyncConnection, key: str, siret: str, on: date, reason: str) -> Plan:
    """An employer ends its contracts, `on` being their last day. Raises NotAParty, IllegalStep, OutsideForce."""
    stored = await living(tx, key)
    _inside(stored, on)
    accord = stored.accord
    if not any(e.siret == siret and e.period.start <= on < e.period.last for e in accord.employers):
        raise NotAParty(pointer="/path/employer")
    effects = cascade.employer_leaves(accord, siret, on)
    insurers = [e.insurer for e in effects if e.kind is EffectKind.CONTRACT_ENDS and e.insurer is not None]
    told = AdhesionEnded(
        agreement=key, employer=siret, on=on, reason=reason, insurers=insurers, kept=_kept(effects, key)
    )
    if any(effect.kind is EffectKind.AGREEMENT_LAPSES for effect in effects):
        return Plan(effects, [_end(stored, Status.LAPSED, on, reason, effects, told)])
    document = document_changes.without_employer(stored.document, siret, on)
    told_of, whom = outgoing(stored, told), reach.ending(on, siret)
    move = Move(stored, on, document=document, employer=siret, events=told_of, reach=whom)
    return Plan(effects, [move])


async def convention_end(tx: AsyncConnection, convention: str, on: date, reason: str) -> Plan:
    """The insurer ends a convention, `on` being its last day.

    Raises UnknownConvention, OutsideForce, ConventionNotSaid.
    """
    for key in [scheme.scheme for _, scheme in await schemes.all_latest(tx)]:
        await schemes.lock(tx, key)  # always in the order of ids; what is read after it stays until commit
    for version, scheme in await schemes.all_latest(tx):
        known = scheme.to_domain().conventions
        found = next((one for one in known if one.id == convention), None)
        if found is None:
            continue
        if not found.period.start <= on < found.period.last:
            raise OutsideForce(pointer="/on")
        bound = [await locked(tx, key) for key in await agreements.of_scheme(tx, scheme.scheme)]
        bound = [one for one in bound if one.document.scheme == scheme.scheme]
        bound = [one for one in bound if one.status in LIVING | {Status.DENOUNCED}]
        effects = cascade.convention_ends(found, [one.accord for one in bound], on, known)
        moves = [move for one in bound if (move := _carried(one, found, on, reason, effects)) is not None]
        ended = document_changes.convention_ended(scheme, convention, on, reason)
        return Plan(effects, moves, scheme=(version + 1, ended))
    raise UnknownConvention


async def term(tx: AsyncConnection, key: str, today: date, reason: str) -> Plan | None:
    """What the end of the conventions that insured an accord does to it, once they are over; None while they run."""
    stored = await locked(tx, key)
    last = stored.insured_until
    if (
        stored.status not in LIVING | {Status.DENOUNCED}
        or last is None
        or last >= min(today, stored.document.period.last)
    ):
        return None
    effects = cascade.lapses_at_term(stored.accord, last)
    return Plan(effects, [_end(stored, Status.LAPSED, last, reason, effects)])


def _carried(
    stored: StoredAgreement, convention: Convention, on: date, reason: str, effects: Sequence[Effect]
) -> Move | None:
    """What the end of a convention does to one accord: it lapses, goes on with another insurer, or is not concerned."""
    kinds = {effect.kind for effect in effects if effect.agreement == stored.id}
    if EffectKind.AGREEMENT_LAPSES in kinds:
        return _end(stored, Status.LAPSED, on, reason, effects)
    if EffectKind.CONTRACT_ENDS in kinds:
        document = document_changes.without_convention(stored.document, convention, on)
        return Move(stored, on, document=document, renews_notice=True)
    return None


def _end(
    stored: StoredAgreement, status: Status, on: date, reason: str, effects: Sequence[Effect], *before: EventData
) -> Move:
    """The accord ends: its document is cut, its end is told with what the contract goes on owing."""
    told = AgreementEnded(
        agreement=stored.id, outcome=status.value, on=on, reason=reason, kept=_kept(effects, stored.id)
    )
    document = document_changes.ended(stored.document, on)
    return Move(stored, on, status, on, document, events=outgoing(stored, *before, told), reach=reach.ending(on))


def _stretch(stored: StoredAgreement, status: Status, on: date, reason: str, whom: Reach) -> Move:
    """A suspension begins or ends: every stretch is told again."""
    stretches = suspensions([*stored.steps, Step(status, on)])
    told = AgreementSuspended.of(stored.id, reason, stretches)
    return Move(stored, on - EVE, status, on, events=outgoing(stored, told), reach=whom)


def _kept(effects: Sequence[Effect], agreement: str) -> list[Kept]:
    return [
        Kept(what=effect.kind.value, insurer=effect.insurer)
        for effect in effects
        if effect.kind in _KEPT and effect.agreement == agreement
    ]


def _inside(stored: StoredAgreement, on: date) -> None:
    """Raises OutsideForce unless the accord has that day."""
    if on not in stored.document.period:
        raise OutsideForce(pointer="/on")
