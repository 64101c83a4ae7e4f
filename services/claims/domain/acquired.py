"""Half pay kept while a decision is awaited: once paid it is acquired, even if the decision takes effect before it.

CE 9 nov. 2018 n° 412684; CAA Nancy 3 fév. 2022 (rulebook §1.1). A disponibilité d'office decided afterwards for those
days pays nothing; what the agent had for them stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from kit.period import ONE_DAY, Period
from rules.book import Rules
from rules.vocabulary import LeaveKind, Leg
from services.claims.domain.entitlement import Entitlement, Ground, Stretch

AWAITING: Final = "leave.awaiting_decision_rate"


def acquired_days(entitlement: Entitlement, paid: Period) -> list[Period]:
    """The days of half pay kept while a decision was awaited, among those that are paid."""
    kept = [stretch.period for stretch in entitlement if stretch.ground.rule == AWAITING]
    return [inside for period in kept if (inside := period.intersection(paid)) is not None]


def with_acquired(entitlement: Entitlement, acquired: Sequence[Period], rules: Rules) -> Entitlement:
    """The same rights, with half pay on the days of a disponibilité d'office for which it is acquired."""
    if not acquired:
        return entitlement
    return Entitlement.of(part for stretch in entitlement for part in _parts(stretch, acquired, rules))


def _parts(stretch: Stretch, acquired: Iterable[Period], rules: Rules) -> Iterator[Stretch]:
    if stretch.kind is not LeaveKind.DO:
        yield stretch
        return
    start, last = stretch.period.start, stretch.period.last
    for period in sorted(acquired):
        inside = period.intersection(Period(start, last)) if start <= last else None
        if inside is None:
            continue
        if inside.start > start:
            yield replace(stretch, period=Period(start, inside.start - ONE_DAY))
        rate = rules.at(AWAITING, inside.start)
        ground = Ground(rate.id, rate.reference)
        yield Stretch(inside, stretch.kind, Leg.HALF, rate.rate, ground)
        start = inside.last + ONE_DAY
    if start <= last:
        yield replace(stretch, period=Period(start, last))
