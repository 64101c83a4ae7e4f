"""What cannot be in what an employer says: contradictions inside one fact (rules/plausibility.yaml)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from kit.period import Period
from rules.book import Rules
from rules.vocabulary import PositionKind
from services.eligibility.domain.errors import BeforeBirth, ConditionsRefused, InFuture, NotOfThisKind, TooFarAhead
from services.eligibility.domain.facts import Conditions, Spell
from services.eligibility.domain.file import FONCTIONNAIRES

# Positions and leaves of the fonctionnaire: CGFP L. 513-1, L. 514-1 (détachement, disponibilité), L. 822-6, L. 822-12
# (CLM, CLD: rulebook §1.1; a contractuel has the CGM).
OF_FONCTIONNAIRES: Final = frozenset(
    {PositionKind.CLM, PositionKind.CLD, PositionKind.DO, PositionKind.DISPONIBILITE, PositionKind.DETACHEMENT}
)


def check_day(day: date, today: date, rules: Rules, pointer: str) -> None:
    """Raise TooFarAhead for a day beyond those that anything is announced for."""
    if day.year >= today.year and years_between(today, day) >= rules.at("file.horizon_years", today).integer:
        raise TooFarAhead(pointer=pointer)


def check_entry(period: Period, today: date, rules: Rules, place: str = "") -> None:
    """Raise TooFarAhead where an entry of a leave starts or ends beyond those days; `place` is where it stands."""
    check_day(period.start, today, rules, f"{place}/start")
    if period.end is not None:
        check_day(period.end, today, rules, f"{place}/end")


def check_conditions(held: Conditions, today: date, rules: Rules, place: str = "") -> None:
    """Raise ConditionsRefused for hours that nobody works; `place` is where the conditions stand."""
    if not Decimal(0) < held.weekly_hours <= rules.at("employment.weekly_hours.most", today).value:
        said = "Durée hebdomadaire impossible : nulle, ou plus longue que la loi ne le permet, heures comprises."
        raise ConditionsRefused(pointer=f"{place}/weekly_hours", detail_fr=said)


def check_spell(spell: Spell, born: date, today: date, rules: Rules, place: str = "") -> None:
    """Raise what an employment contradicts: ConditionsRefused, BeforeBirth, TooFarAhead."""
    check_conditions(spell.conditions, today, rules, place)
    check_day(spell.period.start, today, rules, f"{place}/start")
    since = spell.service_start
    if since is not None and since > spell.period.start:
        said = "L'ancienneté commence au plus tard avec l'emploi."
        raise ConditionsRefused(pointer=f"{place}/service_start", detail_fr=said)
    if since is not None and since <= born:
        raise BeforeBirth(pointer=f"{place}/service_start")


def check_born(born: date, today: date) -> None:
    """Raise InFuture for somebody who is not born yet."""
    if born > today:
        raise InFuture(pointer="/birth_date")


def check_position(kind: PositionKind, start: date, spells: Iterable[Spell], pointer: str) -> None:
    """Raise NotOfThisKind where only a fonctionnaire has such a leave or position, and the agent is none that day."""
    held = [spell.conditions.kind for spell in spells if start in spell.period]
    if kind in OF_FONCTIONNAIRES and held and not FONCTIONNAIRES.intersection(held):
        raise NotOfThisKind(pointer=pointer)


def years_between(since: date, until: date) -> int:
    """Whole years from a day to a later one."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))
