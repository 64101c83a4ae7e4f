"""`/v1/users`: the accounts of persons, their roles and their sessions, for those who administer the platform."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import Path, Query, Request, Response
from pydantic import Field

from gateway.adapters import users
from gateway.api.standing import Standing
from gateway.application.users import (
    Change,
    add_user,
    change_user,
    invite_user,
    reset_second_factor,
    unlock_user,
)
from gateway.domain.accounts import NO_PASSWORD, Account, UnknownUser
from gateway.domain.clients import InvalidClient
from gateway.domain.roles import ROLES, Role, scopes_of
from kit.http import types
from kit.http.auth import Principal, requires
from kit.http.etag import ChangedVersion, set_etag
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, Instant, Text

# As identifiers are everywhere; the domain says the rest.
LOGIN = r"^[a-z0-9][a-z0-9-]{1,62}$"
MAX_SCOPES = 64
PERSON = {
    "name": "Anne Martin",
    "organisation": "Ville de démonstration",
    "role": "EMPLOYER",
    "employers": ["99985001900012"],
}
router = service_router(tags=["Personnes"])
Login = Annotated[str, Path(pattern=LOGIN, description="Identifiant de connexion.", examples=["anne-martin"])]
Reads = Annotated[Principal, requires("users:read")]
Writes = Annotated[Principal, requires("users:write")]


class UserChange(Standing):
    """What a person is and may do: by a role, or by scopes of its own. Not active: the account is closed."""

    model_config = types.example(PERSON)

    name: Annotated[Text, Field(examples=["Anne Martin"])]
    organisation: Annotated[Text, Field(description="Où la personne travaille.", examples=["Centre de gestion"])]
    role: Role | None = None
    scopes: Annotated[list[str], Field(max_length=MAX_SCOPES, description="Sans rôle, les portées accordées.")] = Field(
        default_factory=list
    )
    oidc_subject: Annotated[
        str | None,
        Field(min_length=1, max_length=255, pattern=types.TEXT_PATTERN, description="Son `sub` chez l'émetteur."),
    ] = None
    active: types.Flag = True

    def account(self, login: str) -> Account:
        """As it shall be, without a password. Raises InvalidClient when it names a role and scopes."""
        if self.role is not None and self.scopes:
            raise InvalidClient(pointer="/scopes")
        scopes = scopes_of(self.role, frozenset(self.scopes))
        person = self.standing_for(login, self.name, scopes, active=self.active)
        return Account(person, self.organisation, NO_PASSWORD, role=self.role, oidc_subject=self.oidc_subject)


class UserRequest(UserChange):
    """An account to open; its password is chosen by the person, with the code of the answer."""

    model_config = types.example({"login": "anne-martin", **PERSON})

    login: Annotated[str, Field(pattern=LOGIN, examples=["anne-martin"])]


class UserAnswer(Answer):
    """A person's account. Until `invited_until` an invitation is good; `second_factor` says whether there is one."""

    login: str
    name: str
    organisation: str
    role: str | None
    scopes: list[str]
    employers: list[str] | None
    insurer: str | None
    department: str | None
    oidc_subject: str | None
    active: bool
    has_password: bool
    second_factor: bool
    locked_until: Instant | None
    invited_until: Instant | None
    recorded_at: Instant | None
    version: int

    @classmethod
    def of(cls, account: Account) -> Self:
        person = account.person
        return cls(
            login=account.login,
            name=person.name,
            organisation=account.organisation,
            role=account.role,
            scopes=sorted(person.scopes),
            employers=None if person.employers is None else sorted(person.employers),
            insurer=person.insurer,
            department=person.department,
            oidc_subject=account.oidc_subject,
            active=person.active,
            has_password=account.password_hash != NO_PASSWORD,
            second_factor=account.second_factor,
            locked_until=account.locked_until,
            invited_until=account.invited_until,
            recorded_at=account.recorded_at,
            version=account.version,
        )


class InvitationAnswer(Answer):
    """The code with which the person chooses a password, shown this once."""

    login: str
    code: str
    version: int


class RoleAnswer(Answer):
    role: str
    scopes: list[str]


class RolesAnswer(Answer):
    items: list[RoleAnswer]


@router.get("/v1/roles", summary="Les rôles et ce que chacun permet")
async def roles(_caller: Reads) -> RolesAnswer:
    return RolesAnswer(items=[RoleAnswer(role=role, scopes=sorted(scopes)) for role, scopes in ROLES.items()])


@router.get("/v1/users", summary="Comptes des personnes")
async def index(
    *,
    request: Request,
    response: Response,
    page: Paging,
    _caller: Reads,
    tx: Tx,
    text: Annotated[
        str | None,
        Query(max_length=80, pattern=types.TEXT_PATTERN, description="Partie de l'identifiant ou du nom."),
    ] = None,
) -> Page[UserAnswer]:
    found = await users.page(tx, page.start(str), page.fetch, text)
    return paged(request, response, page, [UserAnswer.of(one) for one in found], lambda one: (one.login,))


@router.get("/v1/users/{login}", summary="Un compte et ce qu'il permet")
async def read(login: Login, response: Response, _caller: Reads, tx: Tx) -> UserAnswer:
    found = await users.find(tx, login)
    if found is None:
        raise UnknownUser
    set_etag(response, found.version)
    return UserAnswer.of(found)


@router.post("/v1/users", status_code=201, summary="Ouvrir un compte ; son code d'invitation n'est montré qu'ici")
async def add(body: UserRequest, response: Response, caller: Writes, tx: Tx, clock: Now) -> InvitationAnswer:
    code = await add_user(tx, body.account(body.login), clock, caller)
    response.headers["location"] = f"/v1/users/{body.login}"
    return _once(response, body.login, code, 1)


@router.put("/v1/users/{login}", summary="Changer ce qu'une personne est et peut faire, fermer ou rouvrir son compte")
async def change(
    login: Login,
    body: UserChange,
    version: ChangedVersion,
    *,
    response: Response,
    caller: Writes,
    tx: Tx,
    clock: Now,
) -> UserAnswer:
    changed = await change_user(tx, Change(login, version, caller), body.account(login), clock)
    set_etag(response, changed.version)
    return UserAnswer.of(changed)


@router.post(
    "/v1/users/{login}/invitations", status_code=201, summary="Retirer le mot de passe et donner de quoi en choisir un"
)
async def invite(
    login: Login, version: ChangedVersion, *, response: Response, caller: Writes, tx: Tx, clock: Now
) -> InvitationAnswer:
    code = await invite_user(tx, Change(login, version, caller), clock)
    return _once(response, login, code, version + 1)


@router.delete("/v1/users/{login}/second-factor", status_code=204, summary="Oublier le second facteur d'une personne")
async def forget_second_factor(login: Login, version: ChangedVersion, caller: Writes, tx: Tx, clock: Now) -> None:
    await reset_second_factor(tx, Change(login, version, caller), clock)


@router.delete("/v1/users/{login}/lock", status_code=204, summary="Débloquer un compte après trop d'échecs")
async def unlock(login: Login, version: ChangedVersion, caller: Writes, tx: Tx, clock: Now) -> None:
    await unlock_user(tx, Change(login, version, caller), clock)


def _once(response: Response, login: str, code: str, version: int) -> InvitationAnswer:
    set_etag(response, version)
    response.headers["cache-control"] = "no-store"
    return InvitationAnswer(login=login, code=code, version=version)
