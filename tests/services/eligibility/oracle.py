"""Cover of one day at a time, as the accord reads: slow, without a timeline, written apart from the engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from services.eligibility.domain.file import AgentFile, Dispense, Employment

EFFECT = date(2025, 1, 1)
ONE = timedelta(days=1)
DEFERRING = {"CMO", "CLM", "CLD", "CGM", "DO"}


def outcome(file: AgentFile, day: date) -> str:
    """The outcome of a day at or after the effect."""
    held = [e for e in file.employments if runs(e, day)]
    if not held:
        return "ENDED"
    counted = [e for e in held if e.kind != "VACATAIRE"]
    if not counted:
        return "EXCLUDED"
    if not any(_eligible(file, e, day) for e in counted) and not _came_in(file, day):
        return "NOT_YET_ELIGIBLE"
    if _deferred(file, day):
        return "DEFERRED"
    unpaid = any(p.period.start <= day <= p.period.last and not p.paid for p in file.positions)
    covered = "SUSPENDED" if unpaid else "AFFILIATED"
    return "DISPENSED" if _dispensed(file, day, counted) else covered


def _came_in(file: AgentFile, day: date) -> bool:
    """Whether cover opened before that day, in the same presence."""
    hired = _walk_back(day, lambda d: _present(file, d))
    same = [e for e in file.employments if e.kind != "VACATAIRE" and hired <= e.period.start <= day]
    return any(e.period.last >= EFFECT and _eligible(file, e, max(EFFECT, e.period.start)) for e in same)


APPOINTED = {"TITULAIRE", "STAGIAIRE"}


def runs(employment: Employment, day: date) -> bool:
    return employment.period.start <= day <= employment.period.last


def _present(file: AgentFile, day: date) -> bool:
    return any(runs(e, day) for e in file.employments if e.kind != "VACATAIRE")


def _walk_back(day: date, holds: Callable[[date], bool]) -> date:
    """The first day of the unbroken stretch in which `holds`, looking back from a day on which it does."""
    while holds(day - ONE):
        day -= ONE
    return day


def _eligible(file: AgentFile, employment: Employment, day: date) -> bool:
    if employment.kind not in {"CONTRACTUEL_PUBLIC", "COLLABORATEUR_CABINET"}:
        return True
    end = employment.period.end
    if employment.contract == "CDI" or end is None:
        return True
    if end + ONE >= employment.period.start + relativedelta(months=6):
        return True
    hired = _walk_back(day, lambda d: _present(file, d))
    return day >= hired + relativedelta(months=6)


def _deferred(file: AgentFile, day: date) -> bool:
    """On leave at the effect, in the same presence, and thirty full days of work not yet behind."""
    on_leave = [p for p in file.positions if p.kind in DEFERRING and p.period.start <= EFFECT <= p.period.last]
    if file.prior_collective_cover or not on_leave or not _present(file, EFFECT):
        return False
    worked = 0
    current = EFFECT
    while current < day:
        if not _present(file, current):
            return False  # another presence: nothing of the first is left
        away = any(p.period.start <= current <= p.period.last for p in file.positions)
        worked = 0 if away else worked + 1
        if worked == 30:
            return False
        current += ONE
    return True


def _dispensed(file: AgentFile, day: date, counted: list[Employment]) -> bool:
    return any(_holds(file, asked, day, counted) for asked in file.dispenses)


def _holds(file: AgentFile, asked: Dispense, day: date, counted: list[Employment]) -> bool:
    if not asked.individual_cover or (asked.until is not None and asked.until < day):
        return False
    if not all(e.kind == "APPRENTI" or (e.contract == "CDD" and e.kind not in APPOINTED) for e in counted):
        return False
    hired = _walk_back(day, lambda d: _present(file, d))
    deadline = date(2025, 1, 30) if hired <= EFFECT else hired + timedelta(days=15)
    earlier = [e.period.last for e in file.employments if e.kind != "VACATAIRE" and e.period.last < hired]
    if asked.requested_on > deadline or any(asked.requested_on <= last for last in earlier):
        return False
    begins = max(EFFECT, hired)
    while not any(
        _eligible(file, e, begins) for e in file.employments if runs(e, begins) and e.kind != "VACATAIRE"
    ) or (_deferred(file, begins)):
        begins += ONE
    return _proven(sorted(asked.proofs), begins, max(begins, deadline), day)


def _proven(proofs: list[date], begins: date, last_in_time: date, day: date) -> bool:
    until: date | None = None
    for proof in proofs:
        expires = proof + relativedelta(years=1)  # the first day it no longer holds
        if expires <= begins:
            continue
        if (until is None and proof <= last_in_time) or (until is not None and proof <= until):
            until = expires
    if until is None:
        return False
    last = until - ONE
    return day < date(last.year, last.month, 1) + relativedelta(months=1)
