"""The regime of an agent on a day, from the hours of all jobs together (rulebook §1.0)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from rules.book import Rules
from rules.errors import NoValueAt
from rules.vocabulary import EmploymentKind, Regime
from services.eligibility.domain.file import FONCTIONNAIRES, ArtTeaching, Employment

PRIVATE_LAW_KINDS = frozenset({EmploymentKind.PRIVATE_LAW, EmploymentKind.APPRENTI})
# Hours that count towards each threshold: all of them, or those of the arts teaching it is made for.
THRESHOLDS: Final = {
    None: "regime.cnracl.weekly_hours",
    ArtTeaching.PROFESSOR: "regime.cnracl.weekly_hours_art_professor",
    ArtTeaching.ASSISTANT: "regime.cnracl.weekly_hours_art_assistant",
}


def regime_on(employments: Iterable[Employment], day: date, rules: Rules) -> Regime | None:
    """The regime of the agent as a whole; None without job.

    A fonctionnaire's regime stands before a contract held at the same time: the pension scheme follows the appointment.
    """
    held = [e for e in employments if day in e.period]
    if not held:
        return None
    leading = next((e for e in held if e.kind in FONCTIONNAIRES), None) or next(
        (e for e in held if e.kind not in PRIVATE_LAW_KINDS), held[0]
    )
    return regime_of(leading, held, day, rules)


def regime_of(one: Employment, held: Sequence[Employment], day: date, rules: Rules) -> Regime:
    """The regime of one employment on a day on which all of `held` run.

    CNRACL from the weekly hours of décret 2022-244 on, summed over the jobs held as fonctionnaire.
    """
    if one.kind in PRIVATE_LAW_KINDS:
        return Regime.PRIVATE_LAW
    if one.kind not in FONCTIONNAIRES:
        return Regime.CONTRACTUEL_PUBLIC
    appointments = [e for e in held if e.kind in FONCTIONNAIRES]
    enough = any(
        _hours(appointments, teaching) >= _threshold(teaching, day, rules) for teaching in _asked(appointments)
    )
    return Regime.CNRACL if enough else Regime.IRCANTEC_FONCTIONNAIRE


def _asked(appointments: Iterable[Employment]) -> list[ArtTeaching | None]:
    """The thresholds there is a reason to look at, the general one first."""
    return [None, *sorted({e.art_teaching for e in appointments if e.art_teaching is not None})]


def _hours(appointments: Iterable[Employment], teaching: ArtTeaching | None) -> Decimal:
    counted = (e.weekly_hours for e in appointments if teaching is None or e.art_teaching is teaching)
    return sum(counted, Decimal(0))


def _threshold(teaching: ArtTeaching | None, day: date, rules: Rules) -> Decimal:
    """Before the first day a source vouches for, that day's value: careers are older than the texts we have read."""
    rule = THRESHOLDS[teaching]
    try:
        return rules.at(rule, day).value
    except NoValueAt as unknown:
        return rules.at(rule, unknown.first_known).value
