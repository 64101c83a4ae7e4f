"""A decision as a page that an agent can read: what was decided, step by step, with the articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from kit.trace import Snapshot
from rules.book import RuleBook

# What the steps that are no rule of the book are called.
STEPS: Final = {
    "benefits": "Décision",
    "statutory-pay": "Ce que le statut verse, jour par jour",
    "benefit.month": "Prestation du mois",
    "benefit.part": "Jours indemnisés, en trentièmes",
    "benefit.target": "Revenu net garanti",
    "reference.pay": "Rémunération de référence",
    "benefit.ri_full_pay": "Maintien du régime indemnitaire à plein traitement",
    "benefit.annuity": "Rente d'invalidité",
    "statutory.half_pay": "Net versé par l'employeur à demi-traitement, mois entier",
    "statutory.reduced_pay": "Net versé par l'employeur à plein traitement réduit, mois entier",
    "decree.itt": "Garantie minimale du décret",
    "net-pay": "Net de référence",
    "tpp.monthly": "Transfert primes/points, retenue mensuelle",
    "net.tib_nbi": "Net du traitement et de la NBI",
    "net.tib_nbi_ri": "Net du traitement, de la NBI et du régime indemnitaire",
    "annuity.revaluation": "Rente revalorisée",
    "benefit.temporary_invalidity": "Allocation d'invalidité temporaire",
    "capital.death": "Capital décès",
    "capital.retirement_loss": "Capital pour perte de retraite",
}
WORDS: Final = {
    "month": "mois",
    "target_net": "revenu net garanti",
    "statutory_net": "versé par l'employeur",
    "social_security": "versé par la sécurité sociale",
    "base": "assiette",
    "rate": "taux",
    "regime": "régime",
    "gross": "brut",
    "kind": "congé",
    "leg": "situation",
    "period": "période",
    "thirtieths": "part du mois",
    "counted": "jours déjà comptés",
    "limit": "limite",
    "net_tib_nbi": "net du traitement et de la NBI",
    "net_ri": "net du régime indemnitaire",
    "target": "niveau de garantie",
    "tib": "traitement indiciaire",
    "nbi": "NBI",
    "ri": "régime indemnitaire",
    "ri_rate": "part du régime indemnitaire maintenue",
    "ri_after_tpp": "régime indemnitaire après transfert primes/points",
    "ri_policy": "source du maintien",
    "category": "catégorie",
    "given": "montant déclaré",
    "share_tib_nbi": "part du traitement et de la NBI",
    "share_ri": "part du régime indemnitaire",
    "agreement": "accord",
    "version": "version",
    "reference_month": "mois de référence",
    "options": "options choisies",
    "pension_net": "pensions nettes",
    "cnracl_rate": "taux d'invalidité retenu par la CNRACL",
    "ss_category": "catégorie d'invalidité",
    "atmp_rate": "taux d'incapacité AT/MP",
    "full": "rente entière",
    "formula": "formule",
    "from": "à compter du",
    "start": "du",
    "end": "au",
    "share": "part",
    "net": "net",
    "benefit": "prestations",
    "annuity": "rente",
    "capitals": "capitaux",
    "guarantee": "garantie",
    "amount": "montant",
    "cause": "cause",
    "until": "jusqu'au",
    "own_contribution": "cotisation de l'agent",
    "elements": "éléments comparés",
    "part": "fraction due",
    "group": "groupe d'invalidité",
    "monthly": "par mois",
    "levies": "prélèvements au plus",
    "third_party": "majoration pour tierce personne",
    "pss": "plafond de la sécurité sociale",
    "full_time_revived": "temps plein rétabli, rapporté au temps partiel",
    "cap": "plafond",
    "months_used": "mois retenus",
    "birth_date": "date de naissance",
    "years": "années",
    "months": "mois",
    "DEATH": "décès",
    "IAD": "invalidité absolue et définitive",
    "RETIREMENT_LOSS": "perte de retraite",
    "FULL": "plein traitement",
    "HALF": "demi-traitement",
    "NONE": "sans traitement",
    "WAITING": "jour de carence",
}
# What a step's name does not say, below it.
NOTES: Final = {
    "benefit.part": "La paie se compte en trentièmes : un mois en a trente, quel que soit son nombre de jours. Trente"
    " jours de mai, ou les vingt-huit de février, font donc le mois entier (part du mois 1) ; vingt jours en font 2/3.",
}
WARNINGS: Final = {
    "LEGAL_FLOOR_SHORTFALL": "le montant est inférieur au minimum du décret 2022-581, que l'employeur doit.",
    "PENSION_BELOW_FLOOR": "la pension notifiée est inférieure au plancher de la CNRACL, prélèvements déduits.",
    "PENSION_ABOVE_PAY": "la pension notifiée dépasse le traitement et la majoration pour tierce personne.",
    "PENSION_ABOVE_CATEGORY": "la pension notifiée dépasse le maximum de sa catégorie d'invalidité.",
}
EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


def page(snapshot: Snapshot, rules: RuleBook, recorded_on: date) -> str:
    """The page, in French; rules are called as the book calls them."""
    lines = [f"Décision enregistrée le {_value(recorded_on.isoformat())}", ""]
    lines += _step(snapshot.trace, rules, 0)
    alerts = {alert for month in snapshot.result["months"] for alert in month["alerts"]} | _annuity_alerts(snapshot)
    for alert in sorted(alerts):
        lines += ["", f"Attention : {WARNINGS[alert]}"]
    return "\n".join(lines) + "\n"


def _annuity_alerts(snapshot: Snapshot) -> set[str]:
    annuity = snapshot.result["annuity"]
    return {*annuity["alerts"], *annuity.get("doubts", ())} if annuity else set()


def _step(step: Mapping[str, Any], rules: RuleBook, depth: int) -> Iterator[str]:
    margin = "  " * depth
    name = STEPS.get(step["rule"]) or (rules.rule(step["rule"]).label if step["rule"] in rules else step["rule"])
    yield f"{margin}- {name} : {_value(step['result'])}"
    inputs = _said(step["inputs"])
    if inputs:
        yield f"{margin}  ({' ; '.join(inputs)})"
    if step["rule"] in NOTES:
        yield f"{margin}  {NOTES[step['rule']]}"
    if step["reference"]:
        yield f"{margin}  [{step['reference']}]"
    for inner in step["steps"]:
        yield from _step(inner, rules, depth + 1)


def _said(values: Mapping[str, Any]) -> list[str]:
    """Each value with its word. Snapshots are kept by the letter: a person says when it begins before when it ends.

    >>> _said({"end": "2026-06-30", "start": "2026-06-01"}), _said({"end": None, "start": "2026-06-01"})
    (['du 01/06/2026 au 30/06/2026'], ['du 01/06/2026'])
    """
    told = {name: f"{WORDS.get(name, name)} {_value(value)}" for name, value in values.items() if value not in EMPTY}
    if told.keys() >= {"start", "end"}:
        told["start"] += f" {told.pop('end')}"
    return list(told.values())


def _value(value: Any) -> str:
    """A value as a French reader writes it: 31/01/2026, 1 234,56."""
    if isinstance(value, Mapping):
        return ", ".join(_said(value)) or "aucun"
    if isinstance(value, list):
        return " ; ".join(_value(item) for item in value) or "aucun"
    if value is None:
        return "aucun"
    return _text(str(value))


def _text(text: str) -> str:
    if text in WORDS:
        return WORDS[text]
    try:
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    except ValueError:
        pass
    whole, point, decimals = text.partition(".")
    if point and whole.removeprefix("-").isdecimal() and decimals.isdecimal():
        grouped = f"{int(whole):,}".replace(",", " ") if whole not in ("-0", "0") else whole
        return f"{grouped},{decimals}"
    return text
