"""Delegations: those an employer gave, those a centre de gestion received, one to give; and acting by one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from gateway.dashboard.api import Refusal
from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.names import employer_names, user_names
from gateway.dashboard.security import PREFIX, set_cookie
from gateway.dashboard.standing import offered, scopes_of
from gateway.dashboard.visit import ACTING, Visit
from gateway.domain.delegations import DELEGABLE

SHOWN: Final = 50
# More rights than these are folded: a centre that does everything has a score of them.
FEW: Final = 3
PATH: Final = f"{PREFIX}/delegations"
LISTED: Final = "/v1/delegations"


async def delegations(visit: Visit) -> Response:
    """A page of either list."""
    filters = visit.only("employer")
    side = _side(visit)
    found = await visit.api.get(LISTED, limit=SHOWN, cursor=visit.query["cursor"], side=side, **filters)
    return visit.page(
        "delegations.html",
        rows=found["items"],
        next=found.get("next"),
        side=side,
        filters=filters,
        employers=await employer_names(visit),
        authors=await user_names(visit),
        mine=dict(visit.person.delegated),
        few=FEW,
    )


async def export(visit: Visit) -> Response:
    """The list as a file."""
    words = visit.words
    rows = await visit.api.every(LISTED, side=_side(visit), **visit.only("employer"))
    columns = [
        Column("delegations.employer", lambda row: row["employer"]),
        Column("delegations.delegate", lambda row: delegate(visit, row)),
        Column("delegations.scopes", lambda row: " ; ".join(map(words.scope, row["scopes"]))),
        Column("delegations.first", lambda row: row["from"]),
        Column("delegations.last", lambda row: row["to"]),
        Column("delegations.state", lambda row: words.of("delegation_state", row["state"])),
        Column("delegations.who", lambda row: row["given_by"]),
        Column("delegations.when", lambda row: row["given_at"]),
        Column("delegations.who_ended", lambda row: row["revoked_by"] or ""),
        Column("delegations.when_ended", lambda row: row["revoked_at"] or ""),
    ]
    return await exported(visit, "delegations", columns, at_once(rows))


def delegate(visit: Visit, row: Mapping[str, Any]) -> str:
    """To whom a delegation is given, in few words."""
    if row["client"]:
        return str(row["client"])
    return visit.words.t("delegations.centre", department=row["department"])


async def new(visit: Visit) -> Response:
    """The form of a delegation to give, or what was sent with it."""
    if visit.request.method != "POST":
        return await _form(visit, {"kind": "department", "employer": visit.query["employer"]})
    fields = await visit.form()
    body = {"employer": fields.get("employer", ""), "scopes": scopes_of(fields)}
    body |= {"from": fields.get("from", ""), "to": fields.get("to", "")}
    kind = "client" if fields.get("kind") == "client" else "department"
    try:
        await visit.api.send("POST", LISTED, json=body | {kind: fields.get(kind, "")})
    except Refusal as refusal:
        return await _form(visit, fields, refusal)
    return visit.go(PATH, done="given")


async def end(visit: Visit) -> Response:
    """Ends one, and shows the list again."""
    await visit.form()
    await visit.api.send("DELETE", f"{LISTED}/{visit.request.path_params['delegation']}")
    return visit.go(PATH, done="ended")


async def act(visit: Visit) -> Response:
    """From now on the pages are those of the employer that delegated; without one, the person's own again."""
    employer = (await visit.form()).get("employer", "")
    answer = visit.go(PREFIX if employer else PATH, side=None if employer else "received")
    set_cookie(answer, visit.request, ACTING, employer, max_age=None if employer else 0)
    return answer


def _side(visit: Visit) -> str:
    return "received" if visit.query["side"] == "received" else "given"


async def _form(visit: Visit, fields: Mapping[str, str], refusal: Refusal | None = None) -> Response:
    return visit.form_page(
        "delegation_new.html",
        refusal,
        fields=fields,
        employers=await employer_names(visit),
        offered=offered(visit.person.scopes & DELEGABLE),
    )
