"""Under which conditions and regime each employment stands, stretch by stretch: what other services are told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Any
from uuid import UUID

from kit.period import ONE_DAY, Period
from kit.stretches import joined
from rules.book import Rules
from rules.vocabulary import EmploymentKind, Regime
from services.eligibility.domain.facts import Conditions, ContractKey, Spell
from services.eligibility.domain.regime import regime_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A stretch of an employment with its regime; `whole` is the employment from its first day to its last."""

    employment: UUID
    key: ContractKey
    period: Period
    whole: Period
    conditions: Conditions
    regime: Regime
    service_start: date

    @property
    def titular(self) -> bool:
        return self.conditions.kind is EmploymentKind.TITULAIRE

    def document(self) -> dict[str, Any]:
        """It as JSON, for what remembers what was told."""
        key, held = self.key, self.conditions
        return {
            "employment": str(self.employment),
            "key": {"employer": key.employer, "matricule": key.matricule, "number": key.number},
            "period": _document(self.period),
            "whole": _document(self.whole),
            "conditions": {
                "kind": held.kind,
                "contract": held.contract,
                "weekly_hours": str(held.weekly_hours),
                "category": held.category,
                "art_teaching": held.art_teaching,
            },
            "regime": self.regime,
            "service_start": self.service_start.isoformat(),
        }


def standings(spells: Iterable[Spell], rules: Rules) -> dict[UUID, tuple[Standing, ...]]:
    """The stretches of every employment of one person, whoever employs: hours are summed over all of them."""
    everything = tuple(spells)
    ordered = sorted(everything, key=lambda s: (str(s.employment), s.period.start))
    return {
        employment: _stretches(tuple(own), everything, rules)
        for employment, own in groupby(ordered, key=lambda spell: spell.employment)
    }


def untold(told: Sequence[Mapping[str, Any]], now: Sequence[Standing]) -> tuple[Standing, ...]:
    """The stretches to tell so that whoever knew the documents `told` knows `now`: all from the first that differs.

    A stretch is told from its first day on and lasts until another is told, so where one merely ends is not told.
    """
    same = 0
    for before, after in zip(told, now, strict=False):
        if _beginning(before) != _beginning(after.document()):
            break
        same += 1
    if same == len(now) < len(told):
        return tuple(now[-1:])  # what came after it is no longer so
    return tuple(now[same:])


def _beginning(document: Mapping[str, Any]) -> dict[str, Any]:
    return {**document, "period": document["period"]["start"]}


def _document(period: Period) -> dict[str, str | None]:
    return {"start": period.start.isoformat(), "end": None if period.end is None else period.end.isoformat()}


def _stretches(own: Sequence[Spell], everything: Sequence[Spell], rules: Rules) -> tuple[Standing, ...]:
    first, whole = own[0], Period(own[0].period.start, own[-1].period.end)
    since = first.service_start or first.period.start
    pieces = [
        (period, (spell.conditions, _regime(spell, period.start, everything, rules)))
        for spell in own
        for period in _cut(spell.period, everything)
    ]
    return tuple(
        Standing(first.employment, first.key, period, whole, conditions, regime, since)
        for period, (conditions, regime) in joined(pieces)
    )


def _regime(spell: Spell, day: date, everything: Iterable[Spell], rules: Rules) -> Regime:
    held = [s.as_employment() for s in everything if day in s.period]
    return regime_of(spell.as_employment(), held, day, rules)


def _cut(period: Period, everything: Iterable[Spell]) -> Iterator[Period]:
    """The period, cut wherever any employment begins, changes or ends."""
    days = {period.start}
    for spell in everything:
        days.add(spell.period.start)
        if spell.period.end is not None:
            days.add(spell.period.end + ONE_DAY)
    inside = sorted(day for day in days if day in period)
    for day, following in pairwise([*inside, None]):
        assert day is not None, "only the last is open"
        yield Period(day, period.end if following is None else following - ONE_DAY)
