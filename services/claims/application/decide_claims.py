"""Open, decide and close claims so that what is stored is what the facts support."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing
from kit.ids import new_id
from kit.period import ONE_DAY, Period
from kit.trace import plain
from rules.vocabulary import Guarantee
from services.claims.adapters.claims import Claim, FrozenReference
from services.claims.application.decide_months import decide_months, withdraw_months
from services.claims.application.deciding import Subject
from services.claims.application.payloads import ClaimClosed, ClaimOpened, ClaimReopened
from services.claims.domain.acquired import acquired_days
from services.claims.domain.agent_file import insured_of
from services.claims.domain.proposal import ProposedClaim, month_case
from services.claims.domain.reference import ReferencePay, reference_of
from services.claims.domain.snapshot import reference_document

AWAITING, DECIDED, CLOSED = "awaiting_pay", "decided", "closed"
NO_FULL_PAY_MONTH: Final = "no_full_pay_month"
NO_LONGER_DUE: Final = "no_longer_due"


@dataclass(frozen=True, slots=True)
class Settled:
    """The claims that stand, by the leave in which each opens, and what is to be told."""

    by_leave: Mapping[str, UUID]
    events: list[Outgoing]


async def decide_claims(tx: AsyncConnection, subject: Subject, proposed: Sequence[ProposedClaim]) -> Settled:
    """Store what the proposed claims say, and take back what no proposal supports any more."""
    known = subject.before.claims
    matched = _match(known, proposed)
    events: list[Outgoing] = []
    by_leave: dict[str, UUID] = {}
    standing = {stored.id for stored in matched.values()}
    for stored in known:
        if stored.id not in standing and stored.status != CLOSED:
            events += await _close(tx, subject, stored)
    for claim in proposed:
        stands, told = _stand(subject, claim, matched.get(claim.leave))
        events += told
        by_leave[claim.leave] = stands.id
        if claim.reference.given is not None:
            events += await _decide(tx, subject, claim, stands, claim.reference.given)
    return Settled(by_leave, events)


def _match(known: Sequence[Claim], proposed: Sequence[ProposedClaim]) -> dict[str, Claim]:
    """For each proposed claim the stored one that opened in the same leave, else the oldest of the same spell.

    By the leave in which it opens: two claims never open in one.
    """
    free = list(known)
    matched: dict[str, Claim] = {}
    for claim in proposed:
        same = [stored for stored in free if str(stored.leave) in claim.leaves]
        for stored in sorted(same, key=lambda one: str(one.leave) != claim.leave)[:1]:
            matched[claim.leave] = stored
            free.remove(stored)
    return matched


def _stand(subject: Subject, proposed: ProposedClaim, known: Claim | None) -> tuple[Claim, list[Outgoing]]:
    """The claim as it now stands, opened or reopened if need be."""
    given, month = proposed.reference.given, proposed.reference.month
    awaited = None if given else (NO_FULL_PAY_MONTH if month is None else str(month))
    wanted = Claim(
        id=known.id if known else new_id(),
        employer=subject.employer,
        agent=subject.agent,
        agreement=proposed.version.terms.agreement,
        leave=UUID(proposed.leave),
        opened_from=proposed.opened_from,
        status=AWAITING if given is None else DECIDED,
        reason=awaited,
        recorded_at=known.recorded_at if known else subject.at,
    )
    if known is None:
        subject.writes.claims[wanted.id] = wanted
        opened = ClaimOpened(
            **subject.names,
            claim=str(wanted.id),
            agreement=wanted.agreement,
            leave=proposed.leave,
            start=wanted.opened_from.isoformat(),
        )
        return wanted, [subject.tell(opened, f"/v1/claims/{wanted.id}")]
    if wanted != known:
        subject.writes.claims[wanted.id] = wanted
    if known.status == CLOSED:
        return wanted, [subject.tell(ClaimReopened(**subject.names, claim=str(wanted.id)), f"/v1/claims/{wanted.id}")]
    return wanted, []


async def _decide(
    tx: AsyncConnection, subject: Subject, proposed: ProposedClaim, stored: Claim, given: ReferencePay
) -> list[Outgoing]:
    _freeze(subject, proposed, stored, given)
    cases = {month: month_case(subject.file, proposed, given, month) for month in proposed.months()}
    for (claim, month, guarantee), override in subject.before.overrides.items():
        if claim == stored.id and month in cases:
            of_option = guarantee is Guarantee.RI_FULL_PAY
            case = cases[month]
            cases[month] = replace(case, ri_override=override) if of_option else replace(case, override=override)
    told = await decide_months(tx, subject, stored, cases, proposed.version.document)
    paid = Period(date.min, subject.today.replace(day=1) - ONE_DAY)
    _acquire(subject, acquired_days(proposed.spell.entitlement, paid))
    return told


def _acquire(subject: Subject, days: Iterable[Period]) -> None:
    """Days once acquired stay so: of two stretches from one day the longer counts."""
    known = {held.start: held.last for held in subject.file.acquired}
    for period in days:
        key = (subject.employer, subject.agent, period.start)
        last = max(period.last, known.get(period.start, period.last), subject.writes.acquired.get(key, period.last))
        if last != known.get(period.start):
            subject.writes.acquired[key] = last


def _freeze(subject: Subject, proposed: ProposedClaim, stored: Claim, given: ReferencePay) -> None:
    """Keep the reference with its trace; another version only when the month or its pay is another."""
    document = plain(reference_document(given))
    known = subject.before.references.get(stored.id)
    if known is not None and known.pay == document:
        return
    found = reference_of(insured_of(proposed.spell.employment), given, proposed.version.terms, subject.rules)
    subject.writes.references.append(
        FrozenReference(
            claim=stored.id,
            version=known.version + 1 if known else 1,
            employer=subject.employer,
            month=given.month,
            pay=document,
            target=found.target,
            trace=found.trace.json(),
            recorded_at=subject.at,
        )
    )


async def _close(tx: AsyncConnection, subject: Subject, claim: Claim) -> list[Outgoing]:
    """No spell supports the claim: its months go back to zero."""
    subject.writes.claims[claim.id] = replace(claim, status=CLOSED, reason=NO_LONGER_DUE)
    closed = ClaimClosed(**subject.names, claim=str(claim.id), reason=NO_LONGER_DUE)
    return [*await withdraw_months(tx, subject, claim, keep=()), subject.tell(closed, f"/v1/claims/{claim.id}")]
