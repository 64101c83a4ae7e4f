"""Start and adjust annuities so that what is stored is what the recognitions support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import EventData
from kit.events.outbox import Outgoing
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from kit.trace import Snapshot
from services.claims.adapters.annuities import Annuity
from services.claims.application.deciding import Subject, store, withdraw
from services.claims.application.follow_overpayments import Change, Paid, follow_overpayments
from services.claims.application.payloads import AnnuityAdjusted, AnnuityEnded, AnnuityStarted
from services.claims.domain.annuity import Annuity as FoundAnnuity
from services.claims.domain.overpayment import OverpaymentKind, monthly_changes, presumed_overpaid
from services.claims.domain.proposal import ProposedAnnuity, annuity_case
from services.claims.domain.snapshot import decided
from services.claims.domain.terms import AnnuityFormula

ZERO = Money.zero()


@dataclass(frozen=True, slots=True)
class _Change:
    """An annuity decided anew; `found` None: nothing is due any more."""

    recognition: UUID
    claim: UUID | None
    agreement: str
    found: FoundAnnuity | None
    before: Annuity | None
    snapshot: Snapshot
    terms: Mapping[str, Any]


async def decide_annuities(
    tx: AsyncConnection,
    subject: Subject,
    proposed: Sequence[ProposedAnnuity],
    claim_by_leave: Mapping[str, UUID],
) -> list[Outgoing]:
    """Decide each recognition under cover; one withdrawn goes back to zero. One without pay waits as it is."""
    known = dict(subject.before.annuities)
    changes: list[_Change] = []
    for annuity in proposed:
        recognition = UUID(annuity.recognition.id)
        before = known.pop(recognition, None)
        claim = claim_by_leave.get(annuity.claim_leave) if annuity.claim_leave else None
        if annuity.reference.given is not None:
            case = annuity_case(subject.file, annuity, annuity.reference.given)
            if before is not None:
                case = replace(case, annuity_override=subject.before.awards.get(before.annuity))
            decision, snapshot = decided(case, annuity.version.document, subject.rules)
            assert decision.annuity is not None, "the case has an invalidity"
            if before is None or not _same(decision.annuity, before, subject.today):
                version = annuity.version
                changes.append(
                    _Change(
                        recognition,
                        claim,
                        version.terms.agreement,
                        decision.annuity,
                        before,
                        snapshot,
                        version.document,
                    )
                )
    changes += [await _withdrawn(tx, subject, before) for before in known.values() if before.monthly]
    return _write(subject, changes)


async def _withdrawn(tx: AsyncConnection, subject: Subject, before: Annuity) -> _Change:
    """The former decision's case without its invalidity, which gives nothing."""
    former = await withdraw(tx, subject, before.id, lambda case: replace(case, invalidity=None))
    return _Change(
        before.recognition, before.claim, former.terms["agreement"], None, before, former.snapshot, former.terms
    )


def _write(subject: Subject, changes: Sequence[_Change]) -> list[Outgoing]:
    written = [_annuity(subject, change) for change in changes]
    snapshots = [change.snapshot for change in changes]
    store(subject, ((a.id, f"annuity:{a.annuity}", s) for a, s in zip(written, snapshots, strict=True)))
    subject.writes.annuities += written
    events = []
    for annuity, change in zip(written, changes, strict=True):
        events.append(subject.tell(_event(change.agreement, annuity), f"/v1/annuities/{annuity.annuity}"))
        paid = Paid(OverpaymentKind.ANNUITY, annuity.annuity, annuity.claim, change.terms)
        deltas = _changes(change.before, annuity, subject.today)
        changed = [
            Change(annuity.id, month, delta, presumed_overpaid(month, delta, subject.today)) for month, delta in deltas
        ]
        events += follow_overpayments(subject, paid, changed)
    return events


def _changes(before: Annuity | None, now: Annuity, today: date) -> list[tuple[Month, Money]]:
    """What the new version changes in the months that are over."""
    if before is None:
        return monthly_changes(now.starts, lambda _: ZERO, now.monthly_in, today)
    return monthly_changes(min(before.starts, now.starts), before.monthly_in, now.monthly_in, today)


def _annuity(subject: Subject, change: _Change) -> Annuity:
    found, before = change.found, change.before
    monthly = found.monthly if found else ZERO
    identifier = new_id()
    return Annuity(
        id=identifier,
        employer=subject.employer,
        agent=subject.agent,
        annuity=before.annuity if before else new_id(),
        recognition=change.recognition,
        claim=change.claim,
        version=before.version + 1 if before else 1,
        starts=found.start if found else _former(before).starts,
        full_amount=found.full if found else ZERO,
        monthly=monthly,
        monthly_delta=monthly - (before.monthly if before else ZERO),
        formula=found.formula.value if found else AnnuityFormula.NONE.value,
        decree_floor=found.decree_floor if found else ZERO,
        alerts=_alerts(found) if found else [],
        recorded_at=subject.at,
        ends=found.until if found else None,
        ended=found is not None and _is_over(found.until, subject.today),
        steps=_steps(found) if found else [],
    )


def _is_over(until: date | None, today: date) -> bool:
    return until is not None and until < today


def _steps(found: FoundAnnuity) -> list[dict[str, str]]:
    return [{"from": step.start.isoformat(), "monthly": str(step.monthly)} for step in found.steps]


def _alerts(found: FoundAnnuity) -> list[str]:
    """What a person should know: the amount's alerts, then what is odd about the pensions."""
    return [one.value for one in (*found.alerts, *found.doubts)]


def _former(before: Annuity | None) -> Annuity:
    assert before is not None, "only what was decided is withdrawn"
    return before


def _same(found: FoundAnnuity, before: Annuity, today: date) -> bool:
    if (found.until, _is_over(found.until, today), _steps(found)) != (before.ends, before.ended, before.steps):
        return False
    now = (found.start, found.full, found.monthly, found.formula.value, found.decree_floor)
    then = (before.starts, before.full_amount, before.monthly, before.formula, before.decree_floor)
    return now == then and _alerts(found) == before.alerts


def _event(agreement: str, annuity: Annuity) -> EventData:
    fields: dict[str, Any] = {
        "decision": str(annuity.id),
        "annuity": str(annuity.annuity),
        "agent": str(annuity.agent),
        "employer": annuity.employer,
        "agreement": agreement,
        "recognition": str(annuity.recognition),
        "claim": str(annuity.claim) if annuity.claim else None,
        "version": annuity.version,
        "start": annuity.starts.isoformat(),
        "full": str(annuity.full_amount),
        "monthly": str(annuity.monthly),
        "formula": annuity.formula,
        "decree_floor": str(annuity.decree_floor),
        "alerts": annuity.alerts,
        "end": annuity.ends.isoformat() if annuity.ends else None,
        "steps": annuity.steps,
    }
    if annuity.ended:
        return AnnuityEnded(**fields)
    if annuity.version == 1:
        return AnnuityStarted(**fields)
    return AnnuityAdjusted(**fields, monthly_delta=str(annuity.monthly_delta))
