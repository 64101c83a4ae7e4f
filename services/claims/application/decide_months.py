"""Decide the months of a claim against what was decided before: only differences are written and told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from kit.trace import Snapshot
from services.claims.adapters.claim_files import ApprovedMonth
from services.claims.adapters.claims import Benefit, Claim
from services.claims.application.deciding import Subject, store, withdraw
from services.claims.application.follow_overpayments import Change, Paid, follow_overpayments
from services.claims.application.payloads import BenefitAdjusted, BenefitDecided
from services.claims.application.reopen_claim import reopen_claim
from services.claims.domain.benefits import Alert, MonthBenefit
from services.claims.domain.case import Case
from services.claims.domain.claim_life import Stage
from services.claims.domain.overpayment import OverpaymentKind
from services.claims.domain.reference import References
from services.claims.domain.snapshot import decided

ZERO = Money.zero()


@dataclass(frozen=True, slots=True)
class _Change:
    """A month decided anew: what it is, what it was."""

    month: Month
    found: MonthBenefit | None
    before: Benefit | None
    snapshot: Snapshot
    terms: Mapping[str, Any]


async def decide_months(
    tx: AsyncConnection, subject: Subject, claim: Claim, cases: Mapping[Month, Case], terms: Mapping[str, Any]
) -> list[Outgoing]:
    """Decide each month; those decided before and no longer among `cases` go back to zero."""
    known = subject.before.months[claim.id]
    changes, references = [], References()
    for month, case in cases.items():
        decision, snapshot = decided(case, terms, subject.rules, references)
        found, before = decision.months[0], known.get(month)
        if before is None or not _same(found, before):
            changes.append(_Change(month, found, before, snapshot, terms))
    events = _write(subject, claim, changes)
    return events + await withdraw_months(tx, subject, claim, keep=cases.keys())


async def withdraw_months(
    tx: AsyncConnection, subject: Subject, claim: Claim, keep: Collection[Month]
) -> list[Outgoing]:
    """Months no longer due: the former decision's case without its leaves, which gives nothing."""
    changes = []
    for month, before in sorted(subject.before.months[claim.id].items()):
        if month not in keep and _amounts(before) != (ZERO,) * len(_amounts(before)):
            former = await withdraw(tx, subject, before.id, lambda case: replace(case, leaves=(), days=None))
            changes.append(_Change(month, None, before, former.snapshot, former.terms))
    return _write(subject, claim, changes)


def _write(subject: Subject, claim: Claim, changes: list[_Change]) -> list[Outgoing]:
    """Store decisions with their snapshots, and return their events."""
    written = [_benefit(subject, claim, change) for change in changes]
    snapshots = [change.snapshot for change in changes]
    store(subject, ((b.id, f"claim:{claim.id}", s) for b, s in zip(written, snapshots, strict=True)))
    subject.writes.benefits += written
    told = [subject.tell(_event(claim, benefit), f"/v1/claims/{claim.id}") for benefit in written]
    return told + _consequences(subject, claim, written, changes)


def _consequences(
    subject: Subject, claim: Claim, written: Sequence[Benefit], changes: Sequence[_Change]
) -> list[Outgoing]:
    """Whoever had settled the claim looks again; what was paid and is no longer due is owed."""
    if not changes:
        return []
    corrected = any(one.version > 1 and (one.benefit_delta or one.ri_full_pay_delta) for one in written)
    corrected = corrected or any(Alert.OVERRIDE_TO_REVIEW in one.alerts for one in written)
    reopened = reopen_claim(subject, claim, corrected=corrected)
    paid = Paid(OverpaymentKind.BENEFIT, claim.id, claim.id, changes[0].terms)
    followed = follow_overpayments(subject, paid, [_changed(subject, one) for one in written])
    if subject.writes.files.get(claim.id, subject.before.file_of(claim)).life.stage is Stage.APPROVED:
        subject.writes.approved += [ApprovedMonth.of(one) for one in written]
    return reopened + followed


def _changed(subject: Subject, now: Benefit) -> Change:
    delta, after = now.benefit_delta + now.ri_full_pay_delta, now.benefit + now.ri_full_pay
    out = subject.before.laid_out[now.claim, now.month]
    return Change(now.id, now.month, delta, out.overpaid(now.month, after - delta, after, subject.today))


def _benefit(subject: Subject, claim: Claim, change: _Change) -> Benefit:
    found, before = change.found, change.before
    benefit, option = (found.benefit, found.ri_full_pay) if found else (ZERO, ZERO)
    return Benefit(
        id=new_id(),
        employer=subject.employer,
        agent=subject.agent,
        claim=claim.id,
        month=change.month,
        version=before.version + 1 if before else 1,
        target_net=found.target_net if found else ZERO,
        statutory_net=found.statutory_net if found else ZERO,
        social_security=found.social_security if found else ZERO,
        benefit=benefit,
        benefit_delta=benefit - (before.benefit if before else ZERO),
        ri_full_pay=option,
        ri_full_pay_delta=option - (before.ri_full_pay if before else ZERO),
        decree_floor=found.decree_floor if found else ZERO,
        alerts=[alert.value for alert in found.alerts] if found else [],
        recorded_at=subject.at,
    )


def _same(found: MonthBenefit, before: Benefit) -> bool:
    return _amounts(found) == _amounts(before) and [alert.value for alert in found.alerts] == before.alerts


def _amounts(of: MonthBenefit | Benefit) -> tuple[Money, ...]:
    return of.target_net, of.statutory_net, of.social_security, of.benefit, of.ri_full_pay, of.decree_floor


def _event(claim: Claim, benefit: Benefit) -> BenefitDecided | BenefitAdjusted:
    fields: dict[str, Any] = {
        "decision": str(benefit.id),
        "claim": str(claim.id),
        "agent": str(claim.agent),
        "employer": claim.employer,
        "agreement": claim.agreement,
        "month": str(benefit.month),
        "version": benefit.version,
        "target_net": str(benefit.target_net),
        "statutory_net": str(benefit.statutory_net),
        "social_security": str(benefit.social_security),
        "benefit": str(benefit.benefit),
        "ri_full_pay": str(benefit.ri_full_pay),
        "decree_floor": str(benefit.decree_floor),
        "alerts": benefit.alerts,
    }
    if benefit.version == 1:
        return BenefitDecided(**fields)
    deltas = {"benefit_delta": str(benefit.benefit_delta), "ri_full_pay_delta": str(benefit.ri_full_pay_delta)}
    return BenefitAdjusted(**fields, **deltas)
