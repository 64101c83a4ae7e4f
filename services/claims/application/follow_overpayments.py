"""Open what must be paid back when less is due than was paid, and lower it when it is due again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from kit.events.outbox import Outgoing
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee
from services.claims.adapters.overpayments import Movement, Overpayment, Standing
from services.claims.application.deciding import Subject
from services.claims.application.payloads import OverpaymentOpened, OverpaymentSettled
from services.claims.domain.overpayment import (
    MovementKind,
    OverpaymentKind,
    clocks,
    compensated,
    legal_code,
)

RELAIS: Final = "relais"


@dataclass(frozen=True, slots=True)
class Paid:
    """What months are paid for: a claim, an annuity or a capital (`thing`) of a guarantee, under an accord's document.

    All that a claim pays, option 3 included, is prescribed as the base cover is.
    """

    kind: OverpaymentKind
    thing: UUID
    claim: UUID | None
    terms: Mapping[str, Any]
    guarantee: Guarantee = Guarantee.BASE


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision changes in one month, and what of it must be paid back."""

    decision: UUID
    month: Month
    delta: Money
    overpaid: Money


def follow_overpayments(subject: Subject, paid: Paid, changes: Iterable[Change]) -> list[Outgoing]:
    """Months paid for too much open an overpayment; those due for more first lower theirs. Holds the agent."""
    changes = list(changes)
    lowered = _lower(subject, paid, [one for one in changes if one.delta.cents > 0])
    opened = [_opened(subject, paid, one) for one in changes if one.overpaid]
    subject.writes.overpayments += opened
    return [*lowered, *(tell_opened(subject, one) for one in opened)]


def _lower(subject: Subject, paid: Paid, more: Sequence[Change]) -> list[Outgoing]:
    known = subject.before.overpayments[paid.thing]
    taken: list[Movement] = []
    settled: list[Outgoing] = []
    for change in more:
        standing = [one for one in known if one.about.month == change.month]
        for one, part in compensated(change.delta, [(one, one.owed.balance) for one in standing]):
            taken.append(_compensation(subject, one.about, change, part))
            if part == one.owed.balance:
                settled.append(tell_settled(subject, one))
    subject.writes.movements += taken
    return settled


def _compensation(subject: Subject, about: Overpayment, change: Change, part: Money) -> Movement:
    return Movement(
        id=new_id(),
        employer=about.employer,
        overpayment=about.id,
        kind=MovementKind.COMPENSATED.value,
        amount=part,
        happened_on=subject.today,
        ground=None,
        note=None,
        decision=change.decision,
        recorded_at=subject.at,
        recorded_by=RELAIS,
    )


def _opened(subject: Subject, paid: Paid, change: Change) -> Overpayment:
    code = legal_code(paid.terms, change.month.first)
    until = clocks(change.month, paid.guarantee, subject.today, code, subject.rules)
    return Overpayment(
        id=new_id(),
        employer=subject.employer,
        agent=subject.agent,
        agreement=paid.terms["agreement"],
        kind=paid.kind.value,
        thing=paid.thing,
        claim=paid.claim,
        month=change.month,
        decision=change.decision,
        amount=change.overpaid,
        opened_on=subject.today,
        employer_until=_known(until.employer.until),
        employer_reference=until.employer.reference,
        insurer_until=until.insurer.until,
        insurer_reference=until.insurer.reference,
        recorded_at=subject.at,
    )


def _known(until: Any) -> Any:
    assert until is not None, "the employer's clock always runs"
    return until


def tell_opened(subject: Subject, about: Overpayment) -> Outgoing:
    data = OverpaymentOpened(
        **subject.names,
        overpayment=str(about.id),
        agreement=about.agreement,
        claim=str(about.claim) if about.claim else None,
        kind=about.kind,
        month=str(about.month),
        amount=str(about.amount),
        on=about.opened_on.isoformat(),
        insurer_until=about.insurer_until.isoformat() if about.insurer_until else None,
        employer_until=about.employer_until.isoformat(),
    )
    return subject.tell(data, f"/v1/overpayments/{about.id}")


def tell_settled(subject: Subject, standing: Standing) -> Outgoing:
    about = standing.about
    data = OverpaymentSettled(
        **subject.names,
        overpayment=str(about.id),
        agreement=about.agreement,
        claim=str(about.claim) if about.claim else None,
        month=str(about.month),
        amount=str(about.amount),
        on=subject.today.isoformat(),
    )
    return subject.tell(data, f"/v1/overpayments/{about.id}")
