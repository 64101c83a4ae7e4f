"""What is merely unlikely in what an employer says, inside one fact or beside others: entered all the same, and said.

Each function gives the doubts on one kind of fact as it now stands. Figures are in rules/.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from kit.nir import Nir
from kit.period import add_months, add_years
from kit.rate import Rate
from rules.book import Rules
from rules.vocabulary import ContractKind, EmploymentKind, PositionKind, Regime
from services.eligibility.domain.facts import DispenseRequest, Invalidity, LeaveEntry, Spell
from services.eligibility.domain.plausibility import years_between

# How many years each lasts at most, of one kind without a break.
LONGEST: Final = {
    PositionKind.CMO: "leave.cmo.window_years",
    PositionKind.CLM: "leave.clm.max_years",
    PositionKind.CLD: "leave.cld.max_years",
    PositionKind.CGM: "leave.cgm.max_years",
    PositionKind.TPT: "leave.tpt.max_years",
    PositionKind.DO: "leave.do.max_years",
    PositionKind.CONGE_SANS_TRAITEMENT: "position.unpaid_leave.longest_years",
}
# How long one stop or renewal is granted for at most.
GRANTED: Final = {PositionKind.CLM: "leave.clm.granted_months", PositionKind.TPT: "leave.tpt.granted_months"}
# Not for a stagiaire, who has a leave without pay instead (rulebook §1.0).
OF_TITULAIRES: Final = frozenset({PositionKind.DISPONIBILITE, PositionKind.DO})


@dataclass(frozen=True, slots=True)
class Doubt:
    """What somebody should look at: its code, the field, and why. It repeats no value."""

    code: str
    pointer: str
    detail_fr: str


def on_birth(nir: Nir, born: date, pointer: str = "/birth_date") -> Iterator[Doubt]:
    """On who somebody is; `pointer` is the field that says it."""
    if not nir.may_be_born(born):
        yield Doubt("nir_birth_mismatch", pointer, "Le NIR dit une autre année ou un autre mois de naissance.")


def on_hire(spell: Spell, born: date, today: date, rules: Rules, place: str = "") -> Iterator[Doubt]:
    """On a contract that begins; `place` is where it stands."""
    youngest, oldest = (rules.at(f"employment.age.{which}", today).integer for which in ("youngest", "oldest"))
    if not youngest <= years_between(born, spell.period.start) <= oldest:
        yield Doubt("unlikely_age", f"{place}/start", "Âge inhabituel à l'embauche : vérifiez les deux dates.")
    yield from on_contract([spell], today, rules, place)


def on_contract(spells: Sequence[Spell], today: date, rules: Rules, place: str = "") -> Iterator[Doubt]:
    """On the last stretch of a contract, in date order: its hours and its term."""
    last = spells[-1]
    if last.conditions.weekly_hours > rules.at("employment.weekly_hours.unlikely", today).value:
        said = "Durée hebdomadaire inhabituelle : vérifiez qu'elle est celle d'un seul emploi."
        yield Doubt("unlikely_hours", f"{place}/weekly_hours", said)
    longest = rules.at("employment.cdd.longest_years", today).integer
    end = last.agreed_end or last.period.end
    if last.conditions.contract is ContractKind.CDD and end and years_between(spells[0].period.start, end) >= longest:
        where = "agreed_end" if last.agreed_end else "end"
        yield Doubt("unlikely_term", f"{place}/{where}", "CDD plus long que la loi ne le permet d'ordinaire.")


def beside(spell: Spell, others: Iterable[Spell], today: date, rules: Rules) -> Iterator[Doubt]:
    """On a contract beside those that run on its first day, where none of them is too long by itself."""
    most = rules.at("employment.weekly_hours.unlikely", today).value
    held = [one.conditions.weekly_hours for one in others if spell.period.start in one.period]
    if held and spell.conditions.weekly_hours <= most < sum(held, spell.conditions.weekly_hours):
        said = "Durée inhabituelle de tous les emplois ensemble : vérifiez que chacun n'est dit qu'une fois."
        yield Doubt("unlikely_total_hours", "/weekly_hours", said)


def on_absence(
    entries: Sequence[LeaveEntry],
    spells: Iterable[Spell],
    regimes: Collection[Regime],
    today: date,
    *,
    rules: Rules,
    long: str = "/end",
) -> Iterator[Doubt]:
    """On a leave or a position, its entries in date order.

    `regimes` are the agent's on the first day of the last one; `long` is the field that makes it so long.
    """
    last = entries[-1]
    start = last.period.start
    # What private law gives is the Code du travail's, and not in this table.
    if last.is_leave and regimes and (_open_to(last.kind, today, rules) | {Regime.PRIVATE_LAW}).isdisjoint(regimes):
        yield Doubt("other_regime", "/kind", "Le régime de l'agent ce jour-là n'ouvre pas ce congé.")
    if last.kind in OF_TITULAIRES and _kinds_on(start, spells) == {EmploymentKind.STAGIAIRE}:
        said = "Un stagiaire n'a pas de disponibilité : un congé sans traitement en tient lieu."
        yield Doubt("other_status", "/kind", said)
    if last.period.end is not None:
        yield from _too_long(last, _since(entries), today, rules, long)
    if last.quotity is not None and last.quotity not in _tpt_quotities(today, rules):
        yield Doubt("unlikely_quotity", "/quotity", "Ce n'est pas une quotité de temps partiel thérapeutique.")


def _tpt_quotities(today: date, rules: Rules) -> set[Rate]:
    return {Rate.parse(str(row["quotity"])) for row in rules.table("leave.tpt.quotities", today)}


def on_election(*, bound: bool) -> Iterator[Doubt]:
    """On an option chosen; `bound`: an accord of the employer is in effect on its first day."""
    if not bound:
        yield Doubt("no_accord_then", "/from", "Aucun accord de l'employeur n'est connu ce jour-là.")


def on_dispense(one: DispenseRequest, spells: Sequence[Spell]) -> Iterator[Doubt]:
    """On a request to stay out: each proof holds a year (accord art. 3)."""
    if spells and one.period.start > max(spell.period.last for spell in spells):
        yield Doubt("not_employed_then", "/requested_on", "L'agent n'avait plus d'emploi ce jour-là.")
    if one.proofs and add_years(max(one.proofs), 1) <= one.period.start:
        yield Doubt("old_proof", "/proofs", "Le justificatif avait plus d'un an le jour de la demande.")


def on_invalidity(one: Invalidity, spells: Iterable[Spell], regimes: Collection[Regime]) -> Iterator[Doubt]:
    """On a recognition; `regimes` are the agent's on its first day, none where no job is known (rulebook S5)."""
    cnracl = Regime.CNRACL in regimes
    if regimes and one.cnracl_rate is not None and not cnracl:
        yield Doubt("other_regime", "/cnracl_rate", "L'agent ne relevait pas de la CNRACL ce jour-là.")
    if cnracl and len(regimes) == 1 and one.ss_category is not None:
        said = "L'agent relevait de la CNRACL ce jour-là, qui n'a pas de catégorie d'invalidité."
        yield Doubt("other_regime", "/ss_category", said)
    if one.cnracl_rate is not None and _kinds_on(one.period.start, spells) == {EmploymentKind.STAGIAIRE}:
        yield Doubt("other_status", "/cnracl_rate", "Un stagiaire n'a pas de retraite pour invalidité.")


def on_end(day: date, spells: Sequence[Spell], entries: Iterable[LeaveEntry]) -> Iterator[Doubt]:
    """On a death, or the last day with an employer: whether the file goes on after it."""
    if spells and day > max(spell.period.last for spell in spells):
        yield Doubt("not_employed_then", "/date", "L'agent n'avait plus d'emploi ce jour-là.")
    if any(entry.period.start > day for entry in entries):
        yield Doubt("facts_after", "/date", "Un congé, une prolongation ou une position commence après ce jour.")


def _too_long(last: LeaveEntry, since: date, today: date, rules: Rules, pointer: str) -> Iterator[Doubt]:
    """On the last entry, and on all of its kind since a day."""
    granted, longest = GRANTED.get(last.kind), LONGEST.get(last.kind)
    if granted is not None and last.period.last >= add_months(last.period.start, rules.at(granted, today).integer):
        said = "Période plus longue que celles pour lesquelles un tel congé est accordé : vérifiez la date de fin."
        yield Doubt("unlikely_period", pointer, said)
    if longest is not None and last.period.last >= add_years(since, rules.at(longest, today).integer):
        yield Doubt("unlikely_length", pointer, "Plus long que la loi ne le permet : vérifiez la nature et les dates.")


def _open_to(kind: PositionKind, day: date, rules: Rules) -> frozenset[Regime]:
    rows = rules.table("leave.applicable", day)
    return frozenset(Regime(row["regime"]) for row in rows if row["kind"] == kind.value)


def _kinds_on(day: date, spells: Iterable[Spell]) -> set[EmploymentKind]:
    return {spell.conditions.kind for spell in spells if day in spell.period}


def _since(entries: Sequence[LeaveEntry]) -> date:
    """Since when the last entry's kind has gone on: the entries of one leave follow one another."""
    *_, run = (next(group) for _, group in groupby(entries, key=lambda entry: entry.kind))
    return run.period.start
