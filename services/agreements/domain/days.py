"""The days on which something that an accord is held to changes: between two of them every check says the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from kit.period import ONE_DAY, Period
from rules.book import RuleBook
from services.agreements.domain.agreement import Agreement
from services.agreements.domain.scheme import Scheme

LAW_2025: Final = "psc.law_2025.in_force"
# The figures that the checks of domain/law.py read.
FIGURES: Final = (
    "participation.prevoyance.floor",
    "participation.compulsory.employer_share",
    "index_point.minimum_index",
    "index_point.yearly",
    "decree.itt.share_tib_nbi",
    "decree.itt.share_ri",
    "decree.annuity.share",
    "decree.annuity.atmp_rate",
    "decree.annuity.categories",
)


def days_of_change(agreement: Agreement, scheme: Scheme | None, rules: RuleBook) -> list[date]:
    """The first day of the accord, then each of its days on which its terms, its scheme or the law change, in order."""
    found = {day for period in _periods(agreement, scheme, rules) for day in _edges(period)}
    return sorted({agreement.effective.start} | {day for day in found if day in agreement.effective})


def law_2025(rules: RuleBook) -> Period:
    """The days on which loi 2025-1251 applies entirely, as the law stands on the last known day."""
    return Period(rules.at(LAW_2025, date.max).date)


def _periods(agreement: Agreement, scheme: Scheme | None, rules: RuleBook) -> Iterator[Period]:
    """Everything that holds from a day to a day."""
    for guarantee in agreement.guarantees:
        yield from (rate.period for rate in guarantee.rates)
    if scheme is not None:
        yield scheme.market
    yield law_2025(rules)
    for figure in FIGURES:
        yield from (Period(value.start, value.end) for value in rules.rule(figure).values)


def _edges(period: Period) -> Iterable[date]:
    """Its first day and the day after its last."""
    return (period.start,) if period.end is None else (period.start, period.end + ONE_DAY)
