"""Why cover begins or stops where it does, in the words of the accord: what a decision tells beside its outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kit.period import ONE_DAY
from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.domain.affiliation import Stretch, Timeline
from services.eligibility.domain.dispense import Holding
from services.eligibility.domain.file import AgentFile
from services.eligibility.domain.reasons import ADHESION_ENDED, AGREEMENT_ENDED, AGREEMENT_SUSPENDED, Reason, french
from services.eligibility.domain.terms import CoverRules, EligibilityTerms


def explained(timeline: Timeline, file: AgentFile, terms: EligibilityTerms) -> tuple[Stretch, ...]:
    """The timeline's stretches, each with its reasons: those that keep cover away, or what lets it begin or end."""
    before: Outcome | None = None
    found: list[Stretch] = []
    for stretch in timeline.stretches:
        reasons = stretch.reasons
        if stretch.outcome is Outcome.AFFILIATED or not reasons:
            reasons = (_ground(stretch, before, timeline, file, terms), *reasons)
        found.append(Stretch(stretch.period, stretch.outcome, reasons))
        before = stretch.outcome
    return tuple(found)


def _ground(
    stretch: Stretch, before: Outcome | None, timeline: Timeline, file: AgentFile, terms: EligibilityTerms
) -> Reason:
    if stretch.outcome is Outcome.ENDED:
        return _ended(stretch.period.start, file, terms)
    match before:
        case Outcome.NOT_YET_ELIGIBLE:
            return _reached(stretch.period.start, file, terms)
        case Outcome.DEFERRED:
            days = terms.on(stretch.period.start).return_days
            text = f"Reprise effective de {days} jours continus : l'agent adhère le lendemain."
            return Reason("eligibility.return_to_work", "accord art. 2.1", text)
        case Outcome.DISPENSED:
            return _undispensed(stretch.period.start, timeline.dispenses)
        case Outcome.SUSPENDED:
            return _resumed(stretch.period.start, terms)
    return _compulsory(stretch.period.start, file, terms)


def _undispensed(day: date, dispenses: Iterable[Holding]) -> Reason:
    """Cover after a dispense: its yearly proof did not come by its day, it was given up, or the contract changed."""
    held = next((one for one in dispenses if one.lapses_on == day), None)
    text = "La dispense n'est plus due : adhésion automatique."
    if held is not None and held.prove_by is not None:
        text = f"Justificatif annuel attendu au plus tard le {french(held.prove_by)} : adhésion automatique."
    elif held is not None:
        text = "L'agent a renoncé à sa dispense : adhésion le lendemain."
    return Reason("eligibility.dispense", "accord art. 3", text)


def _resumed(day: date, terms: EligibilityTerms) -> Reason:
    """Cover after a suspension: the accord's own, or the agent's."""
    if terms.suspended_on(day - ONE_DAY):
        text = "Fin de la suspension de l'accord : la couverture reprend."
        return Reason(AGREEMENT_SUSPENDED.rule, AGREEMENT_SUSPENDED.reference, text)
    return Reason("eligibility.suspension", "accord art. 2.2", "Fin de la suspension : la couverture reprend.")


def _compulsory(day: date, file: AgentFile, terms: EligibilityTerms) -> Reason:
    """Covered from the first day: nobody bound by seniority, or a contract long enough."""
    kinds = {e.kind for e in file.employed_on(day)}
    said = terms.on(day)
    if kinds - said.seniority_kinds - said.excluded_kinds:
        text = "Adhésion obligatoire de l'ensemble du personnel, sans condition d'ancienneté."
        return Reason("eligibility.compulsory", "accord art. 2.1 et 3", text)
    return _long_contract(said)


def _reached(day: date, file: AgentFile, terms: EligibilityTerms) -> Reason:
    """Cover after a wait: seniority, unless an employment begins that day that need not wait."""
    said = terms.on(day)
    beginning = [e for e in file.employments if e.period.start == day and e.kind not in said.excluded_kinds]
    if any(e.kind not in said.seniority_kinds for e in beginning):
        return _compulsory(day, file, terms)
    if beginning:
        return _long_contract(said)
    text = f"Ancienneté de {said.seniority_months} mois consécutifs atteinte."
    return Reason("eligibility.seniority", "accord art. 3", text)


def _long_contract(said: CoverRules) -> Reason:
    text = f"Contrat d'au moins {said.contract_months} mois ou présence suffisante : adhésion dès l'arrivée."
    return Reason("eligibility.contract_length", "accord art. 3", text)


def _ended(day: date, file: AgentFile, terms: EligibilityTerms) -> Reason:
    if file.employed_on(day):
        ended = terms.agreement_end is not None and day > terms.agreement_end
        return AGREEMENT_ENDED if ended else ADHESION_ENDED
    return Reason("eligibility.employment", "accord art. 2.1", "Aucun emploi auprès de l'employeur à cette date.")


def references(stretches: Iterable[Stretch]) -> list[str]:
    """The articles a timeline rests on, each once, in the order of their first use."""
    return list(dict.fromkeys(reason.reference for stretch in stretches for reason in stretch.reasons))
