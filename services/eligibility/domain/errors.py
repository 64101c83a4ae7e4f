"""What the agent's file refuses."""

from __future__ import annotations

from datetime import timedelta

from kit.errors import RelaisError
from kit.period import Period


class AgentNotFound(RelaisError):
    """Unknown, or not the caller's to see."""

    code = "agent_not_found"
    title_fr = "Agent introuvable"
    title_en = "Agent not found"
    status = 404


class FactNotFound(RelaisError):
    """An employment, a leave or an option that is not in this agent's file, or not the caller's to see."""

    code = "fact_not_found"
    title_fr = "Élément du dossier introuvable"
    title_en = "No such entry in the file"
    status = 404


class MatriculeTaken(RelaisError):
    """The matricule is known with other content. The same hire again is no error."""

    code = "matricule_taken"
    title_fr = "Matricule déjà connu avec un autre contenu"
    title_en = "Matricule already known with other content"
    status = 409


class HireRaced(RelaisError):
    """Somebody took one of the matricules while these hires were entered."""

    code = "hire_raced"
    title_fr = "Embauche concurrente sous le même matricule"
    title_en = "Concurrent hire under the same matricule"
    status = 409
    retry_in = 1


class IdentityMismatch(RelaisError):
    """The NIR is known with another date of birth."""

    code = "identity_mismatch"
    title_fr = "Une autre date de naissance est connue pour ce NIR"
    title_en = "Another date of birth is known for this NIR"


class ReversedInterval(RelaisError):
    """It ends before it starts."""

    code = "reversed_interval"
    title_fr = "La fin précède le début"
    title_en = "The end precedes the start"


class ContractOverlap(RelaisError):
    """Two periods of one contract (SIRET, matricule, number) share a day. Several contracts at once are normal."""

    code = "contract_overlap"
    title_fr = "Deux périodes du même contrat se chevauchent"
    title_en = "Two periods of the same contract overlap"


class PositionOverlap(RelaisError):
    """Two leaves or positions with one employer share a day."""

    code = "position_overlap"
    title_fr = "Deux congés ou positions se chevauchent"
    title_en = "Two leaves or positions overlap"

    @classmethod
    def with_known(cls, known: Period, pointer: str) -> PositionOverlap:
        """With the days of the one that is known; its kind is not said."""
        end_fr = f"au {known.end:%d/%m/%Y}" if known.end else "sans fin dite"
        end_en = f"to {known.end}" if known.end else "with no end said"
        return cls(
            pointer=pointer,
            detail_fr=f"Un congé ou une position est déjà connu du {known.start:%d/%m/%Y} {end_fr}.",
            detail_en=f"A leave or position is already known from {known.start} {end_en}.",
        )


class RenewalGap(RelaisError):
    """A renewal follows the day before; any gap makes a new stop."""

    code = "renewal_gap"
    title_fr = "Un renouvellement suit sans interruption"
    title_en = "A renewal follows without a gap"

    @classmethod
    def after(cls, last: Period) -> RenewalGap:
        """With the day expected, where the leave has a last one."""
        if last.end is None:
            said = "Le congé n'a pas de dernier jour connu.", "The leave has no last day known."
        else:
            expected = last.end + timedelta(days=1)
            said = f"Premier jour attendu : {expected:%d/%m/%Y}.", f"First day expected: {expected}."
        return cls(pointer="/start", detail_fr=said[0], detail_en=said[1])


class QuotityNotApplicable(RelaisError):
    """Another leave than a TPT (rulebook §1.1)."""

    code = "quotity_not_applicable"
    title_fr = "La quotité travaillée ne vaut que pour un temps partiel thérapeutique, à 50, 60, 70, 80 ou 90 %"
    title_en = "A quotity belongs to a TPT only, of 50, 60, 70, 80 or 90 %"


class SentOnNotApplicable(RelaisError):
    """A sick note that comes late lowers the pay of an ordinary leave only (décret 87-602 art. 15)."""

    code = "sent_on_not_applicable"
    title_fr = "La date d'envoi de l'avis ne vaut que pour un congé de maladie ordinaire"
    title_en = "The day a sick note was sent belongs to an ordinary leave only"


class LeaveNotLonger(RelaisError):
    """Making a leave longer is a renewal, with its own rate and its own certificate."""

    code = "leave_not_longer"
    title_fr = "Un congé s'allonge par un renouvellement"
    title_en = "A leave is made longer by a renewal"


class OutsideLeave(RelaisError):
    """The day is none of the leave's, or of the position's."""

    code = "outside_leave"
    title_fr = "Jour hors du congé ou de la position"
    title_en = "Day outside the leave or position"


class BeforeRequest(RelaisError):
    """A request is given up on the day it was made, or later."""

    code = "before_request"
    title_fr = "Date antérieure à la demande"
    title_en = "Day before the request"


class DispenseKnownOtherwise(RelaisError):
    """A request of that day is known with other content."""

    code = "dispense_known_otherwise"
    title_fr = "Demande du même jour déjà connue avec un autre contenu"
    title_en = "Request of the same day already known with other content"
    status = 409


class InFuture(RelaisError):
    """A request or a proof is dated of the day it was given: today at the latest."""

    code = "in_future"
    title_fr = "La date est à venir"
    title_en = "The day lies in the future"


class BeforeBirth(RelaisError):
    """Nothing is recognised of an agent who is not born yet."""

    code = "before_birth"
    title_fr = "La date précède la naissance de l'agent"
    title_en = "The day precedes the agent's birth"


class DepartureKnownOtherwise(RelaisError):
    """The departure of that day is known for another reason."""

    code = "departure_known_otherwise"
    title_fr = "Départ du même jour déjà connu pour un autre motif"
    title_en = "Departure of the same day already known for another reason"
    status = 409


class ContractChangedSince(RelaisError):
    """The contracts that the departure ended were changed afterwards: they are put right one by one."""

    code = "contract_changed_since"
    title_fr = "Contrat modifié depuis le départ"
    title_en = "Contract changed since the departure"
    status = 409


class NirTaken(RelaisError):
    """The NIR is another agent's."""

    code = "nir_taken"
    title_fr = "NIR déjà connu pour un autre agent"
    title_en = "NIR already known for another agent"
    status = 409


class BornAfterHire(RelaisError):
    """Nobody is hired before birth."""

    code = "before_birth"
    title_fr = "Un emploi commence avant la naissance"
    title_en = "An employment begins before the birth"


class ConditionsRefused(RelaisError):
    """Kind, contract and category of an employment do not go together."""

    code = "conditions_refused"
    title_fr = "Conditions d'emploi contradictoires"
    title_en = "Contradictory conditions of employment"


class TooFarAhead(RelaisError):
    """Nothing of a file is announced for so late a day (`file.horizon_years`)."""

    code = "too_far_ahead"
    title_fr = "La date est trop lointaine"
    title_en = "The day lies too far ahead"


class NotOfThisKind(RelaisError):
    """Only a fonctionnaire has such a leave or position (CGFP L. 513-1, L. 514-1, L. 822-6, L. 822-12)."""

    code = "not_of_this_kind"
    title_fr = "Congé ou position d'un fonctionnaire, que l'agent n'est pas ce jour-là"
    title_en = "Leave or position of a fonctionnaire, which the agent is not on that day"


class SentBeforeStart(RelaisError):
    """A sick note is sent once it exists: not before the leave."""

    code = "sent_before_start"
    title_fr = "L'avis est envoyé avant le début du congé"
    title_en = "The sick note is sent before the leave begins"


class LeaveCancelled(RelaisError):
    """A leave that was cancelled is neither extended nor ended."""

    code = "leave_cancelled"
    title_fr = "Congé annulé"
    title_en = "Leave cancelled"
    status = 409


class NotEmployed(RelaisError):
    """There is no employment with this employer on that day."""

    code = "not_employed"
    title_fr = "Aucun emploi auprès de cet employeur à cette date"
    title_en = "No employment with this employer on that day"


class EmployerRequired(RelaisError):
    """The agent has several employers: say which."""

    code = "employer_required"
    title_fr = "Plusieurs employeurs : indiquez lequel"
    title_en = "Several employers: say which"


class OptionNotOpen(RelaisError):
    """The option is not open to the agent's regime (annexe: option 1 is for the CNRACL)."""

    code = "option_not_open"
    title_fr = "Option non ouverte à cet agent"
    title_en = "Option not open to this agent"


class OptionOverlap(RelaisError):
    """The option already runs on some of these days."""

    code = "option_overlap"
    title_fr = "Option déjà choisie sur cette période"
    title_en = "Option already elected over this period"


class InvalidityOverlap(RelaisError):
    """Another recognition begins on the same day: it is corrected, not followed."""

    code = "invalidity_overlap"
    title_fr = "Une autre invalidité est reconnue à partir du même jour"
    title_en = "Another invalidity is recognised from the same day"


class UnknownAgreement(RelaisError):
    """No accord of that name was published, or not yet known here."""

    code = "unknown_agreement"
    title_fr = "Accord inconnu"
    title_en = "Unknown agreement"


class BeforeFirstPeriod(RelaisError):
    """The day asked about lies before the accord's effect and before the first employment."""

    code = "before_first_period"
    title_fr = "Date antérieure à la première période"
    title_en = "Day before the first period"
