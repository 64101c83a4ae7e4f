"""Signing in at the installation's own issuer. Whom it names must have an account here: none is made by itself."""

from __future__ import annotations

from typing import Final

import structlog
from starlette.responses import RedirectResponse, Response

from gateway.adapters import accounts
from gateway.application.oidc import FLOW_LIFE, Flow, IdentityProvider, OidcAway, OidcRefused, flow_of
from gateway.application.sign_in import open_session
from gateway.dashboard.pages.sign_in import later, sign_in_form
from gateway.dashboard.security import PREFIX, SESSION, safe_path, set_cookie
from gateway.dashboard.visit import Visit
from kit.db.database import Scope
from kit.http.problem import Problem

COOKIE: Final = "relais_oidc"
CALLBACK: Final = f"{PREFIX}/sign-in/callback"
_UNAUTHORISED, _AWAY = 401, 503
_log = structlog.get_logger(__name__)


async def begin(visit: Visit) -> Response:
    """Go and sign in there."""
    state = visit.request.app.state
    flow = Flow.new(safe_path(visit.query.get("back", PREFIX)), state.clock)
    try:
        there = await _provider(visit).authorization(flow, _callback(visit))
    except OidcRefused as error:
        return _refused(visit, error)
    answer = RedirectResponse(there, 303)
    life = int(FLOW_LIFE.total_seconds())
    set_cookie(answer, visit.request, COOKIE, flow.sealed(state.crypto), max_age=life)
    return answer


async def callback(visit: Visit) -> Response:
    """Back from there: the account of that subject is signed in, its second factor having been the issuer's to ask."""
    state, provider = visit.request.app.state, _provider(visit)
    query = dict(visit.request.query_params)
    try:
        flow = flow_of(visit.request.cookies.get(COOKIE), query.get("state", ""), state.crypto, state.clock)
        await state.attempts.take(visit.request)
        found = await provider.identity(flow, query, _callback(visit))
    except OidcRefused as error:
        return _refused(visit, error)
    except Problem as problem:
        return later(problem, sign_in_form(visit, PREFIX, f"sign_in.{problem.code}", status=problem.status))
    await state.attempts.give_back(visit.request)
    now = state.clock.instant()
    async with state.db.transaction(Scope.none()) as tx:
        account = await accounts.find_subject(tx, found.subject)
        cookie = None
        if account is not None:
            token = state.crypto.encrypt(found.id_token.encode(), f"staff_session.id_token:{account.login}")
            cookie = await open_session(tx, account, complete=True, now=now, id_token=token)
    if cookie is None:
        answer = sign_in_form(visit, flow.back, "oidc.unknown", subject=found.subject)
    else:
        answer = visit.go(flow.back)
        set_cookie(answer, visit.request, SESSION, cookie)
    answer.delete_cookie(COOKIE, path=PREFIX)
    return answer


def _provider(visit: Visit) -> IdentityProvider:
    provider: IdentityProvider | None = visit.request.app.state.identity_provider
    if provider is None:
        raise Problem(404, "not_found", "Ressource introuvable", "Not found")
    return provider


def _callback(visit: Visit) -> str:
    return f"{visit.request.app.state.settings.issuer}{CALLBACK}"


def _refused(visit: Visit, error: OidcRefused) -> Response:
    away = isinstance(error, OidcAway)
    _log.warning("oidc_refused", reason=str(error))
    status = _AWAY if away else _UNAUTHORISED
    return sign_in_form(visit, PREFIX, "oidc.away" if away else "oidc.refused", status=status)
