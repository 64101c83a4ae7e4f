"""Who calls, and what it may do. Every service verifies the token itself, against the issuer's public keys.

    @router.get("/v1/agents/{agent}")
    async def read(agent: UUID, caller: Annotated[Principal, requires("agents:read")], tx: Tx) -> AgentAnswer: ...

`requires` shows in the OpenAPI document: a scope and `x-policy`. A call without token is 401, without the scope 403.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2, SecurityScopes

from kit.db.database import Scope
from kit.http.policy import Tenancy, policy_of
from kit.http.problem import Problem
from kit.http.raw import first
from kit.http.types import SiretText

SCOPES: Final[dict[str, str]] = {
    "organisations:read": "Lire les organisations",
    "organisations:write": "Enregistrer et modifier les organisations",
    "agreements:read": "Lire les accords et leurs clauses",
    "agreements:write": "Déposer, signer et publier les accords",
    "agents:read": "Lire le dossier des agents",
    "agents:write": "Tenir le dossier des agents",
    "proofs:read": "Lire les justificatifs des agents",
    "proofs:write": "Transmettre et supprimer les justificatifs des agents",
    "pay:read": "Lire les éléments de paie",
    "pay:write": "Transmettre les éléments de paie",
    "contributions:read": "Lire les cotisations et les bordereaux",
    "contributions:write": "Calculer et émettre les cotisations",
    "claims:read": "Lire les droits, sinistres, prestations et décisions",
    "claims:write": "Tenir les dossiers de sinistre",
    "claims:cause": "Lire et tenir la clé de cause d'un congé",
    "simulations:run": "Lancer des simulations",
    "events:read": "Suivre le flux des événements",
    "insured:read": "Savoir qui est couvert, avec son nom et sa date de naissance",
    "partner:write": "Répondre en assureur : décisions, versements, primes reçues, événements lus",
    "webhooks:read": "Lire l'état des livraisons par webhook",
    "webhooks:write": "Faire livrer les événements à une adresse",
    "persons:read": "Lire les dossiers dont le traitement est limité, et ce que l'effacement ou la purge prendraient",
    "persons:write": "Limiter le traitement des données d'une personne, les effacer, purger",
    "persons:override": "Effacer alors qu'une conservation obligatoire court encore",
    "delegations:read": "Lire les délégations données et reçues",
    "delegations:write": "Déléguer à un tiers le droit d'agir pour un employeur, et y mettre fin",
    "audit:read": "Lire qui a lu ou modifié le dossier de qui",
    "operations:read": "Lire l'état des échanges avec les partenaires et entre composants",
    "operations:write": "Appliquer de nouveau des faits mis de côté",
    "clients:read": "Lire les clients et ce qu'ils représentent",
    "clients:write": "Enregistrer, renouveler et révoquer les clients",
    "users:read": "Lire les comptes des personnes et leurs sessions",
    "users:write": "Ouvrir, modifier et fermer les comptes des personnes",
}
EVERYWHERE: Final = "*"

_SCHEME: Final = OAuth2(
    scheme_name="oauth2",
    description="Jeton ES256 de dix minutes, obtenu par `client_credentials` sur /oauth/token.",
    flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl="/oauth/token", scopes=SCOPES)),
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Principal:
    """The client a token was issued to. `employers` None stands for all; an insurer has none of its own.

    `delegated` are the scopes that other employers delegated, by SIRET; they count only for a call that names the
    employer. `token` is the id of the token, `issued` and `expires` its instants in seconds since 1970.
    """

    client: str
    scopes: frozenset[str] = frozenset()
    employers: frozenset[str] | None = frozenset()
    insurer: str | None = None
    delegated: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)
    expires: int = field(default=0, compare=False)
    issued: int = field(default=0, compare=False)
    token: str = field(default="", compare=False)

    @property
    def tenancy(self) -> Scope:
        """The rows that the database lets this caller see."""
        return Scope.all() if self.employers is None else Scope.of(self.employers)

    def stands_for(self, employer: str) -> bool:
        return self.employers is None or employer in self.employers

    def check_employer(self, employer: str) -> None:
        """Raise 403 `employer_not_yours` unless the caller stands for this SIRET."""
        if not self.stands_for(employer):
            raise Problem(
                403,
                "employer_not_yours",
                "Employeur hors de votre périmètre",
                "Employer out of your scope",
                detail_fr="L'employeur de cette demande (`employer`) n'est pas de ceux au nom desquels vous agissez.",
                detail_en="The employer of this request (`employer`) is not one of those you act for.",
            )

    def acting_for(self, employer: str) -> Principal:
        """The same caller, narrowed to one employer (`X-Acting-Employer`), and to what that one delegated to it."""
        given = self.delegated.get(employer, frozenset[str]())
        if given and not self.stands_for(employer):
            return replace(self, employers=frozenset({employer}), scopes=self.scopes & given, delegated={})
        self.check_employer(employer)
        return replace(self, employers=frozenset({employer}), delegated={})


def unauthorised(reason_fr: str, reason_en: str, error: str = "invalid_token") -> Problem:
    """401, with the challenge RFC 6750 asks for."""
    return Problem(
        401,
        "unauthorised",
        "Authentification requise",
        "Authentication required",
        detail_fr=reason_fr,
        detail_en=reason_en,
        headers={"www-authenticate": f'Bearer realm="relais", error="{error}"'},
    )


async def authenticate(request: Request) -> Principal:
    """The verified caller of this request, once: the token is read and verified on the first call."""
    known = caller_of(request.scope)
    if known is not None:
        return known
    headers = request.scope["headers"]
    scheme, _, token = (first(headers, b"authorization") or b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorised("Un jeton d'accès est attendu.", "A bearer token is expected.", "invalid_request")
    principal: Principal = await request.app.state.verifier.verify(token.strip())
    acting = first(headers, b"x-acting-employer")
    if acting:
        principal = principal.acting_for(acting.decode("latin-1"))
    request.scope.setdefault("state", {})["principal"] = principal
    return principal


def caller_of(scope: Mapping[str, Any]) -> Principal | None:
    """The caller of the request of this ASGI scope, once it was authenticated (`request.state.principal`)."""
    state: Mapping[str, Any] | None = scope.get("state")
    return None if state is None else state.get("principal")


async def _allowed(
    request: Request,
    needed: SecurityScopes,
    _scheme: Annotated[str | None, Security(_SCHEME)],
    _acting: Annotated[
        SiretText | None,
        Header(alias="X-Acting-Employer", description="SIRET de l'employeur au nom duquel l'appel est fait."),
    ] = None,
) -> Principal:
    principal = await authenticate(request)
    missing = [scope for scope in needed.scopes if scope not in principal.scopes]
    if missing:
        raise Problem(
            403,
            "insufficient_scope",
            "Droit insuffisant",
            "Insufficient scope",
            detail_fr=f"Portée requise : {' '.join(needed.scopes)}.",
            detail_en=f"Scope required: {' '.join(needed.scopes)}.",
            headers={"www-authenticate": f'Bearer realm="relais", error="insufficient_scope", scope="{missing[0]}"'},
        )
    return principal


def requires(*scopes: str, tenancy: Tenancy | None = None, computes: bool = False) -> Any:
    """The dependency of an operation: its policy (kit.http.policy). Asserts that each scope is in the vocabulary.

    `tenancy` platform refuses callers that do not stand for every employer (403 `platform_only`).
    """
    assert scopes, "an operation needs at least one scope"
    assert all(scope in SCOPES for scope in scopes), f"unknown scope among {scopes}"
    policy = policy_of(scopes, tenancy, computes=computes)

    checked = Security(_allowed, scopes=list(scopes))

    async def allowed(principal: Principal = checked) -> Principal:
        if policy.tenancy == "platform" and principal.employers is not None:
            raise Problem(
                403, "staff_only", "Réservé à qui agit pour tous les employeurs", "For those who stand for all"
            )
        return principal

    allowed.policy = policy  # type: ignore[attr-defined]  # read by kit.http.policy.policies_of
    return Depends(allowed)


Caller = Annotated[Principal, Depends(authenticate)]


async def reads_every_event(caller: Annotated[Principal, requires("events:read")]) -> None:
    """A component's own feed holds every tenant's events: only clients that stand for all may read it."""
    if caller.employers is not None:
        raise Problem(
            403,
            "feed_of_all",
            "Flux réservé aux composants",
            "Feed for components only",
            detail_fr="Le flux d'un partenaire ou d'un employeur est celui de la passerelle.",
            detail_en="The feed of a partner or an employer is the gateway's.",
        )
