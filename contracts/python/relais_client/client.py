"""A method for each operation, generated from contracts/openapi.json by `python -m relais.contracts`."""

from __future__ import annotations

from typing import Any, Literal

from relais_client import models
from relais_client.transport import Answer, Transport, segment


class Relais(Transport):
    """The API of Relais. Every method may raise Problem."""

    def get_accounting_of_employer(
        self,
        employer: str,
        *,
        format: models.ListFormat,
        from_: str,
        to: str,
        charge: str | None = None,
        withheld: str | None = None,
        insurer: str | None = None,
        treasury: str | None = None,
    ) -> Answer[bytes]:
        """Écritures d'un employeur : bordereaux et paiements, pièce par pièce (contributions:read)."""
        return self.send(
            "GET",
            f"/v1/accounting/{segment(employer)}",
            params={
                "format": format,
                "from": from_,
                "to": to,
                "charge": charge,
                "withheld": withheld,
                "insurer": insurer,
                "treasury": treasury,
            },
        )

    def get_accounts(
        self, *, employer: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.AccountsAnswer]:
        """Comptes par contrat : émis, payé, solde (contributions:read)."""
        return self.send("GET", "/v1/accounts", params={"employer": employer, "limit": limit, "cursor": cursor})

    def get_accounts_of_agreement_insurer_year(
        self, agreement: str, insurer: str, year: int, *, employer: str | None = None
    ) -> Answer[models.AccountReportAnswer]:
        """Compte d'un contrat pour une année : cotisations, effectifs, prestations (contributions:read)."""
        return self.send(
            "GET",
            f"/v1/accounts/{segment(agreement)}/{segment(insurer)}/{segment(year)}",
            params={"employer": employer},
        )

    def get_accounts_of_agreement_insurer_year_file(
        self, agreement: str, insurer: str, year: int, *, format: models.ListFormat, employer: str | None = None
    ) -> Answer[bytes]:
        """Compte d'un contrat pour une année, en fichier (contributions:read)."""
        return self.send(
            "GET",
            f"/v1/accounts/{segment(agreement)}/{segment(insurer)}/{segment(year)}/file",
            params={"format": format, "employer": employer},
        )

    def get_affiliations(
        self,
        *,
        on: str | None = None,
        employer: list[str] | None = None,
        agreement: list[str] | None = None,
        agent: list[str] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.PageCoveredAnswer]:
        """Personnes couvertes un jour donné, avec leur nom (agents:read)."""
        return self.send(
            "GET",
            "/v1/affiliations",
            params={
                "on": on,
                "employer": employer,
                "agreement": agreement,
                "agent": agent,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def get_agents(
        self,
        *,
        employer: str | None = None,
        matricule: str | None = None,
        agent: list[str] | None = None,
        name: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.PageAgentRow]:
        """Agents des employeurs de l'appelant (agents:read)."""
        return self.send(
            "GET",
            "/v1/agents",
            params={
                "employer": employer,
                "matricule": matricule,
                "agent": agent,
                "name": name,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def post_agents(self, body: models.HireRequest, *, idempotency_key: str) -> Answer[models.HiredAnswer]:
        """Embaucher un agent (agents:write)."""
        return self.send("POST", "/v1/agents", json=body, headers={"Idempotency-Key": idempotency_key})

    def get_agents_erasures(self, *, agent: str) -> Answer[models.ErasureAnswer]:
        """Ce qu'effacerait l'effacement d'une personne (persons:read)."""
        return self.send("GET", "/v1/agents/erasures", params={"agent": agent})

    def post_agents_erasures(self, body: models.ErasureRequest, *, agent: str) -> Answer[models.ErasureAnswer]:
        """Effacer une personne, par la destruction de sa clé (persons:write)."""
        return self.send("POST", "/v1/agents/erasures", json=body, params={"agent": agent})

    def get_agents_purges(self) -> Answer[models.PurgesAnswer]:
        """Ce que la prochaine purge supprimera (persons:read)."""
        return self.send("GET", "/v1/agents/purges")

    def post_agents_purges(self) -> Answer[models.PurgesAnswer]:
        """Purger maintenant (persons:write)."""
        return self.send("POST", "/v1/agents/purges")

    def get_agent(self, agent: str, *, known_at: str | None = None) -> Answer[models.AgentAnswer]:
        """Le dossier d'un agent (agents:read)."""
        return self.send("GET", f"/v1/agents/{segment(agent)}", params={"known_at": known_at})

    def patch_agent(self, agent: str, body: models.IdentityRequest, *, if_match: str) -> Answer[models.AgentEntered]:
        """Corriger ou changer l'identité d'un agent (agents:write)."""
        return self.send("PATCH", f"/v1/agents/{segment(agent)}", json=body, headers={"If-Match": if_match})

    def get_agent_affiliation(
        self, agent: str, *, employer: str | None = None, as_of: str | None = None, known_at: str | None = None
    ) -> Answer[models.AffiliationAnswer]:
        """Affiliation d'un agent : depuis quand, et pourquoi (agents:read)."""
        return self.send(
            "GET",
            f"/v1/agents/{segment(agent)}/affiliation",
            params={"employer": employer, "as_of": as_of, "known_at": known_at},
        )

    def post_agent_death(
        self, agent: str, body: models.EligibilityDeathRequest, *, idempotency_key: str
    ) -> Answer[models.DeathAnswer]:
        """Déclarer un décès ou une invalidité absolue et définitive (agents:write)."""
        return self.send(
            "POST", f"/v1/agents/{segment(agent)}/death", json=body, headers={"Idempotency-Key": idempotency_key}
        )

    def delete_agent_death_of_kind(self, agent: str, kind: models.DeathKind) -> Answer[None]:
        """Retirer une déclaration faite par erreur (agents:write)."""
        return self.send("DELETE", f"/v1/agents/{segment(agent)}/death/{segment(kind)}")

    def post_agent_departures(self, agent: str, body: models.DepartureRequest) -> Answer[models.DepartureEntered]:
        """Enregistrer un départ ou une retraite (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/departures", json=body)

    def delete_agent_departure(self, agent: str, departure: str, *, if_match: str) -> Answer[None]:
        """Annuler un départ (agents:write)."""
        return self.send(
            "DELETE", f"/v1/agents/{segment(agent)}/departures/{segment(departure)}", headers={"If-Match": if_match}
        )

    def post_agent_dispenses(self, agent: str, body: models.DispenseBody) -> Answer[models.DispenseEntered]:
        """Enregistrer une demande de dispense (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/dispenses", json=body)

    def patch_agent_dispense(
        self, agent: str, dispense: str, body: models.DispenseChange, *, if_match: str
    ) -> Answer[models.DispenseNow]:
        """Renoncer à une dispense, ou la corriger (agents:write)."""
        return self.send(
            "PATCH",
            f"/v1/agents/{segment(agent)}/dispenses/{segment(dispense)}",
            json=body,
            headers={"If-Match": if_match},
        )

    def post_agent_dispense_proofs(
        self, agent: str, dispense: str, body: models.ProofBody
    ) -> Answer[models.DispenseEntered]:
        """Enregistrer un justificatif annuel (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/dispenses/{segment(dispense)}/proofs", json=body)

    def post_agent_employments(self, agent: str, body: models.ContractRequest) -> Answer[models.EmploymentEntered]:
        """Ajouter un emploi (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/employments", json=body)

    def patch_agent_employment(
        self, agent: str, employment: str, body: models.EmploymentChange, *, if_match: str
    ) -> Answer[models.EmploymentEntered]:
        """Modifier un emploi à partir d'un jour, ou y mettre fin (agents:write)."""
        return self.send(
            "PATCH",
            f"/v1/agents/{segment(agent)}/employments/{segment(employment)}",
            json=body,
            headers={"If-Match": if_match},
        )

    def post_agent_invalidities(self, agent: str, body: models.InvalidityRequest) -> Answer[models.InvalidityEntered]:
        """Déclarer la reconnaissance d'une invalidité (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/invalidities", json=body)

    def patch_agent_invalidity(
        self, agent: str, invalidity: str, body: models.InvalidityChange, *, if_match: str
    ) -> Answer[models.InvalidityNow]:
        """Corriger ou retirer la reconnaissance d'une invalidité (agents:write)."""
        return self.send(
            "PATCH",
            f"/v1/agents/{segment(agent)}/invalidities/{segment(invalidity)}",
            json=body,
            headers={"If-Match": if_match},
        )

    def post_agent_leaves(self, agent: str, body: models.LeaveRequest) -> Answer[models.LeaveEntered]:
        """Déclarer un arrêt (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/leaves", json=body)

    def patch_agent_leave(
        self, agent: str, leave: str, body: models.LeaveChange, *, if_match: str
    ) -> Answer[models.LeaveChanged]:
        """Écourter, requalifier ou annuler un arrêt (agents:write)."""
        return self.send(
            "PATCH", f"/v1/agents/{segment(agent)}/leaves/{segment(leave)}", json=body, headers={"If-Match": if_match}
        )

    def post_agent_leave_extensions(
        self, agent: str, leave: str, body: models.ExtensionRequest
    ) -> Answer[models.LeaveEntered]:
        """Renouveler un arrêt (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/leaves/{segment(leave)}/extensions", json=body)

    def post_agent_opening_balance(self, agent: str, body: models.OpeningRequest) -> Answer[models.OpeningAnswer]:
        """Reprendre la situation d'un agent à l'adhésion de son employeur (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/opening-balance", json=body)

    def post_agent_options(self, agent: str, body: models.OptionRequest) -> Answer[models.OptionEntered]:
        """Choisir une option (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/options", json=body)

    def patch_agent_option(
        self, agent: str, option: str, body: models.OptionEnd, *, if_match: str
    ) -> Answer[list[models.OptionAnswer]]:
        """Mettre fin à une option (agents:write)."""
        return self.send(
            "PATCH", f"/v1/agents/{segment(agent)}/options/{segment(option)}", json=body, headers={"If-Match": if_match}
        )

    def post_agent_positions(self, agent: str, body: models.PositionRequest) -> Answer[models.PositionEntered]:
        """Enregistrer une position statutaire (agents:write)."""
        return self.send("POST", f"/v1/agents/{segment(agent)}/positions", json=body)

    def patch_agent_position(
        self, agent: str, position: str, body: models.PositionChange, *, if_match: str
    ) -> Answer[models.PositionNow]:
        """Modifier, terminer ou annuler une position (agents:write)."""
        return self.send(
            "PATCH",
            f"/v1/agents/{segment(agent)}/positions/{segment(position)}",
            json=body,
            headers={"If-Match": if_match},
        )

    def get_agent_proofs(self, agent: str) -> Answer[models.ProofsAnswer]:
        """Lister les justificatifs (proofs:read)."""
        return self.send("GET", f"/v1/agents/{segment(agent)}/proofs")

    def post_agent_proofs(
        self,
        agent: str,
        content: bytes,
        *,
        content_type: Literal["application/pdf", "image/jpeg", "image/png"],
        purpose: models.Purpose,
        employer: str | None = None,
        purge_on: str | None = None,
    ) -> Answer[models.ProofAnswer]:
        """Transmettre un justificatif (proofs:write)."""
        return self.send(
            "POST",
            f"/v1/agents/{segment(agent)}/proofs",
            content=content,
            headers={"Content-Type": content_type},
            params={"purpose": purpose, "employer": employer, "purge_on": purge_on},
        )

    def get_agent_proof(self, agent: str, proof: str) -> Answer[bytes]:
        """Lire un justificatif (proofs:read)."""
        return self.send("GET", f"/v1/agents/{segment(agent)}/proofs/{segment(proof)}")

    def delete_agent_proof(self, agent: str, proof: str) -> Answer[None]:
        """Supprimer un justificatif (proofs:write)."""
        return self.send("DELETE", f"/v1/agents/{segment(agent)}/proofs/{segment(proof)}")

    def get_agent_restriction(self, agent: str) -> Answer[models.RestrictionAnswer]:
        """Limitation du traitement des données d'un agent (persons:read)."""
        return self.send("GET", f"/v1/agents/{segment(agent)}/restriction")

    def put_agent_restriction(self, agent: str, body: models.RestrictionRequest) -> Answer[models.RestrictionAnswer]:
        """Limiter le traitement des données d'un agent, ou l'inverse (persons:write)."""
        return self.send("PUT", f"/v1/agents/{segment(agent)}/restriction", json=body)

    def post_agents_bulk(self, body: models.EligibilityBulkRequest) -> Answer[models.BulkAnswer]:
        """Embauches par lots de 500 au plus (agents:write)."""
        return self.send("POST", "/v1/agents:bulk", json=body)

    def get_agreements(self, *, limit: int | None = None, cursor: str | None = None) -> Answer[models.PageAgreementRow]:
        """Accords des employeurs de l'appelant (agreements:read)."""
        return self.send("GET", "/v1/agreements", params={"limit": limit, "cursor": cursor})

    def post_agreements(self, body: models.AgreementDraft) -> Answer[models.AgreementAnswer]:
        """Déposer un accord, en projet (agreements:write)."""
        return self.send("POST", "/v1/agreements", json=body)

    def get_agreements_late_committees(
        self, *, as_of: str | None = None, employer: str | None = None
    ) -> Answer[list[models.LateAnswer]]:
        """Accords en vigueur dont le comité a manqué une année (agreements:read)."""
        return self.send("GET", "/v1/agreements/late-committees", params={"as_of": as_of, "employer": employer})

    def get_agreements_map(self, *, as_of: str | None = None, each: int | None = None) -> Answer[models.MapAnswer]:
        """Carte d'un jour : régimes, lots, accords et leurs employeurs (agreements:read)."""
        return self.send("GET", "/v1/agreements/map", params={"as_of": as_of, "each": each})

    def get_agreements_parties(
        self,
        *,
        as_of: str | None = None,
        scheme: str | None = None,
        lot: int | None = None,
        agreement: str | None = None,
        employer: str | None = None,
        state: models.ConventionState | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.PagePartyRow]:
        """Employeurs parties aux accords, avec leurs dates et leurs exceptions (agreements:read)."""
        return self.send(
            "GET",
            "/v1/agreements/parties",
            params={
                "as_of": as_of,
                "scheme": scheme,
                "lot": lot,
                "agreement": agreement,
                "employer": employer,
                "state": state,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def get_agreement(self, agreement: str) -> Answer[models.AgreementAnswer]:
        """Un accord, en entier (agreements:read)."""
        return self.send("GET", f"/v1/agreements/{segment(agreement)}")

    def get_agreement_committee(self, agreement: str, *, as_of: str | None = None) -> Answer[models.CommitteeAnswer]:
        """Comité d'un accord : membres, réunions, retard (agreements:read)."""
        return self.send("GET", f"/v1/agreements/{segment(agreement)}/committee", params={"as_of": as_of})

    def post_agreement_committee_meetings(
        self, agreement: str, body: models.MeetingBody
    ) -> Answer[models.MeetingAnswer]:
        """Enregistrer une réunion et son relevé de décision (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/committee/meetings", json=body)

    def post_agreement_committee_meetings_of_held_on_sending(
        self, agreement: str, held_on: str, body: models.SendingBody
    ) -> Answer[models.MeetingAnswer]:
        """Relevé de décision transmis aux signataires (agreements:write)."""
        return self.send(
            "POST", f"/v1/agreements/{segment(agreement)}/committee/meetings/{segment(held_on)}/sending", json=body
        )

    def post_agreement_committee_members(self, agreement: str, body: models.MemberBody) -> Answer[models.MemberAnswer]:
        """Nommer un membre du comité (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/committee/members", json=body)

    def post_agreement_committee_members_leaving(
        self, agreement: str, body: models.LeavingBody
    ) -> Answer[models.MemberAnswer]:
        """Départ d'un membre du comité (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/committee/members/leaving", json=body)

    def get_agreement_comparison(
        self, agreement: str, *, before: str, after: str | None = None, employer: str | None = None
    ) -> Answer[models.ComparisonAnswer]:
        """Ce qu'un accord dit d'un jour à l'autre, clause par clause (agreements:read)."""
        return self.send(
            "GET",
            f"/v1/agreements/{segment(agreement)}/comparison",
            params={"before": before, "after": after, "employer": employer},
        )

    def post_agreement_denunciation(
        self, agreement: str, body: models.AgreementsChangeRequest
    ) -> Answer[models.AgreementsChangeAnswer]:
        """Dénoncer un accord (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/denunciation", json=body)

    def post_agreement_employer_end(
        self, agreement: str, employer: str, body: models.AgreementsChangeRequest
    ) -> Answer[models.AgreementsChangeAnswer]:
        """Fin des contrats d'un employeur, donc de son adhésion (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/employers/{segment(employer)}/end", json=body)

    def get_agreement_history(self, agreement: str) -> Answer[list[models.AgreementsEntryAnswer]]:
        """Versions et étapes d'un accord, de la plus ancienne à la dernière (agreements:read)."""
        return self.send("GET", f"/v1/agreements/{segment(agreement)}/history")

    def get_agreement_notices(self, agreement: str) -> Answer[models.NoticesAnswer]:
        """Versions de la notice (agreements:read)."""
        return self.send("GET", f"/v1/agreements/{segment(agreement)}/notices")

    def post_agreement_notices(self, agreement: str, body: models.NoticeBody) -> Answer[models.NoticeAnswer]:
        """Déposer la notice d'information, ou sa version suivante (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/notices", json=body)

    def get_agreement_notices_deliveries(
        self, agreement: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageDeliveryAnswer]:
        """Notices remises et leurs preuves (agreements:read)."""
        return self.send(
            "GET", f"/v1/agreements/{segment(agreement)}/notices/deliveries", params={"limit": limit, "cursor": cursor}
        )

    def get_agreement_notices_mails(self, agreement: str) -> Answer[models.StatesAnswer]:
        """État des courriels d'un accord (agreements:read)."""
        return self.send("GET", f"/v1/agreements/{segment(agreement)}/notices/mails")

    def get_agreement_notices_waiting(
        self, agreement: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageDeliveryAnswer]:
        """Agents qui attendent une notice (agreements:read)."""
        return self.send(
            "GET", f"/v1/agreements/{segment(agreement)}/notices/waiting", params={"limit": limit, "cursor": cursor}
        )

    def post_agreement_notices_of_version_deliveries(
        self, agreement: str, version: int, body: models.DeliveryBody
    ) -> Answer[models.DeliveryAnswer]:
        """Enregistrer la remise d'une notice (agreements:write)."""
        return self.send(
            "POST", f"/v1/agreements/{segment(agreement)}/notices/{segment(version)}/deliveries", json=body
        )

    def post_agreement_notices_of_version_mails(
        self, agreement: str, version: int, body: models.MailsBody
    ) -> Answer[list[models.MailAnswer]]:
        """Envoyer une notice par courriel (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/notices/{segment(version)}/mails", json=body)

    def post_agreement_publish(
        self, agreement: str, body: models.PublicationRequest | None = None
    ) -> Answer[models.AgreementAnswer]:
        """Publier un accord signé, ou enregistrer sa publication (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/publish", json=body)

    def post_agreement_resumption(
        self, agreement: str, body: models.AgreementsChangeRequest
    ) -> Answer[models.AgreementsChangeAnswer]:
        """Reprendre un accord suspendu (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/resumption", json=body)

    def post_agreement_revisions(
        self, agreement: str, body: models.RevisionRequest
    ) -> Answer[models.AgreementsChangeAnswer]:
        """Avenant : tout ce qui change, puis la nouvelle version (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/revisions", json=body)

    def post_agreement_sign(self, agreement: str) -> Answer[models.AgreementAnswer]:
        """Enregistrer les signatures d'un accord (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/sign")

    def post_agreement_suspension(
        self, agreement: str, body: models.AgreementsChangeRequest
    ) -> Answer[models.AgreementsChangeAnswer]:
        """Suspendre un accord (agreements:write)."""
        return self.send("POST", f"/v1/agreements/{segment(agreement)}/suspension", json=body)

    def get_agreement_terms(
        self, agreement: str, *, as_of: str | None = None, known_at: str | None = None, employer: str | None = None
    ) -> Answer[models.TermsAnswer]:
        """Clauses d'un accord un jour donné, pour tous ou pour un employeur (agreements:read)."""
        return self.send(
            "GET",
            f"/v1/agreements/{segment(agreement)}/terms",
            params={"as_of": as_of, "known_at": known_at, "employer": employer},
        )

    def get_annuities(
        self, *, agent: str, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageAnnuityAnswer]:
        """Rentes d'un agent (claims:read)."""
        return self.send("GET", "/v1/annuities", params={"agent": agent, "limit": limit, "cursor": cursor})

    def get_annuities_revaluations(self, *, agreement: str) -> Answer[models.RevaluationsAnswer]:
        """Revalorisations énoncées d'un accord (claims:read)."""
        return self.send("GET", "/v1/annuities/revaluations", params={"agreement": agreement})

    def put_annuities_revaluations(self, body: models.RevaluationRequest) -> Answer[models.RevaluationAnswer]:
        """Énoncer une revalorisation des rentes (claims:read, claims:write)."""
        return self.send("PUT", "/v1/annuities/revaluations", json=body)

    def get_audit(
        self,
        *,
        agent: str | None = None,
        client: str | None = None,
        after: int | None = None,
        order: Literal["oldest", "newest"] | None = None,
        changes: bool | None = None,
        limit: int | None = None,
    ) -> Answer[models.TrailAnswer]:
        """Qui a lu ou modifié le dossier de qui, et qui a administré quoi (audit:read)."""
        return self.send(
            "GET",
            "/v1/audit",
            params={
                "agent": agent,
                "client": client,
                "after": after,
                "order": order,
                "changes": changes,
                "limit": limit,
            },
        )

    def get_awards_dues(self, *, employer: str, month: str, drawn_at: str | None = None) -> Answer[bytes]:
        """Fichier de l'assureur : rentes et capitaux à payer (CSV) (claims:read)."""
        return self.send("GET", "/v1/awards/dues", params={"employer": employer, "month": month, "drawn_at": drawn_at})

    def get_award_overrides(self, award: str) -> Answer[models.AwardOverridesAnswer]:
        """Montants décidés d'une rente ou d'un capital (claims:read)."""
        return self.send("GET", f"/v1/awards/{segment(award)}/overrides")

    def put_award_overrides_approval(self, award: str, *, if_match: str) -> Answer[models.AwardOverridesAnswer]:
        """Approuver le montant qu'une autre personne a proposé (claims:write)."""
        return self.send("PUT", f"/v1/awards/{segment(award)}/overrides/approval", headers={"If-Match": if_match})

    def put_award_overrides_proposal(
        self, award: str, body: models.AwardOverrideRequest, *, if_match: str
    ) -> Answer[models.AwardOverridesAnswer]:
        """Proposer un autre montant que le calcul, pour une rente ou un capital (claims:write)."""
        return self.send(
            "PUT", f"/v1/awards/{segment(award)}/overrides/proposal", json=body, headers={"If-Match": if_match}
        )

    def get_benefits(
        self, *, claim: str, history: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageBenefitAnswer]:
        """Prestations mensuelles d'un sinistre (claims:read)."""
        return self.send(
            "GET", "/v1/benefits", params={"claim": claim, "history": history, "limit": limit, "cursor": cursor}
        )

    def get_capitals(
        self, *, agent: str, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageCapitalAnswer]:
        """Capitaux d'un agent (claims:read)."""
        return self.send("GET", "/v1/capitals", params={"agent": agent, "limit": limit, "cursor": cursor})

    def get_claims(
        self, *, agent: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageClaimAnswer]:
        """Sinistres, d'un agent ou de tous (claims:read)."""
        return self.send("GET", "/v1/claims", params={"agent": agent, "limit": limit, "cursor": cursor})

    def get_claims_advances(self, *, employer: str, month: str) -> Answer[bytes]:
        """Fichier de paie : ce que l'employeur avance (CSV) (claims:read)."""
        return self.send("GET", "/v1/claims/advances", params={"employer": employer, "month": month})

    def get_claims_causes(self, *, employer: str, agent: str) -> Answer[models.CausesAnswer]:
        """Les clés de cause des congés d'un agent (claims:cause)."""
        return self.send("GET", "/v1/claims/causes", params={"employer": employer, "agent": agent})

    def put_claims_causes(self, body: models.CauseRequest) -> Answer[models.CauseAnswer]:
        """Énoncer la clé de cause d'un congé (claims:cause)."""
        return self.send("PUT", "/v1/claims/causes", json=body)

    def get_claims_daily_allowances(self, *, employer: str, agent: str) -> Answer[models.AllowancesAnswer]:
        """Indemnités journalières notifiées d'un agent (claims:read)."""
        return self.send("GET", "/v1/claims/daily-allowances", params={"employer": employer, "agent": agent})

    def put_claims_daily_allowances(
        self, body: models.SocialSecurityAllowanceRequest
    ) -> Answer[models.AllowanceAnswer]:
        """Noter une indemnité journalière notifiée (claims:write)."""
        return self.send("PUT", "/v1/claims/daily-allowances", json=body)

    def get_claims_erasures(self, *, agent: str) -> Answer[models.ErasureAnswer]:
        """Ce qu'effacerait l'effacement d'une personne (persons:read)."""
        return self.send("GET", "/v1/claims/erasures", params={"agent": agent})

    def post_claims_erasures(self, body: models.ErasureRequest, *, agent: str) -> Answer[models.ErasureAnswer]:
        """Effacer une personne, par la destruction de sa clé (persons:write)."""
        return self.send("POST", "/v1/claims/erasures", json=body, params={"agent": agent})

    def get_claims_part_times(self, *, employer: str, agent: str) -> Answer[models.AuthorisationsAnswer]:
        """Temps partiels autorisés d'un agent (claims:read)."""
        return self.send("GET", "/v1/claims/part-times", params={"employer": employer, "agent": agent})

    def put_claims_part_times(self, body: models.AuthorisationRequest) -> Answer[models.AuthorisationAnswer]:
        """Noter une autorisation de travail à temps partiel (claims:write)."""
        return self.send("PUT", "/v1/claims/part-times", json=body)

    def post_claims_previews(self, body: models.PreviewRequest) -> Answer[models.PreviewAnswer]:
        """Ce qu'un changement ferait, avant de le confirmer (claims:read)."""
        return self.send("POST", "/v1/claims/previews", json=body)

    def get_claims_purges(self) -> Answer[models.PurgesAnswer]:
        """Ce que la prochaine purge supprimera (persons:read)."""
        return self.send("GET", "/v1/claims/purges")

    def post_claims_purges(self) -> Answer[models.PurgesAnswer]:
        """Purger maintenant (persons:write)."""
        return self.send("POST", "/v1/claims/purges")

    def get_claims_redecisions(self) -> Answer[models.RunsAnswer]:
        """Redécisions d'ensemble et leur avancement (claims:read)."""
        return self.send("GET", "/v1/claims/redecisions")

    def put_claims_redecisions_of_employer_agent(self, employer: str, agent: str) -> Answer[models.RedecisionAnswer]:
        """Décider de nouveau un agent (claims:write)."""
        return self.send("PUT", f"/v1/claims/redecisions/{segment(employer)}/{segment(agent)}")

    def get_claims_replacements(self, *, employer: str, agent: str) -> Answer[models.ReplacementsAnswer]:
        """Remplacements d'un agent dans ses fonctions (claims:read)."""
        return self.send("GET", "/v1/claims/replacements", params={"employer": employer, "agent": agent})

    def put_claims_replacements(self, body: models.ReplacementRequest) -> Answer[models.ReplacementAnswer]:
        """Noter que l'agent est remplacé dans ses fonctions (claims:write)."""
        return self.send("PUT", "/v1/claims/replacements", json=body)

    def get_claims_takeovers(
        self, *, agent: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageTakeoverAnswer]:
        """Sinistres repris, d'un agent ou de tous (claims:read)."""
        return self.send("GET", "/v1/claims/takeovers", params={"agent": agent, "limit": limit, "cursor": cursor})

    def post_claims_takeovers(
        self, body: models.TakeoverRequest, *, idempotency_key: str
    ) -> Answer[models.TakeoverAnswer]:
        """Reprendre un sinistre d'un ancien assureur (claims:write)."""
        return self.send("POST", "/v1/claims/takeovers", json=body, headers={"Idempotency-Key": idempotency_key})

    def post_claims_takeovers_cancellations(
        self, body: models.ClaimsCancellationRequest, *, idempotency_key: str
    ) -> Answer[models.TakeoverAnswer]:
        """Annuler la reprise d'un sinistre (claims:write)."""
        return self.send(
            "POST", "/v1/claims/takeovers/cancellations", json=body, headers={"Idempotency-Key": idempotency_key}
        )

    def get_claims_temporary_invalidities(self, *, employer: str, agent: str) -> Answer[models.NotificationsAnswer]:
        """Allocations d'invalidité temporaire d'un agent (claims:read)."""
        return self.send("GET", "/v1/claims/temporary-invalidities", params={"employer": employer, "agent": agent})

    def put_claims_temporary_invalidities(self, body: models.NotificationRequest) -> Answer[models.NotificationAnswer]:
        """Noter une allocation d'invalidité temporaire (claims:write)."""
        return self.send("PUT", "/v1/claims/temporary-invalidities", json=body)

    def get_claim(self, claim: str) -> Answer[models.ClaimDetail]:
        """Un sinistre et sa rémunération de référence (claims:read)."""
        return self.send("GET", f"/v1/claims/{segment(claim)}")

    def put_claim_declaration(self, claim: str, body: models.DeclarationRequest) -> Answer[models.FileAnswer]:
        """Déclarer un sinistre, ou changer de bénéficiaire (claims:write)."""
        return self.send("PUT", f"/v1/claims/{segment(claim)}/declaration", json=body)

    def post_claim_documents(self, claim: str, body: models.DocumentRequest) -> Answer[models.FileAnswer]:
        """Noter une pièce reçue (claims:write)."""
        return self.send("POST", f"/v1/claims/{segment(claim)}/documents", json=body)

    def get_claim_file(self, claim: str) -> Answer[models.FileAnswer]:
        """Le suivi d'un sinistre : étape, pièces, historique (claims:read)."""
        return self.send("GET", f"/v1/claims/{segment(claim)}/file")

    def post_claim_insurer_decisions(
        self, claim: str, body: models.InsurerDecisionRequest, *, idempotency_key: str
    ) -> Answer[models.InsurerDecisionAnswer]:
        """Noter une décision de l'assureur (claims:write)."""
        return self.send(
            "POST",
            f"/v1/claims/{segment(claim)}/insurer-decisions",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def get_claim_overrides(self, claim: str) -> Answer[models.OverridesAnswer]:
        """Montants décidés à la place du calcul (claims:read)."""
        return self.send("GET", f"/v1/claims/{segment(claim)}/overrides")

    def put_claim_overrides_of_month(
        self, claim: str, month: str, body: models.OverrideRequest, *, if_match: str
    ) -> Answer[models.OverridesAnswer]:
        """Décider un autre montant que le calcul, pour un mois (claims:write)."""
        return self.send(
            "PUT", f"/v1/claims/{segment(claim)}/overrides/{segment(month)}", json=body, headers={"If-Match": if_match}
        )

    def post_claim_payment_reviews(
        self, claim: str, body: models.PaymentReviewRequest, *, idempotency_key: str
    ) -> Answer[models.PaymentReviewAnswer]:
        """Dire ce qu'est devenu ce que l'assureur a versé en trop (claims:write)."""
        return self.send(
            "POST",
            f"/v1/claims/{segment(claim)}/payment-reviews",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def get_claim_payments(self, claim: str) -> Answer[models.PaymentsAnswer]:
        """Décisions et versements de l'assureur (claims:read)."""
        return self.send("GET", f"/v1/claims/{segment(claim)}/payments")

    def post_claim_payments(
        self, claim: str, body: models.ClaimsPaymentRequest, *, idempotency_key: str
    ) -> Answer[models.ClaimsPaymentAnswer]:
        """Noter un versement de l'assureur (claims:write)."""
        return self.send(
            "POST", f"/v1/claims/{segment(claim)}/payments", json=body, headers={"Idempotency-Key": idempotency_key}
        )

    def post_claim_steps(self, claim: str, body: models.StepRequest, *, if_match: str) -> Answer[models.FileAnswer]:
        """Faire avancer un sinistre (claims:write)."""
        return self.send("POST", f"/v1/claims/{segment(claim)}/steps", json=body, headers={"If-Match": if_match})

    def get_clients(self, *, limit: int | None = None, cursor: str | None = None) -> Answer[models.PageClientAnswer]:
        """Clients de la plateforme (clients:read)."""
        return self.send("GET", "/v1/clients", params={"limit": limit, "cursor": cursor})

    def post_clients(self, body: models.ClientRequest) -> Answer[models.SecretAnswer]:
        """Enregistrer un client ; son secret n'est montré qu'ici (clients:write)."""
        return self.send("POST", "/v1/clients", json=body)

    def get_client(self, client: str) -> Answer[models.ClientAnswer]:
        """Un client et ce qu'il représente (clients:read)."""
        return self.send("GET", f"/v1/clients/{segment(client)}")

    def delete_client(self, client: str, *, if_match: str) -> Answer[None]:
        """Révoquer un client et les jetons qu'il détient (clients:write)."""
        return self.send("DELETE", f"/v1/clients/{segment(client)}", headers={"If-Match": if_match})

    def post_client_rotations(
        self, client: str, body: models.RotationRequest, *, if_match: str
    ) -> Answer[models.SecretAnswer]:
        """Renouveler le secret ou les clés d'un client (clients:write)."""
        return self.send("POST", f"/v1/clients/{segment(client)}/rotations", json=body, headers={"If-Match": if_match})

    def get_contributions(
        self,
        *,
        employer: str | None = None,
        agent: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        month: str | None = None,
    ) -> Answer[models.PageLineAnswer]:
        """Lignes de cotisation, dans l'ordre de leur émission (contributions:read)."""
        return self.send(
            "GET",
            "/v1/contributions",
            params={"employer": employer, "agent": agent, "limit": limit, "cursor": cursor, "month": month},
        )

    def get_contributions_erasures(self, *, agent: str) -> Answer[models.ErasureAnswer]:
        """Ce qu'effacerait l'effacement d'une personne (persons:read)."""
        return self.send("GET", "/v1/contributions/erasures", params={"agent": agent})

    def post_contributions_erasures(self, body: models.ErasureRequest, *, agent: str) -> Answer[models.ErasureAnswer]:
        """Effacer une personne, par la destruction de sa clé (persons:write)."""
        return self.send("POST", "/v1/contributions/erasures", json=body, params={"agent": agent})

    def get_contributions_purges(self) -> Answer[models.PurgesAnswer]:
        """Ce que la prochaine purge supprimera (persons:read)."""
        return self.send("GET", "/v1/contributions/purges")

    def post_contributions_purges(self) -> Answer[models.PurgesAnswer]:
        """Purger maintenant (persons:write)."""
        return self.send("POST", "/v1/contributions/purges")

    def get_contributions_of_line_trace(self, line: str) -> Answer[models.TraceAnswer]:
        """Le calcul d'une ligne, avec ses articles (contributions:read)."""
        return self.send("GET", f"/v1/contributions/{segment(line)}/trace")

    def get_conventions(self, *, as_of: str | None = None) -> Answer[list[models.ConventionAnswer]]:
        """Conventions de participation, telles qu'elles sont un jour donné (agreements:read)."""
        return self.send("GET", "/v1/conventions", params={"as_of": as_of})

    def post_convention_end(
        self, convention: str, body: models.AgreementsChangeRequest
    ) -> Answer[models.AgreementsChangeAnswer]:
        """Fin d'une convention : ses contrats cessent, les accords sans assureur deviennent caducs (agreements:write)."""
        return self.send("POST", f"/v1/conventions/{segment(convention)}/end", json=body)

    def get_decision(self, decision: str) -> Answer[models.DecisionAnswer]:
        """Une décision : ce qu'elle lit et ce qu'elle dit (claims:read)."""
        return self.send("GET", f"/v1/decisions/{segment(decision)}")

    def get_decision_alternatives(self, decision: str) -> Answer[models.AlternativesAnswer]:
        """Ce que la décision serait, selon l'autre lecture de ce que les sources laissent ouvert (claims:read)."""
        return self.send("GET", f"/v1/decisions/{segment(decision)}/alternatives")

    def get_decision_trace(
        self, decision: str, *, format: Literal["json", "text"] | None = None
    ) -> Answer[dict[str, Any] | bytes]:
        """Le raisonnement d'une décision, en arbre ou en page lisible (claims:read)."""
        return self.send("GET", f"/v1/decisions/{segment(decision)}/trace", params={"format": format})

    def get_delegations(
        self,
        *,
        side: Literal["given", "received"] | None = None,
        employer: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.PageDelegationAnswer]:
        """Délégations données, ou reçues, la plus récente d'abord (delegations:read)."""
        return self.send(
            "GET", "/v1/delegations", params={"side": side, "employer": employer, "limit": limit, "cursor": cursor}
        )

    def post_delegations(self, body: models.DelegationRequest) -> Answer[models.DelegationAnswer]:
        """Déléguer à un tiers le droit d'agir pour un employeur (delegations:write)."""
        return self.send("POST", "/v1/delegations", json=body)

    def delete_delegation(self, delegation: str) -> Answer[None]:
        """Mettre fin à une délégation (delegations:write)."""
        return self.send("DELETE", f"/v1/delegations/{segment(delegation)}")

    def get_dsn(
        self,
        *,
        employer: str | None = None,
        current: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        month: str | None = None,
    ) -> Answer[models.PageDeclarationAnswer]:
        """Déclarations lues, dans l'ordre de leur réception (contributions:read)."""
        return self.send(
            "GET",
            "/v1/dsn",
            params={"employer": employer, "current": current, "limit": limit, "cursor": cursor, "month": month},
        )

    def get_dsn_expected_of_employer_month(self, employer: str, month: str) -> Answer[models.EmployerBlocksAnswer]:
        """Blocs 15, 20 et 55 à déclarer (contributions:read)."""
        return self.send("GET", f"/v1/dsn/expected/{segment(employer)}/{segment(month)}")

    def get_dsn_expected_of_employer_month_agents(
        self, employer: str, month: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageAgentBlocksAnswer]:
        """Blocs 70, 78, 79 et 81 à déclarer, par agent (contributions:read)."""
        return self.send(
            "GET",
            f"/v1/dsn/expected/{segment(employer)}/{segment(month)}/agents",
            params={"limit": limit, "cursor": cursor},
        )

    def get_dsn_expected_of_employer_month_file(self, employer: str, month: str) -> Answer[bytes]:
        """Les mêmes blocs, en lignes de DSN, par matricule (contributions:read)."""
        return self.send("GET", f"/v1/dsn/expected/{segment(employer)}/{segment(month)}/file")

    def get_dsn_parameters_of_employer(self, employer: str) -> Answer[list[models.ParametersAnswer]]:
        """Paramètres de l'organisme connus, par contrat (contributions:read)."""
        return self.send("GET", f"/v1/dsn/parameters/{segment(employer)}")

    def get_dsn_parameters_of_employer_agreement_insurer_start(
        self, employer: str, agreement: str, insurer: str, start: str
    ) -> Answer[models.ParametersAnswer]:
        """Paramètres de l'organisme d'un contrat, à compter d'un jour (contributions:read)."""
        return self.send(
            "GET", f"/v1/dsn/parameters/{segment(employer)}/{segment(agreement)}/{segment(insurer)}/{segment(start)}"
        )

    def put_dsn_parameters_of_employer_agreement_insurer_start(
        self,
        employer: str,
        agreement: str,
        insurer: str,
        start: str,
        body: models.ParametersBody,
        *,
        if_match: str | None = None,
    ) -> Answer[models.ParametersAnswer]:
        """Paramètres de l'organisme (FPOC) d'un contrat, à compter d'un jour (If-Match pour les corriger) (contributions:write)."""
        return self.send(
            "PUT",
            f"/v1/dsn/parameters/{segment(employer)}/{segment(agreement)}/{segment(insurer)}/{segment(start)}",
            json=body,
            headers={"If-Match": if_match},
        )

    def get_dsn_reconciliations_of_job(self, job: str) -> Answer[models.ReconciliationAnswer]:
        """Où en est un rapprochement (contributions:read)."""
        return self.send("GET", f"/v1/dsn/reconciliations/{segment(job)}")

    def get_dsn_of_declaration(self, declaration: str) -> Answer[models.DeclarationSummary]:
        """Une déclaration, et le nombre de ses écarts (contributions:read)."""
        return self.send("GET", f"/v1/dsn/{segment(declaration)}")

    def get_dsn_of_declaration_differences(
        self, declaration: str, *, agent: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageDifferenceAnswer]:
        """Écarts avec ce que Relais a calculé (contributions:read)."""
        return self.send(
            "GET",
            f"/v1/dsn/{segment(declaration)}/differences",
            params={"agent": agent, "limit": limit, "cursor": cursor},
        )

    def get_dsn_of_declaration_differences_file(self, declaration: str) -> Answer[bytes]:
        """Le rapport d'écarts en CSV (contributions:read)."""
        return self.send("GET", f"/v1/dsn/{segment(declaration)}/differences/file")

    def get_dsn_of_declaration_parts(
        self, declaration: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PagePartAnswer]:
        """Ce qui en est lu, et les lignes gardées telles quelles (contributions:read)."""
        return self.send("GET", f"/v1/dsn/{segment(declaration)}/parts", params={"limit": limit, "cursor": cursor})

    def post_dsn_of_declaration_reconcile(self, declaration: str) -> Answer[models.DeclarationSummary]:
        """Rapprocher de nouveau : la paie, les bordereaux ou les paramètres ont changé (contributions:read, contributions:write)."""
        return self.send("POST", f"/v1/dsn/{segment(declaration)}/reconcile")

    def post_dsn_of_declaration_reconciliations(self, declaration: str) -> Answer[models.ReconciliationAnswer]:
        """Rapprocher de nouveau une grande déclaration, en arrière-plan (contributions:read, contributions:write)."""
        return self.send("POST", f"/v1/dsn/{segment(declaration)}/reconciliations")

    def get_entitlements(
        self, *, agent: str, employer: str | None = None, from_: str | None = None, to: str | None = None
    ) -> Answer[models.EntitlementAnswer]:
        """Plein et demi-traitement d'un agent, jour par jour (claims:read)."""
        return self.send(
            "GET", "/v1/entitlements", params={"agent": agent, "employer": employer, "from": from_, "to": to}
        )

    def get_events(
        self, *, after: str | None = None, wait: float | None = None, limit: int | None = None
    ) -> Answer[dict[str, Any]]:
        """Faits que l'appelant a le droit de lire, dans l'ordre (events:read)."""
        return self.send("GET", "/v1/events", params={"after": after, "wait": wait, "limit": limit})

    def get_exchanges_agreements(self) -> Answer[models.ExchangesAnswer]:
        """Faits publiés et reçus par ce composant : positions, dernier reçu, mis de côté (operations:read)."""
        return self.send("GET", "/v1/exchanges/agreements")

    def get_exchanges_agreements_parked(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageParkedEventAnswer]:
        """Faits mis de côté par ce composant, dans l'ordre de leurs clés (operations:read)."""
        return self.send("GET", "/v1/exchanges/agreements/parked", params={"limit": limit, "cursor": cursor})

    def post_exchanges_agreements_replays(self, body: models.EventReplayRequest) -> Answer[models.EventReplayAnswer]:
        """Appliquer de nouveau des faits mis de côté, une fois leur cause corrigée (operations:write)."""
        return self.send("POST", "/v1/exchanges/agreements/replays", json=body)

    def get_exchanges_claims(self) -> Answer[models.ExchangesAnswer]:
        """Faits publiés et reçus par ce composant : positions, dernier reçu, mis de côté (operations:read)."""
        return self.send("GET", "/v1/exchanges/claims")

    def get_exchanges_claims_parked(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageParkedEventAnswer]:
        """Faits mis de côté par ce composant, dans l'ordre de leurs clés (operations:read)."""
        return self.send("GET", "/v1/exchanges/claims/parked", params={"limit": limit, "cursor": cursor})

    def post_exchanges_claims_replays(self, body: models.EventReplayRequest) -> Answer[models.EventReplayAnswer]:
        """Appliquer de nouveau des faits mis de côté, une fois leur cause corrigée (operations:write)."""
        return self.send("POST", "/v1/exchanges/claims/replays", json=body)

    def get_exchanges_contributions(self) -> Answer[models.ExchangesAnswer]:
        """Faits publiés et reçus par ce composant : positions, dernier reçu, mis de côté (operations:read)."""
        return self.send("GET", "/v1/exchanges/contributions")

    def get_exchanges_contributions_parked(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageParkedEventAnswer]:
        """Faits mis de côté par ce composant, dans l'ordre de leurs clés (operations:read)."""
        return self.send("GET", "/v1/exchanges/contributions/parked", params={"limit": limit, "cursor": cursor})

    def post_exchanges_contributions_replays(self, body: models.EventReplayRequest) -> Answer[models.EventReplayAnswer]:
        """Appliquer de nouveau des faits mis de côté, une fois leur cause corrigée (operations:write)."""
        return self.send("POST", "/v1/exchanges/contributions/replays", json=body)

    def get_exchanges_eligibility(self) -> Answer[models.ExchangesAnswer]:
        """Faits publiés et reçus par ce composant : positions, dernier reçu, mis de côté (operations:read)."""
        return self.send("GET", "/v1/exchanges/eligibility")

    def get_exchanges_eligibility_parked(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageParkedEventAnswer]:
        """Faits mis de côté par ce composant, dans l'ordre de leurs clés (operations:read)."""
        return self.send("GET", "/v1/exchanges/eligibility/parked", params={"limit": limit, "cursor": cursor})

    def post_exchanges_eligibility_replays(self, body: models.EventReplayRequest) -> Answer[models.EventReplayAnswer]:
        """Appliquer de nouveau des faits mis de côté, une fois leur cause corrigée (operations:write)."""
        return self.send("POST", "/v1/exchanges/eligibility/replays", json=body)

    def get_exchanges_gateway(self) -> Answer[models.ExchangesAnswer]:
        """Faits publiés et reçus par ce composant : positions, dernier reçu, mis de côté (operations:read)."""
        return self.send("GET", "/v1/exchanges/gateway")

    def get_exchanges_gateway_parked(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageParkedEventAnswer]:
        """Faits mis de côté par ce composant, dans l'ordre de leurs clés (operations:read)."""
        return self.send("GET", "/v1/exchanges/gateway/parked", params={"limit": limit, "cursor": cursor})

    def post_exchanges_gateway_replays(self, body: models.EventReplayRequest) -> Answer[models.EventReplayAnswer]:
        """Appliquer de nouveau des faits mis de côté, une fois leur cause corrigée (operations:write)."""
        return self.send("POST", "/v1/exchanges/gateway/replays", json=body)

    def post_imports_agents(
        self,
        content: bytes,
        *,
        content_type: Literal["application/jsonl", "application/x-ndjson", "text/csv"],
        dry_run: bool | None = None,
    ) -> Answer[models.EligibilityImportAnswer]:
        """Agents et emplois, un par ligne : les champs d'une embauche (en CSV, ceux de l'emploi à plat) (agents:write)."""
        return self.send(
            "POST",
            "/v1/imports/agents",
            content=content,
            headers={"Content-Type": content_type},
            params={"dry_run": dry_run},
        )

    def get_imports_agents_of_job(self, job: str) -> Answer[models.EligibilityImportAnswer]:
        """Où en est un import (agents:read)."""
        return self.send("GET", f"/v1/imports/agents/{segment(job)}")

    def get_imports_agents_of_job_rejects(self, job: str) -> Answer[bytes]:
        """Lignes refusées d'un import (agents:read)."""
        return self.send("GET", f"/v1/imports/agents/{segment(job)}/rejects")

    def get_imports_agents_of_job_warnings(self, job: str) -> Answer[bytes]:
        """Lignes entrées d'un import, à vérifier (agents:read)."""
        return self.send("GET", f"/v1/imports/agents/{segment(job)}/warnings")

    def post_imports_dsn(
        self, content: bytes, *, content_type: Literal["text/plain"] = "text/plain", dry_run: bool | None = None
    ) -> Answer[models.ContributionsImportAnswer]:
        """Une DSN mensuelle, telle que déposée : elle contrôle, elle ne déclenche rien (pay:write)."""
        return self.send(
            "POST",
            "/v1/imports/dsn",
            content=content,
            headers={"Content-Type": content_type},
            params={"dry_run": dry_run},
        )

    def get_imports_dsn_of_job(self, job: str) -> Answer[models.ContributionsImportAnswer]:
        """Où en est un import (pay:read)."""
        return self.send("GET", f"/v1/imports/dsn/{segment(job)}")

    def get_imports_dsn_of_job_rejects(self, job: str) -> Answer[bytes]:
        """Lignes refusées d'un import (pay:read)."""
        return self.send("GET", f"/v1/imports/dsn/{segment(job)}/rejects")

    def post_imports_leaves(
        self,
        content: bytes,
        *,
        content_type: Literal["application/jsonl", "application/x-ndjson", "text/csv"],
        dry_run: bool | None = None,
    ) -> Answer[models.EligibilityImportAnswer]:
        """Congés, un par ligne avec ses renouvellements (`entries` ; en CSV `2026-02-01:2026-02-28|2026-03-01:paid=non`) (agents:write)."""
        return self.send(
            "POST",
            "/v1/imports/leaves",
            content=content,
            headers={"Content-Type": content_type},
            params={"dry_run": dry_run},
        )

    def get_imports_leaves_of_job(self, job: str) -> Answer[models.EligibilityImportAnswer]:
        """Où en est un import (agents:read)."""
        return self.send("GET", f"/v1/imports/leaves/{segment(job)}")

    def get_imports_leaves_of_job_rejects(self, job: str) -> Answer[bytes]:
        """Lignes refusées d'un import (agents:read)."""
        return self.send("GET", f"/v1/imports/leaves/{segment(job)}/rejects")

    def post_imports_opening_balances(
        self,
        content: bytes,
        *,
        content_type: Literal["application/jsonl", "application/x-ndjson", "text/csv"],
        dry_run: bool | None = None,
    ) -> Answer[models.EligibilityImportAnswer]:
        """Reprises à l'adhésion d'un employeur, une par agent (en CSV, `leaves` : `CMO:2025-03-01:2025-03-31+2025-04-01:`) (agents:write)."""
        return self.send(
            "POST",
            "/v1/imports/opening-balances",
            content=content,
            headers={"Content-Type": content_type},
            params={"dry_run": dry_run},
        )

    def get_imports_opening_balances_of_job(self, job: str) -> Answer[models.EligibilityImportAnswer]:
        """Où en est un import (agents:read)."""
        return self.send("GET", f"/v1/imports/opening-balances/{segment(job)}")

    def get_imports_opening_balances_of_job_rejects(self, job: str) -> Answer[bytes]:
        """Lignes refusées d'un import (agents:read)."""
        return self.send("GET", f"/v1/imports/opening-balances/{segment(job)}/rejects")

    def post_imports_pay(
        self,
        content: bytes,
        *,
        content_type: Literal["application/jsonl", "application/x-ndjson", "text/csv"],
        dry_run: bool | None = None,
    ) -> Answer[models.ContributionsImportAnswer]:
        """Paie, un mois d'un agent par ligne : les champs d'un envoi par lots (pay:write)."""
        return self.send(
            "POST",
            "/v1/imports/pay",
            content=content,
            headers={"Content-Type": content_type},
            params={"dry_run": dry_run},
        )

    def get_imports_pay_of_job(self, job: str) -> Answer[models.ContributionsImportAnswer]:
        """Où en est un import (pay:read)."""
        return self.send("GET", f"/v1/imports/pay/{segment(job)}")

    def get_imports_pay_of_job_rejects(self, job: str) -> Answer[bytes]:
        """Lignes refusées d'un import (pay:read)."""
        return self.send("GET", f"/v1/imports/pay/{segment(job)}/rejects")

    def get_insured(
        self,
        *,
        on: str | None = None,
        employer: str | None = None,
        agent: list[str] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.PageInsuredAnswer]:
        """Personnes couvertes un jour donné : celles de ses lots pour un assureur, ses agents pour un employeur (insured:read)."""
        return self.send(
            "GET",
            "/v1/insured",
            params={"on": on, "employer": employer, "agent": agent, "limit": limit, "cursor": cursor},
        )

    def get_integrations(
        self,
        *,
        kind: Literal["HRIS", "INSURER", "CENTRE", "PLATFORM"] | None = None,
        attention: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.IntegrationsAnswer]:
        """Clients actifs : dernier appel, erreurs, retard, webhooks (operations:read)."""
        return self.send(
            "GET", "/v1/integrations", params={"kind": kind, "attention": attention, "limit": limit, "cursor": cursor}
        )

    def get_integrations_of_client(self, client: str) -> Answer[models.IntegrationDetail]:
        """Les échanges d'un client, heure par heure (operations:read)."""
        return self.send("GET", f"/v1/integrations/{segment(client)}")

    def get_months_of_employer(
        self, employer: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageClosingAnswer]:
        """Clôtures et réouvertures d'un employeur, la dernière d'abord (contributions:read)."""
        return self.send("GET", f"/v1/months/{segment(employer)}", params={"limit": limit, "cursor": cursor})

    def post_months_of_employer_month_close(
        self, employer: str, month: str, body: models.CloseRequest, *, idempotency_key: str
    ) -> Answer[models.CloseAnswer]:
        """Émettre ce qui reste du mois, puis le clôturer (contributions:write)."""
        return self.send(
            "POST",
            f"/v1/months/{segment(employer)}/{segment(month)}/close",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def post_months_of_employer_month_reopen(
        self, employer: str, month: str, body: models.ReopenRequest, *, idempotency_key: str
    ) -> Answer[models.ClosingAnswer]:
        """Rouvrir un mois clôturé, avec un motif (contributions:write)."""
        return self.send(
            "POST",
            f"/v1/months/{segment(employer)}/{segment(month)}/reopen",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def post_notices_reports(
        self, content: bytes, *, content_type: Literal["message/rfc822"] = "message/rfc822"
    ) -> Answer[models.ReportAnswer]:
        """Avis de remise ou d'échec d'un courriel (agreements:write)."""
        return self.send("POST", "/v1/notices/reports", content=content, headers={"Content-Type": content_type})

    def get_organisations(
        self, *, kind: models.OrganisationKind | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageOrganisationAnswer]:
        """Organisations, par clé (organisations:read)."""
        return self.send("GET", "/v1/organisations", params={"kind": kind, "limit": limit, "cursor": cursor})

    def post_organisations(self, body: models.OrganisationDocument) -> Answer[models.OrganisationAnswer]:
        """Enregistrer une organisation (organisations:write)."""
        return self.send("POST", "/v1/organisations", json=body)

    def post_organisations_imports(
        self, content: bytes, *, content_type: Literal["text/csv"] = "text/csv", dry_run: bool | None = None
    ) -> Answer[models.AgreementsImportAnswer]:
        """Importer des organisations depuis un fichier (organisations:write)."""
        return self.send(
            "POST",
            "/v1/organisations/imports",
            content=content,
            headers={"Content-Type": content_type},
            params={"dry_run": dry_run},
        )

    def get_organisations_imports_of_job(self, job: str) -> Answer[models.AgreementsImportAnswer]:
        """Où en est un import d'organisations (organisations:read)."""
        return self.send("GET", f"/v1/organisations/imports/{segment(job)}")

    def get_organisations_imports_of_job_rejects(self, job: str) -> Answer[bytes]:
        """Lignes refusées d'un import d'organisations (organisations:read)."""
        return self.send("GET", f"/v1/organisations/imports/{segment(job)}/rejects")

    def get_organisations_of_key(
        self, key: str, *, as_of: str | None = None, known_at: str | None = None
    ) -> Answer[models.OrganisationAnswer]:
        """Une organisation, un jour donné (organisations:read)."""
        return self.send("GET", f"/v1/organisations/{segment(key)}", params={"as_of": as_of, "known_at": known_at})

    def patch_organisations_of_key(
        self, key: str, body: models.OrganisationChange, *, if_match: str
    ) -> Answer[models.OrganisationAnswer]:
        """Modifier une organisation à partir d'un jour (organisations:write)."""
        return self.send("PATCH", f"/v1/organisations/{segment(key)}", json=body, headers={"If-Match": if_match})

    def get_overpayments(
        self, *, agent: str | None = None, open: bool | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageOverpaymentAnswer]:
        """Trop-perçus, d'un agent ou de tous (claims:read)."""
        return self.send(
            "GET", "/v1/overpayments", params={"agent": agent, "open": open, "limit": limit, "cursor": cursor}
        )

    def get_overpayment(self, overpayment: str) -> Answer[models.OverpaymentDetail]:
        """Un trop-perçu, ses mouvements, son échéancier (claims:read)."""
        return self.send("GET", f"/v1/overpayments/{segment(overpayment)}")

    def post_overpayment_recoveries(
        self, overpayment: str, body: models.RecoveryRequest, *, idempotency_key: str
    ) -> Answer[models.OverpaymentDetail]:
        """Noter un remboursement (claims:write)."""
        return self.send(
            "POST",
            f"/v1/overpayments/{segment(overpayment)}/recoveries",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def put_overpayment_schedule(
        self, overpayment: str, body: models.ScheduleRequest
    ) -> Answer[models.OverpaymentDetail]:
        """Convenir d'un échéancier (claims:write)."""
        return self.send("PUT", f"/v1/overpayments/{segment(overpayment)}/schedule", json=body)

    def post_overpayment_waivers(
        self, overpayment: str, body: models.WaiverRequest, *, idempotency_key: str
    ) -> Answer[models.OverpaymentDetail]:
        """Abandonner un reste (claims:write)."""
        return self.send(
            "POST",
            f"/v1/overpayments/{segment(overpayment)}/waivers",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def get_partner_messages(
        self, *, outcome: Literal["DONE", "REFUSED"] | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageReceivedAnswer]:
        """Réponses reçues des assureurs, la plus récente d'abord (events:read)."""
        return self.send("GET", "/v1/partner-messages", params={"outcome": outcome, "limit": limit, "cursor": cursor})

    def post_partner_messages(self, body: Any) -> Answer[models.ReceivedAnswer]:
        """Répondre en assureur : décision, versement, prime reçue, événements lus (partner:write)."""
        return self.send("POST", "/v1/partner-messages", json=body)

    def get_pay(
        self,
        *,
        agent: str | None = None,
        employer: str | None = None,
        matricule: str | None = None,
        known_at: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        from_: str | None = None,
        to: str | None = None,
    ) -> Answer[models.PagePayAnswer]:
        """Les mois de paie d'un agent, dans leur version courante ou celle d'alors (pay:read)."""
        return self.send(
            "GET",
            "/v1/pay",
            params={
                "agent": agent,
                "employer": employer,
                "matricule": matricule,
                "known_at": known_at,
                "limit": limit,
                "cursor": cursor,
                "from": from_,
                "to": to,
            },
        )

    def get_pay_of_employer_matricule_month(
        self, employer: str, matricule: str, month: str, *, employment: str | None = None, version: int | None = None
    ) -> Answer[models.PayAnswer]:
        """La paie d'un mois, dans sa version courante ou une autre (pay:read)."""
        return self.send(
            "GET",
            f"/v1/pay/{segment(employer)}/{segment(matricule)}/{segment(month)}",
            params={"employment": employment, "version": version},
        )

    def put_pay_of_employer_matricule_month(
        self,
        employer: str,
        matricule: str,
        month: str,
        body: models.PayRequest,
        *,
        employment: str | None = None,
        if_match: str | None = None,
    ) -> Answer[models.PayAnswer]:
        """Envoyer la paie d'un mois, ou la corriger (If-Match) (pay:write)."""
        return self.send(
            "PUT",
            f"/v1/pay/{segment(employer)}/{segment(matricule)}/{segment(month)}",
            json=body,
            params={"employment": employment},
            headers={"If-Match": if_match},
        )

    def post_pay_bulk(self, body: models.ContributionsBulkRequest) -> Answer[models.BulkAnswer]:
        """Éléments de paie par lots de 500 au plus (pay:write)."""
        return self.send("POST", "/v1/pay:bulk", json=body)

    def post_payment_orders(self, body: models.OrderRequest) -> Answer[bytes]:
        """Ordre de virement SEPA de ce qu'un employeur doit (pain.001) (contributions:read)."""
        return self.send("POST", "/v1/payment-orders", json=body)

    def get_payments(
        self,
        *,
        employer: str | None = None,
        order: Literal["oldest", "newest"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.PagePaymentAnswer]:
        """Paiements, dans l'ordre de leur enregistrement (contributions:read)."""
        return self.send(
            "GET", "/v1/payments", params={"employer": employer, "order": order, "limit": limit, "cursor": cursor}
        )

    def post_payments(
        self, body: models.ContributionsPaymentRequest, *, idempotency_key: str
    ) -> Answer[models.ContributionsPaymentAnswer]:
        """Enregistrer un paiement et l'affecter à des bordereaux (contributions:write)."""
        return self.send("POST", "/v1/payments", json=body, headers={"Idempotency-Key": idempotency_key})

    def get_payment(self, payment: str) -> Answer[models.ContributionsPaymentAnswer]:
        """Un paiement (contributions:read)."""
        return self.send("GET", f"/v1/payments/{segment(payment)}")

    def post_payment_allocations(
        self, payment: str, body: models.AllocationsRequest, *, idempotency_key: str
    ) -> Answer[models.ContributionsPaymentAnswer]:
        """Affecter ce qui reste d'un paiement (contributions:write)."""
        return self.send(
            "POST",
            f"/v1/payments/{segment(payment)}/allocations",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def post_payment_cancellation(
        self, payment: str, body: models.ContributionsCancellationRequest, *, idempotency_key: str
    ) -> Answer[models.ContributionsPaymentAnswer]:
        """Annuler un paiement, avec un motif (contributions:write)."""
        return self.send(
            "POST",
            f"/v1/payments/{segment(payment)}/cancellation",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def get_receivables(
        self, *, employer: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageReceivableAnswer]:
        """Bordereaux qui restent dus, dans l'ordre (contributions:read)."""
        return self.send("GET", "/v1/receivables", params={"employer": employer, "limit": limit, "cursor": cursor})

    def get_ri_maintenance_of_employer(self, employer: str) -> Answer[models.PolicyAnswer]:
        """Ce que l'employeur maintient du RI (claims:read)."""
        return self.send("GET", f"/v1/ri-maintenance/{segment(employer)}")

    def put_ri_maintenance_of_employer(
        self, employer: str, body: models.MaintenanceMaintenanceRequest
    ) -> Answer[models.PolicyAnswer]:
        """Énoncer ce que l'employeur maintient du RI (claims:write)."""
        return self.send("PUT", f"/v1/ri-maintenance/{segment(employer)}", json=body)

    def get_roles(self) -> Answer[models.RolesAnswer]:
        """Les rôles et ce que chacun permet (users:read)."""
        return self.send("GET", "/v1/roles")

    def post_runs(self, body: models.RunRequest, *, idempotency_key: str) -> Answer[models.ContributionsRunAnswer]:
        """Émettre ce qui manque pour un employeur, ou l'annoncer sans rien écrire (contributions:write)."""
        return self.send("POST", "/v1/runs", json=body, headers={"Idempotency-Key": idempotency_key})

    def get_runs_overview(
        self,
        *,
        employer: str | None = None,
        attention: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        month: str | None = None,
    ) -> Answer[models.OverviewAnswer]:
        """Où en est un mois, employeur par employeur, face au mois précédent (contributions:read)."""
        return self.send(
            "GET",
            "/v1/runs/overview",
            params={"employer": employer, "attention": attention, "limit": limit, "cursor": cursor, "month": month},
        )

    def get_runs_parked(
        self,
        *,
        employer: str | None = None,
        state: Literal["OPEN", "RELEASED", "ISSUED", "GONE"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.PageParkedAnswer]:
        """Variations retenues, dans l'ordre (contributions:read)."""
        return self.send(
            "GET", "/v1/runs/parked", params={"employer": employer, "state": state, "limit": limit, "cursor": cursor}
        )

    def post_runs_parked_of_parked_release(
        self, parked: str, body: models.ReleaseRequest, *, idempotency_key: str
    ) -> Answer[models.ParkedAnswer]:
        """Accepter une variation retenue, avec un motif (contributions:write)."""
        return self.send(
            "POST",
            f"/v1/runs/parked/{segment(parked)}/release",
            json=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def get_runs_regional(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageRegionalAnswer]:
        """Traitements, le dernier d'abord (contributions:read)."""
        return self.send("GET", "/v1/runs/regional", params={"limit": limit, "cursor": cursor})

    def post_runs_regional(
        self, body: models.RegionalRequest, *, idempotency_key: str
    ) -> Answer[models.RegionalAnswer]:
        """Traiter un mois pour tous les employeurs (contributions:write)."""
        return self.send("POST", "/v1/runs/regional", json=body, headers={"Idempotency-Key": idempotency_key})

    def get_runs_regional_of_job(self, job: str) -> Answer[models.RegionalAnswer]:
        """Où en est un traitement (contributions:read)."""
        return self.send("GET", f"/v1/runs/regional/{segment(job)}")

    def get_runs_regional_of_job_refused(self, job: str) -> Answer[models.RefusedList]:
        """Employeurs non traités, avec le motif (contributions:read)."""
        return self.send("GET", f"/v1/runs/regional/{segment(job)}/refused")

    def get_schemes(self, *, limit: int | None = None, cursor: str | None = None) -> Answer[models.PageSchemeRow]:
        """Régimes régionaux (agreements:read)."""
        return self.send("GET", "/v1/schemes", params={"limit": limit, "cursor": cursor})

    def post_schemes(self, body: models.SchemeDocument) -> Answer[models.SchemeDocument]:
        """Enregistrer un régime régional (agreements:write)."""
        return self.send("POST", "/v1/schemes", json=body)

    def get_scheme(
        self, scheme: str, *, as_of: str | None = None, known_at: str | None = None
    ) -> Answer[models.SchemeDocument]:
        """Un régime régional (agreements:read)."""
        return self.send("GET", f"/v1/schemes/{segment(scheme)}", params={"as_of": as_of, "known_at": known_at})

    def put_scheme(self, scheme: str, body: models.SchemeCorrection, *, if_match: str) -> Answer[models.SchemeDocument]:
        """Corriger un régime régional : la version suivante de son document (agreements:write)."""
        return self.send("PUT", f"/v1/schemes/{segment(scheme)}", json=body, headers={"If-Match": if_match})

    def get_scheme_committee(self, scheme: str, *, as_of: str | None = None) -> Answer[models.SchemeCommitteeAnswer]:
        """Comité régional : membres et réunions (agreements:read)."""
        return self.send("GET", f"/v1/schemes/{segment(scheme)}/committee", params={"as_of": as_of})

    def post_scheme_committee_meetings(self, scheme: str, body: models.MeetingBody) -> Answer[models.MeetingAnswer]:
        """Enregistrer une réunion régionale et son relevé de décision (agreements:write)."""
        return self.send("POST", f"/v1/schemes/{segment(scheme)}/committee/meetings", json=body)

    def post_scheme_committee_meetings_of_held_on_sending(
        self, scheme: str, held_on: str, body: models.SendingBody
    ) -> Answer[models.MeetingAnswer]:
        """Relevé de décision régional transmis aux signataires (agreements:write)."""
        return self.send(
            "POST", f"/v1/schemes/{segment(scheme)}/committee/meetings/{segment(held_on)}/sending", json=body
        )

    def post_scheme_committee_members(self, scheme: str, body: models.MemberBody) -> Answer[models.MemberAnswer]:
        """Nommer un membre du comité régional (agreements:write)."""
        return self.send("POST", f"/v1/schemes/{segment(scheme)}/committee/members", json=body)

    def post_scheme_committee_members_leaving(
        self, scheme: str, body: models.LeavingBody
    ) -> Answer[models.MemberAnswer]:
        """Départ d'un membre du comité régional (agreements:write)."""
        return self.send("POST", f"/v1/schemes/{segment(scheme)}/committee/members/leaving", json=body)

    def get_scheme_history(self, scheme: str) -> Answer[list[models.SchemeEntry]]:
        """Versions d'un régime régional, de la plus ancienne à la dernière (agreements:read)."""
        return self.send("GET", f"/v1/schemes/{segment(scheme)}/history")

    def get_sessions(
        self, *, login: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageSessionAnswer]:
        """Sessions ouvertes, la plus récente d'abord (users:read)."""
        return self.send("GET", "/v1/sessions", params={"login": login, "limit": limit, "cursor": cursor})

    def delete_session(self, session: str) -> Answer[None]:
        """Fermer une session (users:write)."""
        return self.send("DELETE", f"/v1/sessions/{segment(session)}")

    def get_settlements(
        self,
        *,
        insurer: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        month: str | None = None,
    ) -> Answer[models.PageSettlementAnswer]:
        """Règlements, dans l'ordre où ils ont été arrêtés (contributions:read)."""
        return self.send(
            "GET", "/v1/settlements", params={"insurer": insurer, "limit": limit, "cursor": cursor, "month": month}
        )

    def post_settlements(
        self, body: models.SettlementRequest, *, idempotency_key: str
    ) -> Answer[models.SettlementAnswer]:
        """Arrêter le règlement d'un assureur (contributions:write)."""
        return self.send("POST", "/v1/settlements", json=body, headers={"Idempotency-Key": idempotency_key})

    def get_settlement(self, settlement: str) -> Answer[models.SettlementAnswer]:
        """Un règlement (contributions:read)."""
        return self.send("GET", f"/v1/settlements/{segment(settlement)}")

    def get_settlement_file(self, settlement: str, *, format: models.ListFormat) -> Answer[bytes]:
        """Un règlement en fichier, bordereau par bordereau (contributions:read)."""
        return self.send("GET", f"/v1/settlements/{segment(settlement)}/file", params={"format": format})

    def get_settlement_lots(
        self, settlement: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageLotAnswer]:
        """Un règlement par lot (accord et assureur) (contributions:read)."""
        return self.send(
            "GET", f"/v1/settlements/{segment(settlement)}/lots", params={"limit": limit, "cursor": cursor}
        )

    def get_settlement_statements(
        self, settlement: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageSettledStatementAnswer]:
        """Bordereaux d'un règlement (contributions:read)."""
        return self.send(
            "GET", f"/v1/settlements/{segment(settlement)}/statements", params={"limit": limit, "cursor": cursor}
        )

    def post_signing_keys_rotations(self) -> Answer[models.SigningKeyAnswer]:
        """Publier une nouvelle clé de signature des jetons (clients:write)."""
        return self.send("POST", "/v1/signing-keys/rotations")

    def post_simulations_affiliation(self, body: models.AffiliationRequest) -> Answer[models.SimulatedAffiliation]:
        """Qui serait couvert, depuis quand, pourquoi (simulations:run)."""
        return self.send("POST", "/v1/simulations/affiliation", json=body)

    def post_simulations_benefits(self, body: models.BenefitsRequest) -> Answer[models.BenefitsAnswer]:
        """Prestations mensuelles, rente et capitaux (simulations:run)."""
        return self.send("POST", "/v1/simulations/benefits", json=body)

    def post_simulations_contributions(self, body: models.ContributionsRequest) -> Answer[models.ContributionsAnswer]:
        """Cotisations d'un mois, par garantie (simulations:run)."""
        return self.send("POST", "/v1/simulations/contributions", json=body)

    def post_simulations_contributions_terms(self, body: models.TermsRequest) -> Answer[models.TermsPriceAnswer]:
        """Coût d'une autre version d'un accord (simulations:run)."""
        return self.send("POST", "/v1/simulations/contributions/terms", json=body)

    def post_simulations_contributions_terms_days(self, body: models.DaysRequest) -> Answer[models.DaysPriceAnswer]:
        """Coût des clauses d'un accord, d'un jour à l'autre (simulations:run)."""
        return self.send("POST", "/v1/simulations/contributions/terms/days", json=body)

    def post_simulations_contributions_what_if(self, body: models.WhatIfRequest) -> Answer[models.WhatIfAnswer]:
        """Coût d'un mois pour tous les employeurs du périmètre, avec d'autres niveaux, taux ou parts (simulations:run)."""
        return self.send("POST", "/v1/simulations/contributions/what-if", json=body)

    def post_simulations_net_pay(self, body: models.NetPayRequest) -> Answer[models.NetPayAnswer]:
        """Du brut au net, pour un mois (simulations:run)."""
        return self.send("POST", "/v1/simulations/net-pay", json=body)

    def post_simulations_statutory_pay(self, body: models.StatutoryPayRequest) -> Answer[models.StatutoryPayAnswer]:
        """Plein et demi-traitement, jour par jour (simulations:run)."""
        return self.send("POST", "/v1/simulations/statutory-pay", json=body)

    def get_statements(
        self,
        *,
        employer: str | None = None,
        order: Literal["oldest", "newest"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        month: str | None = None,
    ) -> Answer[models.PageStatementAnswer]:
        """Bordereaux, dans l'ordre de leur émission (contributions:read)."""
        return self.send(
            "GET",
            "/v1/statements",
            params={"employer": employer, "order": order, "limit": limit, "cursor": cursor, "month": month},
        )

    def get_statement(self, statement: str) -> Answer[models.StatementAnswer]:
        """Un bordereau (contributions:read)."""
        return self.send("GET", f"/v1/statements/{segment(statement)}")

    def get_statement_file(self, statement: str, *, format: models.Format) -> Answer[dict[str, Any] | bytes]:
        """Un bordereau en fichier : JSON, CSV, classeur ou PDF à signer (contributions:read)."""
        return self.send("GET", f"/v1/statements/{segment(statement)}/file", params={"format": format})

    def get_statement_lines(
        self, statement: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageLineAnswer]:
        """Lignes d'un bordereau (contributions:read)."""
        return self.send("GET", f"/v1/statements/{segment(statement)}/lines", params={"limit": limit, "cursor": cursor})

    def get_statement_payments(self, statement: str) -> Answer[models.StatementPaymentsAnswer]:
        """Ce qui est payé d'un bordereau, ce qui reste, avant quand (contributions:read)."""
        return self.send("GET", f"/v1/statements/{segment(statement)}/payments")

    def get_statistics_absence(self, *, year: int, employer: str | None = None) -> Answer[models.AbsenceAnswer]:
        """Jours de congé d'une année par nature et par durée, sans petits groupes (claims:read)."""
        return self.send("GET", "/v1/statistics/absence", params={"year": year, "employer": employer})

    def get_statistics_contributions(self, *, year: int) -> Answer[models.YearAnswer]:
        """Cotisations et prestations d'une année, par employeur et par accord (contributions:read)."""
        return self.send("GET", "/v1/statistics/contributions", params={"year": year})

    def get_statistics_cover(self, *, as_of: str | None = None) -> Answer[models.CoverAnswer]:
        """Agents employés et couverts un jour donné, par employeur et par accord (agents:read)."""
        return self.send("GET", "/v1/statistics/cover", params={"as_of": as_of})

    def get_users(
        self, *, text: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Answer[models.PageUserAnswer]:
        """Comptes des personnes (users:read)."""
        return self.send("GET", "/v1/users", params={"text": text, "limit": limit, "cursor": cursor})

    def post_users(self, body: models.UserRequest) -> Answer[models.InvitationAnswer]:
        """Ouvrir un compte ; son code d'invitation n'est montré qu'ici (users:write)."""
        return self.send("POST", "/v1/users", json=body)

    def get_users_of_login(self, login: str) -> Answer[models.UserAnswer]:
        """Un compte et ce qu'il permet (users:read)."""
        return self.send("GET", f"/v1/users/{segment(login)}")

    def put_users_of_login(self, login: str, body: models.UserChange, *, if_match: str) -> Answer[models.UserAnswer]:
        """Changer ce qu'une personne est et peut faire, fermer ou rouvrir son compte (users:write)."""
        return self.send("PUT", f"/v1/users/{segment(login)}", json=body, headers={"If-Match": if_match})

    def post_users_of_login_invitations(self, login: str, *, if_match: str) -> Answer[models.InvitationAnswer]:
        """Retirer le mot de passe et donner de quoi en choisir un (users:write)."""
        return self.send("POST", f"/v1/users/{segment(login)}/invitations", headers={"If-Match": if_match})

    def delete_users_of_login_lock(self, login: str, *, if_match: str) -> Answer[None]:
        """Débloquer un compte après trop d'échecs (users:write)."""
        return self.send("DELETE", f"/v1/users/{segment(login)}/lock", headers={"If-Match": if_match})

    def delete_users_of_login_second_factor(self, login: str, *, if_match: str) -> Answer[None]:
        """Oublier le second facteur d'une personne (users:write)."""
        return self.send("DELETE", f"/v1/users/{segment(login)}/second-factor", headers={"If-Match": if_match})

    def get_webhooks(self, *, limit: int | None = None, cursor: str | None = None) -> Answer[models.PageWebhookAnswer]:
        """Webhooks de l'appelant et état de leur livraison (webhooks:read)."""
        return self.send("GET", "/v1/webhooks", params={"limit": limit, "cursor": cursor})

    def post_webhooks(self, body: models.WebhookRequest) -> Answer[models.WebhookAnswer]:
        """Faire livrer les événements à une adresse (webhooks:write, events:read)."""
        return self.send("POST", "/v1/webhooks", json=body)

    def get_webhook(self, webhook: str) -> Answer[models.WebhookAnswer]:
        """Un webhook : retard, dernière erreur, prochain essai (webhooks:read)."""
        return self.send("GET", f"/v1/webhooks/{segment(webhook)}")

    def delete_webhook(self, webhook: str) -> Answer[None]:
        """Ne plus livrer à cette adresse (webhooks:write, events:read)."""
        return self.send("DELETE", f"/v1/webhooks/{segment(webhook)}")

    def post_webhook_keys(self, webhook: str, body: models.KeyRequest) -> Answer[models.WebhookAnswer]:
        """Changer la clé qui signe les livraisons (webhooks:write, events:read)."""
        return self.send("POST", f"/v1/webhooks/{segment(webhook)}/keys", json=body)

    def post_webhook_replays(self, webhook: str, body: models.ReplayRequest) -> Answer[models.WebhookAnswer]:
        """Reprendre la livraison, ou la rejouer depuis un curseur (webhooks:write, events:read)."""
        return self.send("POST", f"/v1/webhooks/{segment(webhook)}/replays", json=body)

    def get_work_items(
        self,
        *,
        employer: str | None = None,
        kind: Literal[
            "half-pay-without-claim",
            "claim-open",
            "overpayment",
            "pension-to-check",
            "documents-missing",
            "cover-after-return",
            "notice-undelivered",
            "dispense-proof",
            "contributions-parked",
            "statement-late",
            "claim-to-declare",
            "claim-prescription",
            "overpayment-prescription",
            "leave-not-in-regime",
            "leave-quotity-wrong",
            "leave-too-long",
            "private-law-by-hand",
            "case-held",
            "daily-allowance-missing",
            "daily-allowance-doubtful",
            "payment-above-decided",
            "insurer-decisions-differ",
            "annuity-to-revalue",
            "override-to-approve",
            "override-to-review",
        ]
        | None = None,
        agent: str | None = None,
        due_before: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[models.WorkItemsAnswer]:
        """Ce qu'il y a à faire, par échéance (agents:read)."""
        return self.send(
            "GET",
            "/v1/work-items",
            params={
                "employer": employer,
                "kind": kind,
                "agent": agent,
                "due_before": due_before,
                "limit": limit,
                "cursor": cursor,
            },
        )
