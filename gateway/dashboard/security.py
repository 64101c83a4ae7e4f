"""What protects the pages: headers of every answer, cookies, and the token that a form must bring back."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

PREFIX: Final = "/app"
SESSION: Final = "relais_session"
# Before anybody is signed in, what the sign-in form is bound to.
VISITOR: Final = "relais_visitor"
CSRF: Final = "csrf"
MAX_FORM_BYTES: Final = 64_000
MAX_FIELDS: Final = 100
_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS: Final = {
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
# Pages hold personal data: no cache keeps them.
PRIVATE: Final = {"cache-control": "no-store", "vary": "cookie, accept-language"}


class BadForm(Exception):
    """A form that did not come from our own page, or is not one."""


def csrf_token(cookie: str) -> str:
    """What a form of this cookie's holder carries; nobody without the cookie can make it."""
    return hmac.new(cookie.encode(), b"csrf", hashlib.sha256).hexdigest()


async def read_form(request: Request, cookie: str | None) -> dict[str, str]:
    """The fields of a form sent by our own page. Raises BadForm."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise BadForm
    if not _same_origin(request):
        raise BadForm
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise BadForm
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise BadForm from error
    if cookie is None or not hmac.compare_digest(fields.pop(CSRF, "").encode(), csrf_token(cookie).encode()):
        raise BadForm
    return {name: value.replace("\0", "").strip() for name, value in fields.items()}


def set_cookie(response: Response, request: Request, name: str, value: str, *, max_age: int | None = None) -> None:
    """A cookie of the pages alone; `Secure` wherever the page itself is."""
    response.set_cookie(
        name, value, max_age=max_age, path=PREFIX, secure=is_secure(request), httponly=True, samesite="lax"
    )


def is_secure(request: Request) -> bool:
    """Whether the platform is reached by https: its own address says so, whatever stands in front of it."""
    return str(request.app.state.settings.issuer).startswith("https:")


def _same_origin(request: Request) -> bool:
    """What browsers say of where a form was; one that says nothing is left to the token."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    parts = None if origin is None else _split(origin)
    return origin is None or (parts is not None and parts.netloc == request.headers.get("host"))


def _split(url: str) -> SplitResult | None:
    """The parts of what somebody sent as an address; None when it is none, as `//[`."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def safe_path(path: str) -> str:
    r"""Where to go on after signing in: a page of ours, never another site.

    >>> safe_path("/app/agents?employer=1"), safe_path("//elsewhere"), safe_path("/app//x"), safe_path("/app\\\\x")
    ('/app/agents?employer=1', '/app', '/app', '/app')
    >>> safe_path("//["), safe_path("http://[x/app")
    ('/app', '/app')
    """
    parts = _split(path)
    if parts is None:
        return PREFIX
    ours = parts.path == PREFIX or parts.path.startswith(PREFIX + "/")
    odd = parts.scheme or parts.netloc or "//" in path or "\\" in path or not path.isprintable()
    return path if ours and not odd else PREFIX
