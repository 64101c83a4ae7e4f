"""Clients: the programs that call, what they stand for, and their secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal
from gateway.dashboard.exports import Column, exported
from gateway.dashboard.names import employer_names
from gateway.dashboard.security import PREFIX
from gateway.dashboard.standing import offered, scopes_of, standing_of
from gateway.dashboard.visit import Visit
from kit.whole import whole_number

SHOWN: Final = 50
PATH: Final = f"{PREFIX}/admin/clients"
USUAL_HOURS: Final = "24"
UNREADABLE: Final = [{"kty": "unreadable"}]


async def clients(visit: Visit) -> Response:
    """A page of the list."""
    found = await visit.api.get("/v1/clients", limit=SHOWN, cursor=visit.query["cursor"])
    return visit.page("clients.html", rows=found["items"], next=found.get("next"))


async def export(visit: Visit) -> Response:
    """The list as a file."""
    words = visit.words
    columns = [
        Column("clients.client", lambda row: row["id"]),
        Column("account.name", lambda row: row["name"]),
        Column("account.stands_for", words.stands_for),
        Column("users.scopes", lambda row: " ".join(row["scopes"])),
        Column("clients.proof", lambda row: words.t("clients.keys" if row["key_ids"] else "clients.secret")),
        Column("users.state", lambda row: words.t("clients.active" if row["active"] else "clients.revoked")),
    ]
    return await exported(visit, "clients", columns, visit.api.pages("/v1/clients", {}))


async def new(visit: Visit) -> Response:
    """The form of a client to register, or what was sent with it."""
    if visit.request.method != "POST":
        return _form(visit, {"stands": "employers"})
    fields = await visit.form()
    body: dict[str, Any] = {"id": fields.get("id", ""), "name": fields.get("name", ""), "scopes": scopes_of(fields)}
    try:
        made = await visit.api.send("POST", "/v1/clients", json=body | standing_of(fields) | {"keys": _keys(fields)})
    except Refusal as refusal:
        return _form(visit, fields, refusal)
    return visit.page("secret.html", client=made["id"], secret=made["secret"])


async def client(visit: Visit) -> Response:
    """One client; a form of the page gives it another proof, or shuts it out."""
    if visit.request.method != "POST":
        return await _client(visit)
    key, fields = visit.request.path_params["client"], await visit.form()
    headers = {"if-match": fields.get("version", "")}
    try:
        if fields.get("step") == "revoke":
            await visit.api.send("DELETE", f"/v1/clients/{key}", headers=headers)
            return visit.go(PATH, done=key)
        hours = whole_number(fields.get("keep_hours", ""))
        body = {"keep_hours": -1 if hours is None else hours, "keys": _keys(fields)}
        made = await visit.api.send("POST", f"/v1/clients/{key}/rotations", json=body, headers=headers)
    except Refusal as refusal:
        return await _client(visit, refusal)
    return visit.page("secret.html", client=made["id"], secret=made["secret"])


def _keys(fields: Mapping[str, str]) -> list[Any]:
    """The keys of a JWKS document that was pasted; what is none is for the API to refuse."""
    text = fields.get("keys", "")
    if not text:
        return []
    try:
        found = json.loads(text)["keys"]
    except (ValueError, KeyError, TypeError):
        return UNREADABLE
    return found if isinstance(found, list) and found else UNREADABLE


def _form(visit: Visit, fields: Mapping[str, str], refusal: Refusal | None = None) -> Response:
    return visit.form_page(
        "client_new.html",
        refusal,
        fields=fields,
        offered=offered(visit.person.scopes),
    )


async def _client(visit: Visit, refusal: Refusal | None = None) -> Response:
    found = await visit.api.get(f"/v1/clients/{visit.request.path_params['client']}")
    return visit.form_page(
        "client.html",
        refusal,
        client=found,
        etag=found.etag,
        employers=await employer_names(visit),
        hours=USUAL_HOURS,
    )
