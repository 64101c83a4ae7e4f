"""The dispense of CDD and apprentices with an individual cover: asked in time, proven every year (accord art. 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kit.period import ONE_DAY, Month, add_months
from services.eligibility.domain.file import Dispense
from services.eligibility.domain.presence import Run
from services.eligibility.domain.terms import DispenseTerms, EligibilityTerms


@dataclass(frozen=True, slots=True)
class Holding:
    """A request that holds from `begins`, until cover starts on `lapses_on`.

    `prove_by`: the last day on which another proof would make it hold longer; None when it is given up before.
    """

    requested_on: date
    begins: date
    lapses_on: date
    prove_by: date | None


def deadline(run: Run, terms: EligibilityTerms, dispense: DispenseTerms) -> date:
    """The last day to ask: the accord's own date for who was present at its effect, else so many days after hire."""
    if run.period.start <= terms.effective.start:
        return dispense.present_deadline
    return run.period.start + timedelta(days=dispense.hire_days)


def held(
    asked: Iterable[Dispense], begins: date, run: Run, previous: Run | None, terms: EligibilityTerms
) -> Holding | None:
    """The request that keeps an agent out from `begins`, or None when no dispense is due.

    `begins` is the day affiliation would begin. A proof holds one year from its date; the next must come while it
    does. Without a new one the agent is affiliated on the first of the following month (S15), for good; an agent who
    gives it up is affiliated the day after. Asked twice in time, it holds as long as either request does. The request
    is judged by what the accord said on the day of hire (or of its own effect), a proof by what it said on its day.
    """
    found = [one for request in asked if (one := _held(request, begins, run, previous, terms)) is not None]
    return max(found, key=lambda one: (one.lapses_on, one.requested_on), default=None)


def _held(asked: Dispense, begins: date, run: Run, previous: Run | None, terms: EligibilityTerms) -> Holding | None:
    rule = terms.on(max(run.period.start, terms.effective.start)).dispense
    if rule is None or not asked.individual_cover or (asked.until is not None and asked.until < begins):
        return None
    last_day = deadline(run, terms, rule)
    for_an_ended_job = previous is not None and asked.requested_on <= previous.period.last
    if asked.requested_on > last_day or for_an_ended_job:
        return None
    proven = _proven_until(sorted(asked.proofs), begins, last_day, terms)
    if proven is None:
        return None
    lapse = Month.of(proven).next().first
    if asked.until is not None and asked.until < lapse:
        return Holding(asked.requested_on, begins, asked.until + ONE_DAY, None)
    return Holding(asked.requested_on, begins, lapse, proven + ONE_DAY)


def _proven_until(proofs: Sequence[date], begins: date, last_day: date, terms: EligibilityTerms) -> date | None:
    """The last day the unbroken chain of proofs covers; None when no proof given in time reaches `begins`."""
    until: date | None = None
    for proof in proofs:
        rule = terms.on(proof).dispense
        if rule is None:
            continue
        holds_to = add_months(proof, rule.proof_months) - ONE_DAY
        in_time = proof <= max(begins, last_day) if until is None else proof <= until + ONE_DAY
        if in_time and holds_to >= begins:
            until = holds_to
    return until
