"""What the registry refuses."""

from __future__ import annotations

from collections.abc import Sequence

from kit.errors import RelaisError
from services.agreements.domain.finding import Finding


class UnknownAgreement(RelaisError):
    code = "agreement_not_found"
    title_fr = "Accord introuvable"
    title_en = "Agreement not found"
    status = 404


class UnknownOrganisation(RelaisError):
    code = "organisation_not_found"
    title_fr = "Organisation introuvable"
    title_en = "Organisation not found"
    status = 404


class UnknownScheme(RelaisError):
    code = "scheme_not_found"
    title_fr = "Régime régional introuvable"
    title_en = "Scheme not found"
    status = 404


class AlreadyRegistered(RelaisError):
    """Something else is registered under the same key. The same content again is no error."""

    code = "already_registered"
    title_fr = "Déjà enregistré avec un autre contenu"
    title_en = "Already registered with other content"
    status = 409


class IllegalStep(RelaisError):
    """The accord is not where this step starts from."""

    code = "illegal_step"
    title_fr = "Étape impossible"
    title_en = "Illegal step"
    status = 409

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(
            detail_fr=f"L'accord est à l'état {current} : le passage à {wanted} n'est pas possible.",
            detail_en=f"The agreement is {current}: it cannot become {wanted}.",
        )


class NotSignable(RelaisError):
    """Something a signature needs is missing."""

    code = "not_signable"
    title_fr = "Accord non signable"
    title_en = "Agreement cannot be signed"


class InvalidScheme(RelaisError):
    """A correction takes away what accords stand on. `findings` holds every error."""

    code = "invalid_scheme"
    title_fr = "Correction du régime refusée"
    title_en = "Correction of the scheme refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(pointer=first.pointer, detail_fr=f"{first.detail_fr} ({first.reference})")
        self.findings = tuple(findings)


class PublicationDay(RelaisError):
    """The day of a publication lies ahead, or before the signature."""

    code = "publication_day"
    title_fr = "Jour de publication impossible"
    title_en = "Impossible day of publication"


class PublishedAlready(RelaisError):
    """It was published on another day."""

    code = "published_already"
    title_fr = "Accord déjà publié un autre jour"
    title_en = "Agreement already published on another day"
    status = 409


class InvalidAgreement(RelaisError):
    """The document breaks a rule of structure, of the scheme or of the law. `findings` holds every error."""

    code = "invalid_agreement"
    title_fr = "Accord non valide"
    title_en = "Invalid agreement"

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(pointer=first.pointer, detail_fr=f"{first.detail_fr} ({first.reference})")
        self.findings = tuple(findings)


class InvalidFile(RelaisError):
    """The first line of a file does not announce the columns of an import."""

    code = "import_columns"
    title_fr = "Colonnes non reconnues"
    title_en = "Unknown columns"

    def __init__(self, columns: Sequence[str], missing: Sequence[str]) -> None:
        absent = f" Il manque : {', '.join(missing)}." if missing else ""
        known = f"La première ligne nomme des colonnes parmi : {', '.join(columns)}.{absent}"
        super().__init__(pointer="", detail_fr=known)


class UnknownImport(RelaisError):
    code = "import_not_found"
    title_fr = "Import introuvable"
    title_en = "Import not found"
    status = 404


class StaffOnly(RelaisError):
    """Only who stands for every employer may do this."""

    code = "staff_only"
    title_fr = "Réservé aux centres de gestion"
    title_en = "Reserved to the centres de gestion"
    status = 403


class NotOfItsKind(RelaisError):
    """A field says what this kind of organisation cannot have."""

    code = "not_of_its_kind"
    title_fr = "Champ étranger à cette nature d'organisation"
    title_en = "Field foreign to this kind of organisation"


class UnknownConvention(RelaisError):
    code = "convention_not_found"
    title_fr = "Convention de participation introuvable"
    title_en = "Convention not found"
    status = 404


class ConventionNotSaid(RelaisError):
    """The insurer goes on holding another convention, and an accord does not say on which its contracts stand."""

    code = "convention_not_said"
    title_fr = "Convention des contrats à préciser"
    title_en = "The accord does not say its convention"
    status = 409

    def __init__(self, agreement: str) -> None:
        super().__init__(
            pointer="/path/convention",
            detail_fr=f"L'accord {agreement} ne dit pas sur laquelle des conventions de l'assureur il repose.",
            detail_en=f"Agreement {agreement} does not say on which of the insurer's conventions it stands.",
        )


class NotAParty(RelaisError):
    """The employer is not bound by the accord after that day."""

    code = "not_a_party"
    title_fr = "Employeur non lié par l'accord à cette date"
    title_en = "Employer not bound at that date"


class OutsideForce(RelaisError):
    """The day does not lie where the change makes sense: in the dates of the accord or of the convention."""

    code = "outside_force"
    title_fr = "Date hors de la vie de l'accord ou de la convention"
    title_en = "Date outside the life of the agreement or convention"


class StalePreview(RelaisError):
    """What was confirmed is no longer what would happen."""

    code = "preview_stale"
    title_fr = "Aperçu dépassé"
    title_en = "Stale preview"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            pointer="/confirm",
            detail_fr="Ce qui changerait n'est plus ce qui a été montré ; demandez un nouvel aperçu.",
            detail_en="What would change is no longer what was shown; ask for a new preview.",
        )


class NotAnInsurer(RelaisError):
    """The notice is that of an insurer of the accord."""

    code = "not_an_insurer"
    title_fr = "Cet organisme n'assure pas l'accord"
    title_en = "Not an insurer of the agreement"


class NobodyWaits(RelaisError):
    """The agent does not wait for that version: never due, or handed over already."""

    code = "nobody_waits"
    title_fr = "Aucune remise de notice n'est attendue"
    title_en = "No delivery is due"
    status = 409


class NotHandedYet(RelaisError):
    """A proof is of what has happened: the day is still to come."""

    code = "not_handed_yet"
    title_fr = "La remise porte un jour à venir"
    title_en = "The delivery is dated in the future"


class NotASignatory(RelaisError):
    """Only who signed sits in the committee."""

    code = "not_a_signatory"
    title_fr = "Cette partie n'est pas signataire"
    title_en = "Not a signatory"


class UnknownMeeting(RelaisError):
    code = "meeting_not_found"
    title_fr = "Réunion introuvable"
    title_en = "Meeting not found"
    status = 404


class NotIssued(RelaisError):
    """The version is due, but the insurer has not issued it."""

    code = "notice_not_issued"
    title_fr = "Cette version de la notice n'est pas déposée"
    title_en = "That version of the notice is not deposited"
    status = 409


class NoMailRelay(RelaisError):
    """Nothing takes e-mails: a delivery is recorded as handed over instead."""

    code = "mail_not_configured"
    title_fr = "Aucun relais de messagerie n'est configuré"
    title_en = "No mail relay is configured"
    status = 409


class InvalidReport(RelaisError):
    """The message is no delivery report (RFC 3464) of a notice."""

    code = "invalid_report"
    title_fr = "Avis de remise illisible"
    title_en = "Not a delivery report"


class UnknownMail(RelaisError):
    code = "mail_not_found"
    title_fr = "Courriel introuvable"
    title_en = "Mail not found"
    status = 404
