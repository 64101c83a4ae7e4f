"""The regime of an agent on a day, from the hours of all jobs together (rulebook §1.0)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from rules.book import Rules
from rules.vocabulary import EmploymentKind, Regime
from services.eligibility.domain.file import FONCTIONNAIRES, Employment

PRIVATE_LAW_KINDS = frozenset({EmploymentKind.PRIVATE_LAW, EmploymentKind.APPRENTI})


def regime_on(employments: Iterable[Employment], day: date, rules: Rules) -> Regime | None:
    """CNRACL from the weekly hours of décret 2022-244 on, summed over the jobs held as fonctionnaire; None without job.

    A fonctionnaire's regime stands before a contract held at the same time: the pension scheme follows the appointment.
    """
    held = [e for e in employments if day in e.period]
    appointments = [e for e in held if e.kind in FONCTIONNAIRES]
    if appointments:
        hours = sum((e.weekly_hours for e in appointments), Decimal(0))
        threshold = rules.at("regime.cnracl.weekly_hours", day).value
        return Regime.CNRACL if hours >= threshold else Regime.IRCANTEC_FONCTIONNAIRE
    if not held:
        return None
    private = all(e.kind in PRIVATE_LAW_KINDS for e in held)
    return Regime.PRIVATE_LAW if private else Regime.CONTRACTUEL_PUBLIC
