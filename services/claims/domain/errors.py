"""What claims refuses, each with its stable code. Titles never repeat a value of the request."""

from __future__ import annotations

from kit.errors import RelaisError


class RegimeNotSimulated(RelaisError):
    """Nobody vouches for the rates of this regime in `rules/`."""

    code = "regime_not_simulated"
    title_fr = "Régime sans paramètres de paie vérifiés"
    title_en = "No verified pay parameters for this regime"


class PrivateLawNotVerified(RelaisError):
    """Leaves and pensions of private law: neither the pay kept (C. trav. L. 1226-1) nor the net is vouched for here."""

    code = "private_law_not_verified"
    title_fr = "Droit privé : maintien de salaire et taux de cotisation non vérifiés, prestations à établir à la main"
    title_en = "Private law: pay kept and contribution rates not verified, benefits to be worked out by hand"


class UnreadableTerms(RelaisError):
    """Terms of a draft that do not say what a simulation needs."""

    code = "unreadable_terms"
    title_fr = "Les clauses fournies ne se lisent pas comme celles d'un accord"
    title_en = "The given terms do not read as those of an accord"


class NetNotApplicable(RelaisError):
    """A net is told for private law only; elsewhere it is worked out."""

    code = "net_not_applicable"
    title_fr = "Le net n'est donné que pour un salarié de droit privé ; pour les autres il est calculé"
    title_en = "The net is given for private law only; for the others it is worked out"


class LeaveKindNotApplicable(RelaisError):
    """A leave that the agent's regime or position does not open (rulebook §1.1)."""

    code = "leave_kind_not_applicable"
    title_fr = "Ce congé n'existe pas dans ce régime"
    title_en = "This leave does not exist in this regime"


class ReversedInterval(RelaisError):
    """An interval that ends before it starts."""

    code = "reversed_interval"
    title_fr = "La fin précède le début"
    title_en = "The end precedes the start"


class OverlappingLeaves(RelaisError):
    """Two leaves share a day."""

    code = "overlapping_leaves"
    title_fr = "Deux congés se chevauchent"
    title_en = "Two leaves overlap"


class WaitingDaysNotApplicable(RelaisError):
    """Waiting days exist in a CMO only."""

    code = "waiting_days_not_applicable"
    title_fr = "Le délai de carence n'existe que pour le congé de maladie ordinaire"
    title_en = "Waiting days exist in a CMO only"


class QuotityNotApplicable(RelaisError):
    """Another leave than a TPT, or a quotity that no TPT has (rulebook §1.1)."""

    code = "quotity_not_applicable"
    title_fr = "La quotité travaillée ne vaut que pour un temps partiel thérapeutique, à 50, 60, 70, 80 ou 90 %"
    title_en = "A quotity belongs to a TPT only, of 50, 60, 70, 80 or 90 %"


class OverlappingPartTime(RelaisError):
    """Two authorisations to work part-time share a day."""

    code = "overlapping_part_time"
    title_fr = "Deux autorisations de temps partiel se chevauchent"
    title_en = "Two authorisations of part-time work overlap"


class OverlappingReplacements(RelaisError):
    """An agent is replaced twice on one day."""

    code = "overlapping_replacements"
    title_fr = "Deux remplacements d'un même agent se chevauchent"
    title_en = "Two replacements of one agent overlap"


class ServiceStartRequired(RelaisError):
    """The rights of contractuels depend on their seniority."""

    code = "service_start_required"
    title_fr = "La date d'entrée en service est requise pour un contractuel"
    title_en = "The start of service is required for a contractuel"


class NotWholeMonths(RelaisError):
    """Benefits are decided by whole months."""

    code = "not_whole_months"
    title_fr = "L'intervalle doit aller du premier au dernier jour de mois entiers"
    title_en = "The interval must run from the first to the last day of whole months"


class DuplicatePolicy(RelaisError):
    """Two maintenance policies for one kind of leave."""

    code = "duplicate_policy"
    title_fr = "Deux politiques de maintien pour un même congé"
    title_en = "Two maintenance policies for one leave kind"


class CnraclRateRequired(RelaisError):
    """The annuity of a CNRACL agent depends on the invalidity rate that the CNRACL recognised."""

    code = "cnracl_rate_required"
    title_fr = "Le taux d'invalidité retenu par la CNRACL est requis"
    title_en = "The invalidity rate recognised by the CNRACL is required"


class UnknownAgreement(RelaisError):
    """No published accord has this identifier here."""

    code = "unknown_agreement"
    title_fr = "Accord inconnu"
    title_en = "Unknown agreement"


class GuaranteeNotInForce(RelaisError):
    """The accord grants no benefit on this date."""

    code = "guarantee_not_in_force"
    title_fr = "L'accord n'ouvre pas cette garantie à cette date"
    title_en = "The agreement does not open this guarantee on this date"


class EmployerRequired(RelaisError):
    """The agent has leaves with several employers that the caller sees."""

    code = "employer_required"
    title_fr = "L'agent a plusieurs employeurs : indiquez lequel"
    title_en = "The agent has several employers: say which"


class UnknownClaim(RelaisError):
    """No claim in scope has this identifier."""

    code = "unknown_claim"
    title_fr = "Sinistre inconnu"
    title_en = "Unknown claim"
    status = 404


class UnknownDecision(RelaisError):
    """No decision in scope has this identifier."""

    code = "unknown_decision"
    title_fr = "Décision inconnue"
    title_en = "Unknown decision"
    status = 404


class BirthDateRequired(RelaisError):
    """The capital for loss of pension is due at the legal age."""

    code = "birth_date_required"
    title_fr = "La date de naissance est requise pour l'option « perte de retraite »"
    title_en = "The date of birth is required for the loss-of-pension option"


class SpellTooLong(RelaisError):
    """Leaves without a day of work between them for longer than any statute pays."""

    code = "spell_too_long"
    title_fr = "Congés ininterrompus plus longs que tout statut"
    title_en = "Uninterrupted leave longer than any statute"


class DayWithoutLeave(RelaisError):
    """A day that should belong to a leave of the file belongs to none."""

    code = "day_without_leave"
    title_fr = "Ce jour n'appartient à aucun congé connu"
    title_en = "This day belongs to no known leave"


class LeaveInterrupted(RelaisError):
    """Two spells of one leave would each open a claim: a leave is one spell, a gap makes a new stop."""

    code = "leave_interrupted"
    title_fr = "Un même congé ouvre deux dossiers : ses arrêts ne se suivent pas"
    title_en = "One leave opens two claims: its stops do not follow one another"


class UnknownOverpayment(RelaisError):
    """No overpayment in scope has this identifier."""

    code = "unknown_overpayment"
    title_fr = "Trop-perçu inconnu"
    title_en = "Unknown overpayment"
    status = 404


class MoreThanOwed(RelaisError):
    """A movement of nothing, or of more than the balance."""

    code = "more_than_owed"
    title_fr = "Le montant n'est pas compris entre un centime et le solde du trop-perçu"
    title_en = "The amount is not between one cent and the balance of the overpayment"


class ScheduleTooLong(RelaisError):
    """No instalment, too many, or instalments of less than a cent."""

    code = "schedule_too_long"
    title_fr = "Échéancier impossible"
    title_en = "Impossible schedule"


class DayInFuture(RelaisError):
    """What is noted as done is dated of today at the latest."""

    code = "day_in_future"
    title_fr = "La date est à venir"
    title_en = "The day lies in the future"


class DayTooEarly(RelaisError):
    """Nothing about a leave, or about a month, came before it began."""

    code = "day_too_early"
    title_fr = "La date précède l'arrêt de travail ou le mois dont il s'agit"
    title_en = "The day precedes the leave or the month that it is about"


class DayTooLate(RelaisError):
    """After the leave that it is about, or later than any schedule."""

    code = "day_too_late"
    title_fr = "La date est postérieure à ce dont il s'agit"
    title_en = "The day comes after what it is about"


class StepNotAllowed(RelaisError):
    """From where the claim is, or for this reason, that step leads nowhere."""

    code = "step_not_allowed"
    title_fr = "Cette étape n'est pas possible pour ce sinistre"
    title_en = "This step is not possible for this claim"
    status = 409


class DocumentsMissing(RelaisError):
    """A claim is proposed once its documents are there."""

    code = "documents_missing"
    title_fr = "Il manque des pièces"
    title_en = "Documents are missing"
    status = 409


class NothingToPropose(RelaisError):
    """Nothing is decided, or nothing is due."""

    code = "nothing_to_propose"
    title_fr = "Aucun montant n'est dû"
    title_en = "No amount is due"
    status = 409


class ProposalOutdated(RelaisError):
    """What is due is no longer what was proposed."""

    code = "proposal_outdated"
    title_fr = "Le montant dû n'est plus celui qui a été proposé"
    title_en = "The amount due is no longer the one proposed"
    status = 409


class FourEyesRequired(RelaisError):
    """Above the threshold, who proposes does not approve."""

    code = "four_eyes_required"
    title_fr = "Une autre personne doit approuver"
    title_en = "Another person must approve"
    status = 409


class UnknownDocument(RelaisError):
    """No rule asks for a document of this code."""

    code = "unknown_document"
    title_fr = "Pièce inconnue"
    title_en = "Unknown document"


class PaymentKnownOtherwise(RelaisError):
    """A payment of that reference is already known with other content."""

    code = "payment_known_otherwise"
    title_fr = "Un versement de cette référence est déjà connu, différent"
    title_en = "A payment of this reference is already known, and differs"
    status = 409


class ExcessChanged(RelaisError):
    """Of that month nothing, or another amount, was paid above what was decided, and settled by nobody."""

    code = "excess_changed"
    title_fr = "Ce qui est versé en trop pour ce mois n'est pas, ou n'est plus, de ce montant"
    title_en = "What is paid in excess for this month is not, or no longer, of this amount"
    status = 409


class UnknownLeave(RelaisError):
    """No leave of this agent at this employer has this identifier."""

    code = "unknown_leave"
    title_fr = "Congé inconnu"
    title_en = "Unknown leave"


class MonthNotDecided(RelaisError):
    """Nothing is decided of that month of the claim."""

    code = "month_not_decided"
    title_fr = "Rien n'est décidé de ce mois"
    title_en = "Nothing is decided of this month"
    status = 404


class AboveTarget(RelaisError):
    """A benefit never exceeds what the accord guarantees of income."""

    code = "above_target"
    title_fr = "Le montant dépasse le revenu net garanti du mois"
    title_en = "The amount exceeds the guaranteed net income of the month"


class AboveTerms(RelaisError):
    """An annuity never exceeds what the pensions leave of the target, nor a capital what the accord grants, but after a
    death for a reason that stands on what the computation did not know.
    """

    code = "above_terms"
    title_fr = "Le montant dépasse ce que l'accord accorde"
    title_en = "The amount exceeds what the agreement grants"


class UnknownAward(RelaisError):
    """No annuity and no capital in scope has this identifier."""

    code = "unknown_award"
    title_fr = "Rente ou capital inconnu"
    title_en = "Unknown annuity or capital"
    status = 404


class LeaveNotTakenOver(RelaisError):
    """The statute pays such a leave in full as long as it lasts, so that no accord covers it."""

    code = "leave_not_taken_over"
    title_fr = "Un CITIS ou un congé de maternité est payé en entier par l'employeur : aucun accord ne le couvre"
    title_en = "A CITIS or maternity leave is paid in full by the employer: no accord covers it"


class UnknownTakeover(RelaisError):
    """Nobody stated that this leave is taken over."""

    code = "unknown_takeover"
    title_fr = "Reprise de sinistre inconnue"
    title_en = "Unknown takeover"
    status = 404


class OverlappingAllowances(RelaisError):
    """Another notification holds one of these days."""

    code = "overlapping_allowances"
    title_fr = "Une autre notification porte sur un de ces jours"
    title_en = "Another notification holds one of these days"


class IntervalTooLong(RelaisError):
    """Longer than any notification is."""

    code = "interval_too_long"
    title_fr = "Intervalle trop long"
    title_en = "Interval too long"


class GenerationUnknown(RelaisError):
    """The table of legal ages says nothing of somebody born on that day."""

    code = "generation_unknown"
    title_fr = "Âge légal inconnu pour cette génération"
    title_en = "Legal age unknown for this generation"


class BaseUnknown(RelaisError):
    """The accord does not say what the contributions of that regime are a percentage of, so no capital follows."""

    code = "base_unknown"
    title_fr = "L'accord ne définit pas d'assiette pour ce régime"
    title_en = "The agreement defines no base for this regime"
