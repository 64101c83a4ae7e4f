"""Choosing a password with the code of an invitation, before signing in."""

from __future__ import annotations

import secrets
from typing import Final

from starlette.responses import Response

from gateway.application.users import choose_password
from gateway.dashboard.pages.sign_in import later
from gateway.dashboard.security import PREFIX, VISITOR, BadForm, set_cookie
from gateway.dashboard.visit import Visit
from gateway.domain.accounts import MAX_PASSWORD, MIN_PASSWORD
from kit.http.problem import Problem

_REFUSED: Final = 422
_VISITOR_BYTES: Final = 16


async def invitation(visit: Visit) -> Response:
    """The form, or what was sent with it: twice the same password, long enough, and a code that is still good."""
    if visit.request.method != "POST":
        return _form(visit)
    visit.cookie = visit.request.cookies.get(VISITOR)
    try:
        fields = await visit.form()
    except BadForm:
        return _form(visit, "sign_in.again")
    password = fields.get("password", "")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return _form(visit, "invitation.length")
    if password != fields.get("again"):
        return _form(visit, "invitation.differ")
    return await _choose(visit, fields.get("code", ""), password)


async def _choose(visit: Visit, code: str, password: str) -> Response:
    state = visit.request.app.state
    try:
        await state.attempts.take(visit.request)
    except Problem as problem:
        return later(problem, _form(visit, f"sign_in.{problem.code}", problem.status))
    if not await choose_password(state.db, code, password, state.clock):
        return _form(visit, "invitation.refused")
    await state.attempts.give_back(visit.request)
    return visit.go(f"{PREFIX}/sign-in", chosen="1")


def _form(visit: Visit, error: str | None = None, status: int = _REFUSED) -> Response:
    visit.cookie = visit.request.cookies.get(VISITOR) or secrets.token_urlsafe(_VISITOR_BYTES)
    code = visit.query["code"]
    answer = visit.page("invitation.html", status if error else 200, error=error, code=code, least=MIN_PASSWORD)
    set_cookie(answer, visit.request, VISITOR, visit.cookie)
    return answer
