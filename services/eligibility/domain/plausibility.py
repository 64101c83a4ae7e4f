"""What cannot be, or hardly, in what an employer says: contradictions inside one fact (rules/plausibility.yaml)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kit.nir import Nir
from rules.book import Rules
from rules.vocabulary import ContractKind, PositionKind
from services.eligibility.domain.errors import BeforeBirth, ConditionsRefused, InFuture, NotOfThisKind, TooFarAhead
from services.eligibility.domain.facts import Conditions, Spell
from services.eligibility.domain.file import FONCTIONNAIRES

# Positions and leaves of the fonctionnaire: CGFP L. 513-1, L. 514-1 (détachement, disponibilité), L. 822-6, L. 822-12
# (CLM, CLD: rulebook §1.1; a contractuel has the CGM).
OF_FONCTIONNAIRES: Final = frozenset(
    {PositionKind.CLM, PositionKind.CLD, PositionKind.DO, PositionKind.DISPONIBILITE, PositionKind.DETACHEMENT}
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What somebody should look at: its code, the field, and why. It repeats no value."""

    code: str
    pointer: str
    detail_fr: str


def check_day(day: date, today: date, rules: Rules, pointer: str) -> None:
    """Raise TooFarAhead for a day beyond those that anything is announced for."""
    if day.year >= today.year and _years(today, day) >= rules.at("file.horizon_years", today).integer:
        raise TooFarAhead(pointer=pointer)


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


def _years(since: date, until: date) -> int:
    """Whole years from a day to a later one."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def doubts_on(spell: Spell, nir: Nir, born: date, today: date, rules: Rules) -> tuple[Doubt, ...]:
    """What is merely unlikely in a hire."""
    return tuple(_doubts(spell, nir, born, today, rules))


def _doubts(spell: Spell, nir: Nir, born: date, today: date, rules: Rules) -> Iterator[Doubt]:
    if not nir.may_be_born(born):
        yield Doubt("nir_birth_mismatch", "/birth_date", "Le NIR dit une autre année ou un autre mois de naissance.")
    start, end = spell.period.start, spell.period.end
    youngest, oldest = (rules.at(f"employment.age.{which}", today).integer for which in ("youngest", "oldest"))
    if not youngest <= _years(born, start) <= oldest:
        yield Doubt("unlikely_age", "/employment/start", "Âge inhabituel à l'embauche : vérifiez les deux dates.")
    if spell.conditions.weekly_hours > rules.at("employment.weekly_hours.unlikely", today).value:
        said = "Durée hebdomadaire inhabituelle : vérifiez qu'elle est celle d'un seul emploi."
        yield Doubt("unlikely_hours", "/employment/weekly_hours", said)
    longest = rules.at("employment.cdd.longest_years", today).integer
    if spell.conditions.contract is ContractKind.CDD and end is not None and _years(start, end) >= longest:
        yield Doubt("unlikely_term", "/employment/end", "CDD plus long que la loi ne le permet d'ordinaire.")
