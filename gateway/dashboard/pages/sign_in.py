"""Signing in and out: a login and a password, then the code of the second factor where the account has one."""

from __future__ import annotations

import math
import secrets
from typing import Final

from starlette.responses import Response

from gateway.adapters import accounts
from gateway.application import second_factor
from gateway.application.sign_in import checked_account, digest_of, open_session, signed_in
from gateway.dashboard.security import PREFIX, SESSION, VISITOR, BadForm, read_form, safe_path, set_cookie
from gateway.dashboard.visit import Visit
from kit.db.database import Scope
from kit.http.problem import Problem

_REFUSED: Final = 401
_VISITOR_BYTES: Final = 16


async def sign_in(visit: Visit) -> Response:
    """The form, or what was sent with it. A wrong login, a wrong password and a locked account look the same."""
    back = safe_path(visit.query.get("back", PREFIX))
    if visit.request.method != "POST":
        return sign_in_form(visit, back)
    visit.cookie = visit.request.cookies.get(VISITOR)
    try:
        fields = await visit.form()
    except BadForm:
        return sign_in_form(visit, back, "sign_in.again")
    state = visit.request.app.state
    now = state.clock.instant()
    login = fields.get("login", "").lower()[:63]
    try:
        await state.attempts.take(visit.request, login)
        found = await checked_account(state.db, state.hashing, login, fields.get("password", ""), now)
    except Problem as problem:
        return later(problem, sign_in_form(visit, back, f"sign_in.{problem.code}", login, problem.status))
    if found is None:
        return sign_in_form(visit, back, "sign_in.refused", login)
    await state.attempts.give_back(visit.request, login)
    async with state.db.transaction(Scope.none()) as tx:
        cookie = await open_session(tx, found, complete=not found.second_factor, now=now)
    answer = visit.go(f"{PREFIX}/sign-in/code", back=back) if found.second_factor else visit.go(back)
    set_cookie(answer, visit.request, SESSION, cookie)
    answer.delete_cookie(VISITOR, path=PREFIX)
    return answer


async def code(visit: Visit) -> Response:
    """The code of the second factor; a right one changes the session's cookie."""
    state, cookie = visit.request.app.state, visit.request.cookies.get(SESSION)
    back = safe_path(visit.query.get("back", PREFIX))
    now = state.clock.instant()
    async with state.db.transaction(Scope.none()) as tx:
        known = None if cookie is None else await signed_in(tx, cookie, now)
    if known is None or cookie is None:
        return visit.go(f"{PREFIX}/sign-in", back=back)
    visit.cookie = cookie
    if known.session.complete:
        return visit.go(back)
    if visit.request.method != "POST":
        return visit.page("code.html", back=back, error=None)
    fields = await visit.form()
    try:
        await state.attempts.take(visit.request, known.account.login)
    except Problem as problem:
        return later(problem, visit.page("code.html", problem.status, back=back, error=f"sign_in.{problem.code}"))
    async with state.db.transaction(Scope.none()) as tx:
        shown = fields.get("code", "").replace(" ", "")
        good = await second_factor.check(tx, known.account, shown, state.crypto, now)
        fresh = None
        if good:
            await accounts.note_attempt(tx, known.account.after_success())
            await accounts.close_session(tx, digest_of(cookie))
            fresh = await open_session(tx, known.account, complete=True, now=now)
    if fresh is None:
        return visit.page("code.html", _REFUSED, back=back, error="code.refused")
    await state.attempts.give_back(visit.request, known.account.login)
    answer = visit.go(back)
    set_cookie(answer, visit.request, SESSION, fresh)
    return answer


def later(problem: Problem, answer: Response) -> Response:
    """The page that says to try again, with when."""
    answer.headers.update(problem.headers | {"retry-after": str(math.ceil(problem.retry_in or 1))})
    return answer


async def sign_out(visit: Visit) -> Response:
    """End the session here; the cookie opens nothing any more. Who came from an issuer is sent to sign out there."""
    cookie = visit.request.cookies.get(SESSION)
    await read_form(visit.request, cookie)
    state, there = visit.request.app.state, None
    if cookie is not None:
        async with state.db.transaction(Scope.none()) as tx:
            session = await accounts.find_session(tx, digest_of(cookie))
            await accounts.close_session(tx, digest_of(cookie))
        if session is not None and session.id_token is not None and state.identity_provider is not None:
            token = state.crypto.decrypt(session.id_token, f"staff_session.id_token:{session.login}").decode()
            back = f"{state.settings.issuer}{PREFIX}/sign-in?out=1"
            there = await state.identity_provider.sign_out(token, back)
    if there is None:
        answer = visit.go(f"{PREFIX}/sign-in", out="1")
    else:
        # A form may lead nowhere but here: the page goes on by itself.
        answer = visit.page("signed_out.html", there=there)
        answer.headers["refresh"] = f"0; url={there}"
    answer.delete_cookie(SESSION, path=PREFIX)
    return answer


def sign_in_form(
    visit: Visit,
    back: str,
    error: str | None = None,
    login: str = "",
    status: int = _REFUSED,
    *,
    subject: str | None = None,
) -> Response:
    """The page. `subject` is what the issuer calls somebody who has no account here."""
    visit.cookie = visit.request.cookies.get(VISITOR) or secrets.token_urlsafe(_VISITOR_BYTES)
    settings = visit.request.app.state.settings
    answer = visit.page(
        "sign_in.html",
        status if error else 200,
        back=back,
        error=error,
        login=login,
        out="out" in visit.query,
        demo=settings.demo_login,
        issuer=settings.oidc_issuer,
        simulator=bool(settings.public_simulator),
        subject=subject,
    )
    set_cookie(answer, visit.request, VISITOR, visit.cookie)
    return answer
