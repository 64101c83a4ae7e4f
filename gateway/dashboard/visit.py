"""One request for a page: who asks, in which language, and how the page is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, Final
from urllib.parse import quote, urlencode

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway.application.sign_in import SignedIn, signed_in
from gateway.application.standing import standing
from gateway.application.tokens import token_of
from gateway.dashboard import render
from gateway.dashboard.api import Api, Refusal
from gateway.dashboard.security import PREFIX, SESSION, BadForm, csrf_token, read_form
from gateway.dashboard.words import Words, catalogue
from gateway.domain.accounts import ABSOLUTE, Account, Session
from gateway.domain.clients import Client
from gateway.domain.delegations import acting_for
from kit.db.database import Scope
from kit.errors import RelaisError
from kit.http.language import Language, preferred
from kit.http.problem import Problem

_log = structlog.get_logger(__name__)
LANGUAGE: Final = "relais_language"
THEME: Final = "relais_theme"
# The employer that the person chose to act for; it permits nothing that a delegation does not.
ACTING: Final = "relais_acting"
THEMES: Final = ("auto", "light", "dark")
_UNAUTHORISED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404


class Filters(dict[str, str]):
    """What an address asks for; what it does not name is empty."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(slots=True)
class Visit:
    """`signed` and `api` are there on every page but those before signing in.

    `acting` is the employer for whom the person acts by delegation: then nobody else's files are shown.
    """

    request: Request
    words: Words
    theme: str
    cookie: str | None = None
    acting: str | None = None
    signed: SignedIn | None = None
    _api: Api | None = None

    @property
    def api(self) -> Api:
        assert self._api is not None, "pages of people who are signed in"
        return self._api

    @property
    def account(self) -> Account:
        assert self.signed is not None, "a signed page"
        return self.signed.account

    @property
    def session(self) -> Session:
        assert self.signed is not None, "a signed page"
        return self.signed.session

    @property
    def demo(self) -> bool:
        """Whether what is shown is a demonstration: its account, or the installation that names one."""
        own = self.signed is not None and self.person.assumption
        return own or bool(self.request.app.state.settings.demo_login)

    @property
    def seconds_left(self) -> int:
        """How long the session lasts if nothing more is done with it."""
        now: datetime = self.request.app.state.clock.instant()
        return max(0, int((self.session.ends_at - now).total_seconds()))

    @property
    def can_stay(self) -> bool:
        """Whether doing something lengthens the session."""
        return self.session.ends_at < self.session.created_at + ABSOLUTE

    @property
    def person(self) -> Client:
        """The scopes, and the employers or insurer stood for."""
        return self.account.person

    def may(self, *scopes: str) -> bool:
        """Whether the person has all of these scopes."""
        return self.person.scopes.issuperset(scopes)

    @property
    def query(self) -> Filters:
        """The filters in the address: the last of each, without what is empty."""
        shown = {"lang", "theme"}
        asked = self.request.query_params.items()
        return Filters((name, value) for name, value in asked if value and name not in shown)

    def only(self, *names: str) -> Filters:
        """Those of these names that the address has."""
        return Filters((name, value) for name, value in self.query.items() if name in names)

    def here(self, **changes: object) -> str:
        """This page's own address with other filters; None leaves one out."""
        filters: dict[str, object] = {**self.query, **changes}
        kept = {name: value for name, value in filters.items() if value not in (None, "")}
        return self.request.url.path + ("?" + urlencode(kept) if kept else "")

    async def form(self) -> dict[str, str]:
        """The fields of the form that was sent. Raises BadForm."""
        return await read_form(self.request, self.cookie)

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page from a template, in the visitor's language."""
        csrf = csrf_token(self.cookie) if self.cookie else ""
        html = render.page(template, self, csrf=csrf, **context)
        return HTMLResponse(html, status)

    def form_page(self, template: str, refusal: Refusal | None, **context: Any) -> Response:
        """The page of a form: as it is offered, or as it was refused, with why; `wrong` says it field by field."""
        if refusal is None:
            return self.page(template, error=None, wrong={}, **context)
        return self.page(template, refusal.status, error=self.said(refusal), wrong=self.wrong(refusal), **context)

    def said(self, refusal: Refusal) -> str:
        """What to tell the person on top of a form: where each field says what is wrong with it, only to look there."""
        details = [*self.wrong(refusal).values(), *refusal.unplaced]
        if refusal.problem.get("code") != "validation" or not details:
            return refusal.text
        return " ".join([self.words.t("fault.fields"), *dict.fromkeys(details)])

    def wrong(self, refusal: Refusal) -> dict[str, str]:
        """What is wrong with each field, in the words of people rather than of programs where there are some."""
        found: dict[str, str] = {}
        for name, (code, detail) in refusal.faults.items():
            said = self.words.t(f"fault.{code}") if f"fault.{code}" in catalogue() else detail
            within, _, place = name.rpartition(".")
            found.setdefault(within if place.isdecimal() else name, said)  # a line of a field of several
        return found

    def go(self, path: str, **query: object) -> Response:
        """Go and see the result of what was sent (303)."""
        kept = {name: value for name, value in query.items() if value is not None}
        return RedirectResponse(path + ("?" + urlencode(kept) if kept else ""), 303)


Page = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def begun(request: Request) -> Visit:
    """The visit of somebody who may not be signed in."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    language: Language = preferred(asked or request.headers.get("accept-language"))
    theme = request.query_params.get("theme") or request.cookies.get(THEME) or "auto"
    return Visit(request, Words(language), theme if theme in THEMES else "auto")


def open_page(page: Page) -> Endpoint:
    """A page that needs nobody signed in."""

    @wraps(page)
    async def endpoint(request: Request) -> Response:
        visit = begun(request)
        return await _answered(visit, page)

    return endpoint


def signed_page(page: Page) -> Endpoint:
    """A page of somebody who is signed in, with every factor; others are asked to sign in first."""

    @wraps(page)
    async def endpoint(request: Request) -> Response:
        visit = begun(request)
        try:
            await _recognise(visit)
        except RelaisError as error:
            return visit.page("problem.html", error.status, title="problem.other", detail=error.title_fr)
        if visit.signed is None or not visit.signed.session.complete:
            return _to_sign_in(visit)
        if visit.signed.must_enrol and request.url.path != f"{PREFIX}/account":
            return visit.go(f"{PREFIX}/account")
        return await _answered(visit, page)

    return endpoint


async def _recognise(visit: Visit) -> None:
    """Whose cookie it is, and a token for what the page reads."""
    state = visit.request.app.state
    cookie = visit.request.cookies.get(SESSION)
    if not cookie:
        return
    async with state.db.transaction(Scope.none()) as tx:
        visit.signed = await signed_in(tx, cookie, state.clock.instant())
    if visit.signed is None:
        return
    visit.cookie = cookie
    account = visit.signed.account
    if account.person.department is not None:
        async with state.db.transaction(Scope.all()) as tx:
            # As the subject of its tokens: a login may be the id of a client, whose delegations are not the person's.
            stands = await standing(tx, account.subject, state.clock.day())
        account = replace(account, person=replace(stands, id=account.login))
    token = await token_of(state, account.subject)
    asked = visit.request.cookies.get(ACTING, "")
    if asked in dict(account.person.delegated):
        visit.acting, account = asked, replace(account, person=acting_for(account.person, asked))
    visit.signed = replace(visit.signed, account=account)
    visit._api = Api(state.page_http, token, visit.words.language, visit.acting)  # noqa: SLF001 - its own maker


def _to_sign_in(visit: Visit) -> Response:
    url = visit.request.url
    back = url.path + (f"?{url.query}" if url.query else "")
    return RedirectResponse(f"{PREFIX}/sign-in?back={quote(back, safe='')}", 303)


async def _answered(visit: Visit, page: Page) -> Response:
    try:
        return await page(visit)
    except Refusal as refusal:
        return refused(visit, refusal)
    except BadForm:
        return visit.page("problem.html", _FORBIDDEN, title="problem.form", detail="")
    except Problem as problem:
        return visit.page("problem.html", problem.status, title="problem.other", detail="")


def refused(visit: Visit, refusal: Refusal) -> Response:
    """What the API would not give. What is somebody else's is as if it were not there."""
    if refusal.status == _UNAUTHORISED:
        return _to_sign_in(visit)
    if refusal.status == _NOT_FOUND or refusal.problem.get("code") == "employer_not_yours":
        return visit.page("problem.html", _NOT_FOUND, title="problem.absent", detail="")
    if refusal.status == _FORBIDDEN:
        return visit.page("problem.html", _FORBIDDEN, title="problem.forbidden", detail=refusal.text)
    _log.warning("page_refused", status=refusal.status, code=refusal.problem.get("code"))
    return visit.page("problem.html", refusal.status, title="problem.other", detail=refusal.text)


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as fields of a form show them."""
    return {name: "" if value is None else str(value) for name, value in values.items()}
