"""People: the list, an account to open, one account with what may be changed of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal
from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.security import PREFIX
from gateway.dashboard.standing import offered, scopes_of, shown, standing_of
from gateway.dashboard.visit import Visit
from gateway.domain.accounts import SUBJECT_PREFIX
from gateway.domain.roles import ROLES

SHOWN: Final = 50
PATH: Final = f"{PREFIX}/admin/users"
# A step of the page: the method and the path of the API below the account.
STEPS: Final = {
    "invitations": ("POST", "/invitations"),
    "second-factor": ("DELETE", "/second-factor"),
    "lock": ("DELETE", "/lock"),
}


async def users(visit: Visit) -> Response:
    """A page of the list."""
    filters = visit.only("text")
    found = await visit.api.get("/v1/users", limit=SHOWN, cursor=visit.query["cursor"], **filters)
    now = visit.request.app.state.clock.instant().isoformat()
    return visit.page("users.html", rows=found["items"], next=found.get("next"), filters=filters, now=now)


async def export(visit: Visit) -> Response:
    """The list as a file."""
    rows = await visit.api.every("/v1/users", **visit.only("text"))
    words = visit.words
    columns = [
        Column("sign_in.login", lambda row: row["login"]),
        Column("account.name", lambda row: row["name"]),
        Column("users.organisation", lambda row: row["organisation"]),
        Column("users.role", words.role),
        Column("users.scopes", lambda row: " ".join(row["scopes"])),
        Column("account.stands_for", words.stands_for),
        Column("account.second", lambda row: words.t("account.on" if row["second_factor"] else "account.off")),
        Column("users.state", lambda row: words.t("users.open" if row["active"] else "users.closed")),
    ]
    return await exported(visit, "comptes" if words.language == "fr" else "accounts", columns, at_once(rows))


async def new(visit: Visit) -> Response:
    """The form of an account to open, or what was sent with it."""
    if visit.request.method != "POST":
        return await _form(visit, {"stands": "employers", "role": "EMPLOYER"})
    fields = await visit.form()
    try:
        made = await visit.api.send("POST", "/v1/users", json=_body(fields) | {"login": fields.get("login", "")})
    except Refusal as refusal:
        return await _form(visit, fields, refusal)
    return _invited(visit, made)


async def user(visit: Visit) -> Response:
    """One account; a form of the page changes it, or takes one of the steps."""
    if visit.request.method != "POST":
        return await _user(visit)
    login, fields = visit.request.path_params["login"], await visit.form()
    headers = {"if-match": fields.get("version", "")}
    step = fields.get("step", "")
    try:
        if step in STEPS:
            method, below = STEPS[step]
            made = await visit.api.send(method, f"/v1/users/{login}{below}", headers=headers)
            if step == "invitations":
                return _invited(visit, made)
        else:
            active = step == "open" or (step != "close" and "active" in fields)
            body = _body(fields) | {"active": active}
            await visit.api.send("PUT", f"/v1/users/{login}", json=body, headers=headers)
    except Refusal as refusal:
        return await _user(visit, refusal)
    return visit.go(f"{PATH}/{login}", done="1")


def _body(fields: Mapping[str, str]) -> dict[str, Any]:
    role = fields.get("role") or None
    body: dict[str, Any] = {"name": fields.get("name", ""), "organisation": fields.get("organisation", "")}
    body |= {"role": role} if role in ROLES else {"scopes": scopes_of(fields)}
    body["oidc_subject"] = fields.get("oidc_subject") or None
    return body | standing_of(fields)


def _invited(visit: Visit, made: Mapping[str, Any]) -> Response:
    """The link, shown once: it is nowhere else."""
    issuer = str(visit.request.app.state.settings.issuer)
    return visit.page("invited.html", login=made["login"], link=f"{issuer}{PREFIX}/invitation?code={made['code']}")


async def _form(visit: Visit, fields: Mapping[str, str], refusal: Refusal | None = None) -> Response:
    return visit.form_page(
        "user_new.html",
        refusal,
        fields=fields,
        roles=ROLES,
        offered=offered(visit.person.scopes),
    )


async def _user(visit: Visit, refusal: Refusal | None = None) -> Response:
    login = visit.request.path_params["login"]
    found = await visit.api.get(f"/v1/users/{login}")
    sessions = await visit.api.every("/v1/sessions", login=login)
    kept = {name: found[name] or "" for name in ("name", "organisation", "role", "oidc_subject")}
    fields = shown(found) | kept
    return visit.form_page(
        "user.html",
        refusal,
        user=found,
        etag=found.etag,
        fields=fields,
        sessions=sessions,
        roles=ROLES,
        offered=offered(visit.person.scopes),
        myself=visit.account.subject.id == SUBJECT_PREFIX + login,
        now=visit.request.app.state.clock.instant().isoformat(),
    )
