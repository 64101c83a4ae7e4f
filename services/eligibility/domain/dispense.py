"""The dispense of CDD and apprentices with an individual cover: asked in time, proven every year (accord art. 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.period import ONE_DAY, Month, add_months
from services.eligibility.domain.file import Dispense
from services.eligibility.domain.presence import Run, dispensable
from services.eligibility.domain.reasons import Reason, french
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


class Ground(StrEnum):
    """Why a request is refused: the rules of accord art. 3 that speak against it."""

    NOT_OFFERED = "eligibility.dispense_not_offered"
    NOT_OPEN = "eligibility.dispense_not_open"
    NO_COVER = "eligibility.dispense_no_cover"
    GIVEN_UP = "eligibility.dispense_given_up"
    ENDED_JOB = "eligibility.dispense_ended_job"
    LATE = "eligibility.dispense_late"
    UNPROVEN = "eligibility.dispense_unproven"


_SAID: Final = {
    Ground.NOT_OFFERED: "l'accord ne prévoyait aucune dispense à l'embauche.",
    Ground.NOT_OPEN: "l'accord ne l'ouvre qu'à un contrat à durée déterminée ou d'apprentissage.",
    Ground.NO_COVER: "elle ne justifie d'aucune couverture individuelle de même nature.",
    Ground.GIVEN_UP: "l'agent y a renoncé au {passed}, avant d'être couvert.",
    Ground.ENDED_JOB: "elle valait pour un emploi qui a pris fin le {passed}.",
    Ground.LATE: "elle devait l'être au plus tard le {passed}.",
    Ground.UNPROVEN: "aucun justificatif valable n'est venu au plus tard le {passed}.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that does not keep an agent out from `begins`, and why. `passed`: the day that went by, if one did."""

    requested_on: date
    begins: date
    ground: Ground
    passed: date | None

    def reason(self) -> Reason:
        """The rule, its article, and what is said to the agent."""
        passed = "" if self.passed is None else french(self.passed)
        said = (
            f"Dispense demandée le {french(self.requested_on)} et refusée : {_SAID[self.ground].format(passed=passed)}"
        )
        return Reason(self.ground.value, "accord art. 3", said)


def deadline(run: Run, terms: EligibilityTerms, dispense: DispenseTerms) -> date:
    """The last day to ask: the accord's own date for who was present at its effect, else so many days after hire."""
    if run.period.start <= terms.effective.start:
        return dispense.present_deadline
    return run.period.start + timedelta(days=dispense.hire_days)


def judged(
    asked: Iterable[Dispense], begins: date, run: Run, previous: Run | None, terms: EligibilityTerms
) -> tuple[Holding | None, tuple[Refusal, ...]]:
    """The request that keeps an agent out from `begins`; where none does, why each was refused, in their order.

    `begins` is the day affiliation would begin. A proof holds one year from its date; the next must come while it
    does. Without a new one the agent is affiliated on the first of the following month (S15), for good; an agent who
    gives it up is affiliated the day after. Asked twice in time, it holds as long as either request does. The request
    is judged by what the accord said on the day of hire (or of its own effect), a proof by what it said on its day.
    """
    found = [_judged(request, begins, run, previous, terms) for request in asked]
    holding = [one for one in found if isinstance(one, Holding)]
    if holding:
        return max(holding, key=lambda one: (one.lapses_on, one.requested_on)), ()
    refused = [one for one in found if isinstance(one, Refusal)]
    return None, tuple(sorted(refused, key=lambda one: (one.requested_on, one.ground)))


def _judged(
    asked: Dispense, begins: date, run: Run, previous: Run | None, terms: EligibilityTerms
) -> Holding | Refusal:
    rule = terms.on(max(run.period.start, terms.effective.start)).dispense
    if rule is None:
        return Refusal(asked.requested_on, begins, Ground.NOT_OFFERED, None)
    last_day = deadline(run, terms, rule)
    ground = _against(asked, begins, run, previous, terms, last_day=last_day)
    if ground is not None:
        return Refusal(asked.requested_on, begins, *ground)
    proven = _proven_until(sorted(asked.proofs), begins, last_day, terms)
    if proven is None:
        return Refusal(asked.requested_on, begins, Ground.UNPROVEN, max(begins, last_day))
    lapse = Month.of(proven).next().first
    if asked.until is not None and asked.until < lapse:
        return Holding(asked.requested_on, begins, asked.until + ONE_DAY, None)
    return Holding(asked.requested_on, begins, lapse, proven + ONE_DAY)


def _against(
    asked: Dispense, begins: date, run: Run, previous: Run | None, terms: EligibilityTerms, *, last_day: date
) -> tuple[Ground, date | None] | None:
    """What speaks against a request, its proofs apart, and the day that went by."""
    ended = None if previous is None else previous.period.last
    checks = (
        (not any(dispensable(one, said) for one in run.employments for _, said in terms.rules), Ground.NOT_OPEN, None),
        (not asked.individual_cover, Ground.NO_COVER, None),
        (asked.until is not None and asked.until < begins, Ground.GIVEN_UP, asked.until),
        (ended is not None and asked.requested_on <= ended, Ground.ENDED_JOB, ended),
        (asked.requested_on > last_day, Ground.LATE, last_day),
    )
    return next(((ground, passed) for speaks, ground, passed in checks if speaks), None)


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
