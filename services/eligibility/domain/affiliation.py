"""The affiliation timeline: for every day, whether the agent is covered, and if not, why (accord art. 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kit.period import ONE_DAY, Period
from kit.stretches import joined
from kit.trace import Trace
from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.domain import presence
from services.eligibility.domain.deferral import joins_after_return
from services.eligibility.domain.dispense import Holding, Refusal, judged
from services.eligibility.domain.file import AgentFile, Employment
from services.eligibility.domain.presence import Run
from services.eligibility.domain.reasons import AGREEMENT_SUSPENDED, DISPENSE_REINTRODUCED, REASONS, Reason
from services.eligibility.domain.terms import EligibilityTerms


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days with one outcome. `reasons` of AFFILIATED are the dispenses refused; ENDED needs none."""

    period: Period
    outcome: Outcome
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every day from the later of the accord's effect and the first employment, without gap; the last has no end.

    `dispenses`: the requests to stay out that hold, one for each presence that has one.
    """

    stretches: tuple[Stretch, ...]
    trace: Trace
    dispenses: tuple[Holding, ...] = ()

    @property
    def first_day(self) -> date:
        return self.stretches[0].period.start

    def on(self, day: date) -> Outcome:
        """The outcome of a day. Asserts that the timeline has begun."""
        return next(s.outcome for s in self.stretches if day in s.period)

    def covered(self) -> Period | None:
        """From the first covered day to the last, whatever lies between; None when there is none."""
        days = [s.period for s in self.stretches if s.outcome is Outcome.AFFILIATED]
        return Period(days[0].start, days[-1].end) if days else None


@dataclass(frozen=True, slots=True)
class _Gate:
    """What one unbroken presence has to pass: None: nothing stands in the way. `opens`: from when it gives cover."""

    run: Run
    opens: date
    joins: date | None
    dispense: Holding | None
    refused: tuple[Refusal, ...]


def decide(file: AgentFile, terms: EligibilityTerms) -> Timeline:
    """The timeline of one agent with one employer. Asserts at least one employment."""
    assert file.employments, "an agent has at least one employment"
    first = max(terms.effective.start, min(e.period.start for e in file.employments))
    gates = _gates(file, terms)
    days = sorted(_turning_days(file, terms, gates, first))
    ends = [following - ONE_DAY for following in days[1:]]
    pieces = [
        (Period(day, end), _outcome(day, file, terms, gates)) for day, end in zip(days, [*ends, None], strict=True)
    ]
    refused = tuple(one for gate in gates for one in gate.refused)
    stretches = tuple(
        Stretch(
            period,
            outcome,
            _reasons(outcome, [day for day in days if day in period], file, terms) + _refused(outcome, period, refused),
        )
        for period, outcome in joined(pieces)
    )
    dispenses = tuple(gate.dispense for gate in gates if gate.dispense is not None)
    return Timeline(stretches, _trace(file, terms, gates, stretches), dispenses)


def _gates(file: AgentFile, terms: EligibilityTerms) -> tuple[_Gate, ...]:
    gates: list[_Gate] = []
    for run in presence.runs(file, terms):
        previous = gates[-1].run if gates else None
        joins = joins_after_return(file, run, terms)
        begins = max(
            min(presence.eligible_from(e, run, terms) for e in run.employments),
            terms.effective.start,
            joins or date.min,
        )
        opens = presence.opened(run, terms)
        gates.append(_Gate(run, opens, joins, *judged(file.dispenses, begins, run, previous, terms)))
    return tuple(gates)


def _turning_days(file: AgentFile, terms: EligibilityTerms, gates: Iterable[_Gate], first: date) -> set[date]:
    """Every day on which an outcome may change, from `first` on."""
    days = {first} | terms.turning_days()
    for period in (*(e.period for e in file.employments), *(p.period for p in file.positions)):
        days.add(period.start)
        if period.end is not None:
            days.add(period.end + ONE_DAY)
    for gate in gates:
        if gate.joins is not None:
            days.add(gate.joins)
        if gate.dispense is not None:
            days |= {gate.dispense.begins, gate.dispense.lapses_on}
        days |= {presence.eligible_from(e, gate.run, terms) for e in gate.run.employments}
    return {day for day in days if first <= day < date.max}


def _outcome(day: date, file: AgentFile, terms: EligibilityTerms, gates: Iterable[_Gate]) -> Outcome:
    """The strongest outcome of a day, in the order of precedence of AffiliationOutcome."""
    present = file.employed_on(day)
    if not present or day not in terms.effective:
        return Outcome.ENDED
    counted = [e for e in present if e.kind not in terms.on(day).excluded_kinds]
    gate = next((g for g in gates if day in g.run.period), None)
    if gate is None or not counted:
        return Outcome.EXCLUDED
    return _waiting(day, counted, gate, terms) or _covered(day, counted, file, gate, terms)


def _waiting(day: date, counted: Iterable[Employment], gate: _Gate, terms: EligibilityTerms) -> Outcome | None:
    """What still keeps an agent outside on a day, or None. Whoever has come in waits no more while presence lasts."""
    if day < gate.opens and all(day < presence.eligible_from(e, gate.run, terms) for e in counted):
        return Outcome.NOT_YET_ELIGIBLE
    if gate.joins is not None and day < gate.joins:
        return Outcome.DEFERRED
    return None


def _covered(
    day: date, counted: Iterable[Employment], file: AgentFile, gate: _Gate, terms: EligibilityTerms
) -> Outcome:
    """What has become of the cover of an agent who may have it."""
    if _dispensed(day, counted, gate, terms):
        return Outcome.DISPENSED
    return Outcome.SUSPENDED if _suspended_by(day, file, terms) else Outcome.AFFILIATED


def _dispensed(day: date, counted: Iterable[Employment], gate: _Gate, terms: EligibilityTerms) -> bool:
    if gate.dispense is None or not gate.dispense.begins <= day < gate.dispense.lapses_on:
        return False
    return all(presence.dispensable(e, terms.on(day)) for e in counted)


def _suspended_by(day: date, file: AgentFile, terms: EligibilityTerms) -> tuple[Reason, ...]:
    """What suspends cover on a day: an unpaid position of the agent, the accord's own suspension, or both."""
    unpaid = any(not (p.paid and terms.on(day).paid_keeps_cover) for p in file.positions_on(day))
    own = (REASONS[Outcome.SUSPENDED],) if unpaid else ()
    return (*own, AGREEMENT_SUSPENDED) if terms.suspended_on(day) else own


def _reasons(outcome: Outcome, days: Sequence[date], file: AgentFile, terms: EligibilityTerms) -> tuple[Reason, ...]:
    """Why a stretch has its outcome; `days` are those on which something may have changed in it."""
    if outcome is Outcome.SUSPENDED:
        return tuple(dict.fromkeys(reason for day in days for reason in _suspended_by(day, file, terms)))
    if outcome is Outcome.DISPENSED and _reintroduced(days[0], file, terms):
        return (REASONS[outcome], DISPENSE_REINTRODUCED)
    return (REASONS[outcome],) if outcome in REASONS else ()


def _refused(outcome: Outcome, period: Period, refused: Iterable[Refusal]) -> tuple[Reason, ...]:
    """The requests to stay out that do not keep cover from beginning in these days."""
    covered = outcome in {Outcome.AFFILIATED, Outcome.SUSPENDED}
    return tuple(one.reason() for one in refused if covered and one.begins in period)


def _reintroduced(day: date, file: AgentFile, terms: EligibilityTerms) -> bool:
    """Whether a contract that runs could not be dispensed on the eve, and may be again as the accord now reads."""
    eve, now = terms.on(day - ONE_DAY), terms.on(day)
    running = (e for e in file.employed_on(day) if e.period.start < day)
    return any(presence.dispensable(e, now) and not presence.dispensable(e, eve) for e in running)


def _refusal(one: Refusal) -> dict[str, Any]:
    reason = one.reason()
    said = {"requested_on": one.requested_on, "rule": reason.rule, "reference": reason.reference}
    return {**said, "passed": one.passed}


def _trace(file: AgentFile, terms: EligibilityTerms, gates: Iterable[_Gate], stretches: Iterable[Stretch]) -> Trace:
    steps = tuple(
        Trace(
            "eligibility.presence",
            "accord art. 2.1 et 3",
            {"presence": gate.run.period, "contracts": len(gate.run.employments), "deferred_until": gate.joins},
            {
                "dispensed_from": gate.dispense and gate.dispense.begins,
                "dispense_lapses_on": gate.dispense and gate.dispense.lapses_on,
                **({"dispenses_refused": [_refusal(one) for one in gate.refused]} if gate.refused else {}),
            },
        )
        for gate in gates
    )
    result = [{"period": s.period, "outcome": str(s.outcome)} for s in stretches]
    inputs: dict[str, Any] = {
        "agreement": terms.agreement,
        "effective": terms.effective,
        "employments": [{"kind": str(e.kind), "period": e.period} for e in file.employments],
        "positions": [{"period": p.period, "paid": p.paid} for p in file.positions],
        "prior_collective_cover": file.prior_collective_cover,
    }
    if terms.suspensions:
        inputs["suspensions"] = terms.suspensions
    if len(terms.rules) > 1:
        inputs["rules_from"] = [period.start for period, _ in terms.rules[1:]]
    return Trace("eligibility.affiliation", "accord art. 2.1, 2.2 et 3", inputs, result, steps)
