"""Who is signed in, what the person may do, the second factor and the password."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Mapping
from typing import Final

import segno
from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from gateway.adapters import accounts
from gateway.application import second_factor
from gateway.application.audit import entry_of
from gateway.application.sign_in import change_password, open_session
from gateway.dashboard.security import PREFIX, SESSION, set_cookie
from gateway.dashboard.visit import Visit
from gateway.domain.accounts import MAX_PASSWORD, MIN_PASSWORD, NO_PASSWORD
from kit.db.database import Scope

_CHANGED: Final = 303
_REFUSED: Final = 422
_SECRET_BYTES: Final = 20


async def account(visit: Visit) -> Response:
    """The page; a form sent from it enrols the second factor."""
    if visit.request.method == "POST":
        return await _enrol(visit)
    return _page(visit, None)


async def _enrol(visit: Visit) -> Response:
    fields = await visit.form()
    state = visit.request.app.state
    now, who = state.clock.instant(), visit.account
    if who.second_factor:
        return visit.go(f"{PREFIX}/account")
    async with state.db.transaction(Scope.none()) as tx:
        shown = fields.get("code", "").replace(" ", "")
        good = await second_factor.enrol(tx, who, _secret(visit), shown, ring=state.crypto, now=now)
        if good:
            await accounts.close_sessions_of(tx, who.login)
            fresh = await open_session(tx, who, complete=True, now=now)
    if not good:
        return _page(visit, "account.code_refused", _REFUSED)
    answer = visit.go(f"{PREFIX}/account", done="1")
    set_cookie(answer, visit.request, SESSION, fresh)
    return answer


async def password(visit: Visit) -> Response:
    """Another password, by who knows the one of now; the other sessions are closed, and this one goes on anew."""
    state, who, session = visit.request.app.state, visit.account, visit.session
    if who.password_hash == NO_PASSWORD:
        return _password(visit, "password.elsewhere")
    if visit.request.method != "POST":
        return _password(visit)
    fields = await visit.form()
    error = _fault(fields)
    if error is not None:
        return _password(visit, error)
    current, chosen = fields.get("current", ""), fields["new"]
    good = await change_password(state.db, state.hashing, who, current=current, chosen=chosen, clock=state.clock)
    await state.audit.record(entry_of(visit.request, who.subject.id, _CHANGED if good else _REFUSED))
    if not good:
        return _password(visit, "password.refused")
    async with state.db.transaction(Scope.none()) as tx:
        now = state.clock.instant()
        fresh = await open_session(tx, who, complete=True, now=now, id_token=session.id_token)
    answer = visit.go(f"{PREFIX}/account", done="password")
    set_cookie(answer, visit.request, SESSION, fresh)
    return answer


def _fault(fields: Mapping[str, str]) -> str | None:
    """Why this cannot be the new password, whatever the one of now is."""
    chosen = fields.get("new", "")
    if not MIN_PASSWORD <= len(chosen) <= MAX_PASSWORD:
        return "invitation.length"
    if chosen != fields.get("again"):
        return "invitation.differ"
    return "password.same" if chosen == fields.get("current") else None


def _password(visit: Visit, error: str | None = None) -> Response:
    login = visit.account.login
    return visit.page("password.html", _REFUSED if error else 200, error=error, least=MIN_PASSWORD, login=login)


def _secret(visit: Visit) -> str:
    """What this session would enrol with: its own, so that nothing is kept before the person shows a code."""
    state, cookie = visit.request.app.state, visit.cookie
    assert cookie is not None, "a signed page"
    return b32encode(bytes.fromhex(state.crypto.blind_index(cookie, "totp"))[:_SECRET_BYTES]).decode()


def _page(visit: Visit, error: str | None, status: int = 200) -> Response:
    who = visit.account
    shown: dict[str, object] = {"secret": None, "picture": None}
    if not who.second_factor:
        secret = _secret(visit)
        picture = segno.make(second_factor.address_of(secret, who), error="m")
        # Colours of its own, whatever the theme: what reads it wants dark on light, and a margin of four modules.
        svg = picture.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass="qr-dots", dark="#000", light="#fff")
        shown = {"secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)), "picture": Markup(svg)}  # noqa: S704
    return visit.page("account.html", status, who=who, scopes=sorted(who.person.scopes), error=error, **shown)


async def session(visit: Visit) -> Response:
    """How long the session lasts now: asking is doing something with it, which puts its end off."""
    return JSONResponse({"seconds_left": visit.seconds_left, "can_stay": visit.can_stay})
