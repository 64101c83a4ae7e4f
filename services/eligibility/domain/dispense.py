"""The dispense of CDD and apprentices with an individual cover: asked in time, proven every year (accord art. 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from kit.period import ONE_DAY, Month, add_months
from services.eligibility.domain.file import Dispense
from services.eligibility.domain.presence import Run
from services.eligibility.domain.terms import DispenseTerms, EligibilityTerms


def deadline(run: Run, terms: EligibilityTerms, dispense: DispenseTerms) -> date:
    """The last day to ask: the accord's own date for who was present at its effect, else so many days after hire."""
    if run.period.start <= terms.effective.start:
        return dispense.present_deadline
    return run.period.start + timedelta(days=dispense.hire_days)


def lapses_on(
    asked: Iterable[Dispense], begins: date, run: Run, previous: Run | None, terms: EligibilityTerms
) -> date | None:
    """The day a dispense that holds from `begins` ends and cover starts, or None when no dispense is due.

    `begins` is the day affiliation would begin. A proof holds one year from its date; the next must come while it
    does. Without a new one the agent is affiliated on the first of the following month (S15), for good; an agent who
    gives it up is affiliated the day after. Asked twice in time, it holds as long as either request does.
    """
    days = (_lapse(one, begins, run, previous, terms) for one in asked)
    return max((day for day in days if day is not None), default=None)


def _lapse(asked: Dispense, begins: date, run: Run, previous: Run | None, terms: EligibilityTerms) -> date | None:
    """The day one request ceases to hold; None when it is not due."""
    rule = terms.dispense
    if rule is None or not asked.individual_cover:
        return None
    if asked.until is not None and asked.until < begins:
        return None
    last_day = deadline(run, terms, rule)
    if asked.requested_on > last_day:
        return None
    if previous is not None and asked.requested_on <= previous.period.last:
        return None  # it was asked for an employment that has ended
    proven = _proven_until(sorted(asked.proofs), begins, last_day, rule.proof_months)
    if proven is None:
        return None
    lapse = Month.of(proven).next().first
    return lapse if asked.until is None else min(lapse, asked.until + ONE_DAY)


def _proven_until(proofs: Sequence[date], begins: date, last_day: date, months: int) -> date | None:
    """The last day the unbroken chain of proofs covers; None when no proof given in time reaches `begins`."""
    until: date | None = None
    for proof in proofs:
        holds_to = add_months(proof, months) - ONE_DAY
        in_time = proof <= max(begins, last_day) if until is None else proof <= until + ONE_DAY
        if in_time and holds_to >= begins:
            until = holds_to
    return until
