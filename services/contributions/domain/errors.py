"""What contributions refuse, each with its stable code."""

from __future__ import annotations

from kit.errors import RelaisError


class UnknownAgreement(RelaisError):
    code = "unknown_agreement"
    title_fr = "Accord inconnu"
    title_en = "Unknown agreement"


class MonthOutsideAgreement(RelaisError):
    """Before the accord takes effect, before the first rate of a guarantee asked for, or after the accord's end."""

    code = "month_outside_agreement"
    title_fr = "Mois hors de la période de l'accord"
    title_en = "Month outside the agreement"


class BaseOrPay(RelaisError):
    code = "base_or_pay"
    title_fr = "Donner soit l'assiette, soit la paie avec le régime"
    title_en = "Give either the base, or the pay with the regime"


class RegimeRequired(RelaisError):
    code = "regime_required"
    title_fr = "Le régime est nécessaire pour calculer l'assiette à partir de la paie"
    title_en = "The regime is needed to compute the base from the pay"


class DuplicateGuarantee(RelaisError):
    code = "duplicate_guarantee"
    title_fr = "Garantie demandée deux fois"
    title_en = "Guarantee asked for twice"


class MandatoryGuaranteeMissing(RelaisError):
    code = "mandatory_guarantee_missing"
    title_fr = "La garantie de base est obligatoire"
    title_en = "The base guarantee is mandatory"


class GuaranteeNotInAgreement(RelaisError):
    code = "guarantee_not_in_agreement"
    title_fr = "Garantie absente de l'accord"
    title_en = "Guarantee not in the agreement"


class GuaranteeNotOpen(RelaisError):
    code = "guarantee_not_open"
    title_fr = "Garantie non ouverte à ce régime"
    title_en = "Guarantee not open to this regime"


class RegimeOutsideAgreement(RelaisError):
    code = "regime_outside_agreement"
    title_fr = "L'accord ne définit pas d'assiette pour ce régime"
    title_en = "The agreement defines no base for this regime"


class RappelNotEarlier(RelaisError):
    code = "rappel_not_earlier"
    title_fr = "Un rappel concerne un mois antérieur à celui de la paie"
    title_en = "A rappel concerns a month before that of the pay"


class UnknownPay(RelaisError):
    code = "pay_not_found"
    title_fr = "Paie introuvable"
    title_en = "Pay not found"
    status = 404


class TermsNotComparable(RelaisError):
    """Somebody's contributions can be told under one of two versions of an accord and not under the other."""

    code = "terms_not_comparable"
    title_fr = "L'une des versions ne permet pas de chiffrer les mêmes agents que l'autre"
    title_en = "One of the versions does not price the same agents as the other"


class InvalidTerms(RelaisError):
    """The document does not say what contributions need of an accord."""

    code = "invalid_terms"
    title_fr = "Le document ne dit pas ce que les cotisations demandent"
    title_en = "Not the terms of an accord"


class UnknownStatement(RelaisError):
    code = "statement_not_found"
    title_fr = "Bordereau introuvable"
    title_en = "Statement not found"
    status = 404


class StatementTooLong(RelaisError):
    code = "statement_too_long"
    title_fr = "Bordereau trop long pour un fichier : lisez ses lignes page par page"
    title_en = "Statement too long for a file: read its lines page by page"


class UnknownParked(RelaisError):
    code = "parked_change_not_found"
    title_fr = "Variation retenue introuvable"
    title_en = "Parked change not found"
    status = 404


class NotParked(RelaisError):
    code = "change_not_parked"
    title_fr = "Cette variation n'est plus retenue"
    title_en = "This change is no longer parked"
    status = 409


class FactsIncomplete(RelaisError):
    """What other services told is being read again: a run now would take back what it only does not know any more."""

    code = "facts_incomplete"
    title_fr = "Faits en cours de relecture : réessayez dans un instant"
    title_en = "Facts being read again: try again in a moment"
    status = 503
    retry_in = 1


class MonthClosed(RelaisError):
    code = "month_closed"
    title_fr = "Mois clôturé : ce qui arrive est réglé avec le mois suivant, ou après réouverture"
    title_en = "Month closed: what arrives is settled with the next month, or once reopened"
    status = 409


class MonthNotClosed(RelaisError):
    code = "month_not_closed"
    title_fr = "Ce mois n'est pas clôturé"
    title_en = "This month is not closed"
    status = 409


class FutureCutOff(RelaisError):
    code = "cut_off_in_future"
    title_fr = "La date limite de prise en compte est dans l'avenir"
    title_en = "The cut-off lies in the future"


class UnknownLine(RelaisError):
    code = "contribution_not_found"
    title_fr = "Ligne de cotisation introuvable"
    title_en = "Contribution line not found"
    status = 404


class UnknownDsn(RelaisError):
    code = "dsn_not_found"
    title_fr = "Déclaration introuvable"
    title_en = "Declaration not found"
    status = 404


class DsnNotComparable(RelaisError):
    """Not monthly, of another norm, or without a month: kept, and compared with nothing."""

    code = "dsn_not_comparable"
    title_fr = "Déclaration conservée mais non rapprochée : pas mensuelle, d'une autre norme ou sans mois"
    title_en = "Declaration kept but not compared: not monthly, of another norm, or without a month"
    status = 409


class DsnCodesUnknown(RelaisError):
    code = "dsn_codes_unknown"
    title_fr = "Paramètres de l'organisme inconnus : aucune ligne ne serait exacte"
    title_en = "The insurer's codes are unknown: no line would be right"
    status = 409


class InvalidPeriod(RelaisError):
    code = "invalid_period"
    title_fr = "La fin précède le début"
    title_en = "The end comes before the start"


class Held(Exception):
    """Why a month cannot be assessed yet; nothing of it is issued or changed meanwhile. Never leaves the domain."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownPayment(RelaisError):
    code = "payment_not_found"
    title_fr = "Paiement inconnu"
    title_en = "Unknown payment"
    status = 404


class ReferenceTaken(RelaisError):
    """Another payment of this contract bears the reference: one that was sent twice says the same."""

    code = "payment_reference_taken"
    title_fr = "Un autre paiement de ce contrat porte déjà cette référence"
    title_en = "Another payment of this contract already bears this reference"
    status = 409


class PaymentCancelled(RelaisError):
    code = "payment_cancelled"
    title_fr = "Ce paiement est annulé"
    title_en = "This payment is cancelled"
    status = 409


class PaidInTheFuture(RelaisError):
    code = "paid_in_the_future"
    title_fr = "Un paiement ne peut être reçu après aujourd'hui"
    title_en = "A payment cannot have been received after today"


class NoSuchContract(RelaisError):
    code = "contract_without_statement"
    title_fr = "Aucun bordereau n'a été émis pour ce contrat"
    title_en = "No statement was issued for this contract"


class AllocatedTwice(RelaisError):
    code = "statement_allocated_twice"
    title_fr = "Bordereau nommé deux fois"
    title_en = "Statement named twice"


class NotOwed(RelaisError):
    code = "statement_not_owed"
    title_fr = "Rien n'est dû sur ce bordereau, ou il n'est pas de ce contrat"
    title_en = "Nothing is owed on this statement, or it is not of this contract"


class AllocationTooLarge(RelaisError):
    code = "allocation_too_large"
    title_fr = "Montant affecté supérieur à ce qui reste dû ou à ce qui reste du paiement"
    title_en = "More allocated than is left of what is owed, or of the payment"


class UnknownDsnParameters(RelaisError):
    code = "dsn_parameters_not_found"
    title_fr = "Paramètres de l'organisme inconnus"
    title_en = "Unknown insurer's codes"
    status = 404


class SettlementOff(RelaisError):
    """Lines and statements do not say the same: nothing is settled until somebody has found out why."""

    code = "settlement_does_not_reconcile"
    title_fr = "Les lignes et les bordereaux ne disent pas la même somme : rien n'est réglé"
    title_en = "Lines and statements do not add up to the same: nothing is settled"
    status = 409


class NothingToSettle(RelaisError):
    code = "nothing_to_settle"
    title_fr = "Aucun bordereau de cet assureur ne reste à régler jusqu'à ce mois"
    title_en = "No statement of this insurer is left to settle up to this month"
    status = 409


class UnknownSettlement(RelaisError):
    code = "settlement_not_found"
    title_fr = "Règlement inconnu"
    title_en = "Unknown settlement"
    status = 404


class UnknownContract(RelaisError):
    code = "contract_not_found"
    title_fr = "Aucun bordereau de ce contrat dans votre périmètre"
    title_en = "No statement of this contract in your scope"
    status = 404


class NothingToPay(RelaisError):
    code = "nothing_to_pay"
    title_fr = "Rien n'est dû sur ces contrats"
    title_en = "Nothing is owed on these contracts"
    status = 409


class OrderInThePast(RelaisError):
    code = "order_in_the_past"
    title_fr = "Un virement ne peut être ordonné pour un jour passé"
    title_en = "A transfer cannot be ordered for a day that has passed"


class OrderRefused(RelaisError):
    code = "order_not_valid"
    title_fr = "Un nom ne peut être écrit dans un ordre de virement SEPA"
    title_en = "A name cannot be written in a SEPA order"


class PeriodTooLong(RelaisError):
    code = "period_too_long"
    title_fr = "Période trop longue : une année au plus"
    title_en = "Period too long: a year at most"


class TooManyEmployers(RelaisError):
    code = "too_many_employers"
    title_fr = "Trop d'employeurs pour un calcul"
    title_en = "Too many employers at once"


class RateOfLevelUnknown(RelaisError):
    """No tariff but the one an accord prints is published (rulebook S19): another level needs a rate to be supposed."""

    code = "rate_of_level_unknown"
    title_fr = "Le tarif de ce niveau n'est pas publié : donnez un taux"
    title_en = "The tariff of this level is not published: give a rate"


class DsnTooLarge(RelaisError):
    code = "dsn_too_large"
    title_fr = "Déclaration trop grande pour être rapprochée dans l'instant : utilisez /reconciliations"
    title_en = "Declaration too large to be compared at once: use /reconciliations"
    status = 409
