"""What else is administered: who is signed in, what each role permits, and what was done of late."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.security import PREFIX
from gateway.dashboard.visit import Filters, Visit
from gateway.domain.roles import ROLES
from kit.http.auth import SCOPES

SHOWN: Final = 50
EXPORTED: Final = 2_000
PAGE: Final = 200
_FILTERS: Final = ("client", "changes", "agent")


async def sessions(visit: Visit) -> Response:
    """Sessions that are open; a form of the page ends one."""
    if visit.request.method == "POST":
        fields = await visit.form()
        await visit.api.send("DELETE", f"/v1/sessions/{fields.get('session', '')}")
        return visit.go(f"{PREFIX}/admin/sessions", done="1")
    found = await visit.api.get("/v1/sessions", limit=SHOWN, cursor=visit.query["cursor"], **visit.only("login"))
    mine = visit.session.digest
    filters = visit.only("login")
    return visit.page("sessions.html", rows=found["items"], next=found.get("next"), mine=mine, filters=filters)


async def export_sessions(visit: Visit) -> Response:
    """The list as a file."""
    columns = [
        Column("sign_in.login", lambda row: row["login"]),
        Column("sessions.opened", lambda row: row["opened_at"]),
        Column("sessions.seen", lambda row: row["seen_at"]),
        Column("sessions.ends", lambda row: row["ends_at"]),
    ]
    rows = visit.api.pages("/v1/sessions", visit.only("login"))
    return await exported(visit, "sessions", columns, rows)


async def roles(visit: Visit) -> Response:
    """What each role permits."""
    return visit.page("roles.html", roles=ROLES, scopes=SCOPES)


async def export_roles(visit: Visit) -> Response:
    """The same as a file."""
    columns = [Column("users.scopes", lambda row: row[0])]
    columns += [Column(f"role.{role}", lambda row, role=role: row[1][role]) for role in ROLES]  # type: ignore[misc]
    ticks = [
        (scope, {role: visit.words.t("yes") if scope in held else "" for role, held in ROLES.items()})
        for scope in SCOPES
    ]
    return await exported(visit, "roles", columns, at_once(ticks))


async def audit(visit: Visit) -> Response:
    """What was done of late, the latest first."""
    filters = visit.only(*_FILTERS)
    found = await visit.api.get("/v1/audit", limit=SHOWN, after=visit.query["cursor"], **_asked(filters))
    return visit.page("audit.html", rows=found["items"], next=found["next"], filters=filters)


async def export_audit(visit: Visit) -> Response:
    """The same as a file."""
    rows = visit.api.pages("/v1/audit", _asked(visit.only(*_FILTERS)), by="after")
    columns = [
        Column("audit.at", lambda row: row["at"]),
        Column("audit.who", lambda row: row["client"]),
        Column("audit.method", lambda row: row["method"]),
        Column("audit.path", lambda row: row["path"]),
        Column("audit.query", lambda row: row["query"]),
        Column("audit.agents", lambda row: str(row["agents"] or "")),
        Column("audit.status", lambda row: str(row["status"] or "")),
        Column("audit.purpose", lambda row: row["purpose"] or ""),
    ]
    return await exported(visit, "journal" if visit.words.language == "fr" else "audit", columns, rows)


def _asked(filters: Filters) -> dict[str, str]:
    return {**filters, "order": "newest", "changes": "true" if filters["changes"] else "false"}
