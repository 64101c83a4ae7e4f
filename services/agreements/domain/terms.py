"""The terms of an accord on one day: what remains when every dated alternative is resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kit.rate import Rate
from services.agreements.domain.agreement import (
    Agreement,
    BaseTerm,
    EligibilityTerm,
    EmployerParty,
    GuaranteeTerm,
    InsurerParty,
    RateTerm,
)


@dataclass(frozen=True, slots=True)
class GuaranteeOnDay:
    """A guarantee with the rate of the day. `guaranteed`: the day lies in the guaranteed stretch of that rate."""

    term: GuaranteeTerm
    rate: RateTerm
    guaranteed: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What an accord says on a day. `in_force` is False outside its dates; the lists are then empty."""

    agreement: str
    on: date
    in_force: bool
    employers: tuple[EmployerParty, ...]
    insurer: InsurerParty | None
    guarantees: tuple[GuaranteeOnDay, ...]
    bases: tuple[BaseTerm, ...]
    eligibility: EligibilityTerm


def terms_on(agreement: Agreement, day: date, insured_until: date | None = None) -> Terms:
    """Resolve every dated term of an accord on a day; nothing is left of it after its last insured one (S20)."""
    in_force = day in agreement.effective and day <= (insured_until or date.max)
    return Terms(
        agreement=agreement.id,
        on=day,
        in_force=in_force,
        employers=tuple(e for e in agreement.employers if in_force and day in e.period),
        insurer=next((i for i in agreement.insurers if in_force and day in i.period), None),
        guarantees=tuple(g for g in (_on_day(term, day) for term in agreement.guarantees) if g and in_force),
        bases=agreement.bases if in_force else (),
        eligibility=agreement.eligibility,
    )


def rate_on(term: GuaranteeTerm, day: date) -> RateTerm | None:
    """The rate of a guarantee on a day, or None where the accord gives none."""
    return next((rate for rate in term.rates if day in rate.period), None)


def exact(rate: Rate) -> str:
    """A rate with every decimal it has, four at least: a document is kept as it was written.

    >>> exact(Rate.parse("0.023575")), exact(Rate.parse("0.5"))
    ('0.023575', '0.5000')
    """
    short = rate.text()
    return short if Rate.parse(short) == rate else f"{rate.value.normalize():f}"


def highest_after_revision(agreement: Agreement, current: Rate) -> Rate | None:
    """The highest rate one revision may reach (art. 5.3, rulebook S18), or None when the accord sets no ceiling.

    Each revision counts from the rate applicable until then: two revisions in a row may each take the whole of it.
    """
    if agreement.revision is None:
        return None
    return Rate(current.value * (1 + agreement.revision.max_increase.value))


def _on_day(term: GuaranteeTerm, day: date) -> GuaranteeOnDay | None:
    rate = rate_on(term, day)
    if rate is None:
        return None
    return GuaranteeOnDay(term, rate, rate.guaranteed_to is None or day <= rate.guaranteed_to)
