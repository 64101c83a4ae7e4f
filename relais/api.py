"""A client of the gateway, as an HRIS, an insurer or a centre de gestion writes it: a token, requests, patience.

hris = Api("http://127.0.0.1:8080", "demo-hris", secret)
agent = hris.post("/v1/agents", {...}, key="hire-M1")
hris.until(lambda: hris.get(f"/v1/agents/{agent['id']}/affiliation")["periods"], "l'affiliation")
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import urljoin

import httpx

from kit.http.outgoing import trust
from relais.errors import USAGE, CommandError

T = TypeVar("T")
# What a command ends with when the platform would not.
REFUSED: Final = 1
# A token is renewed this long before it ends.
TOKEN_MARGIN_SECONDS: Final = 30.0
PATIENCE_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.05
REQUEST_SECONDS: Final = 30.0


class Refused(CommandError):
    """The platform answered with a problem (RFC 9457). Its text is for a person: what, then a line for each field.

    It ends a command as any refusal does; a failure of the platform (5xx) as one of its own.
    """

    def __init__(self, method: str, path: str, status: int, problem: Any) -> None:
        self.status = status
        self.problem = problem if isinstance(problem, dict) else {}
        self.code = str(self.problem.get("code", ""))
        title, detail = self.problem.get("title") or f"{method} {path} : {status}", self.problem.get("detail")
        said = f"{title} : {detail}" if detail else str(title)
        # A refusal of one field often says of it what the title or the detail says already.
        fields = [
            f"\n  {error['pointer']}" + (f" : {error['detail']}" if error["detail"] not in (title, detail) else "")
            for error in self.problem.get("errors", ())
        ]
        super().__init__(said + "".join(fields), REFUSED if status >= httpx.codes.INTERNAL_SERVER_ERROR else USAGE)


class Unreachable(CommandError):
    """Nobody answers: the platform is not up, or it stops."""

    def __init__(self, base_url: str) -> None:
        super().__init__(f"La passerelle {base_url} ne répond pas.", REFUSED)


class TooLate(CommandError):
    """Something that was to happen has not, within the patience given."""


class Api:
    """One client of the platform. `purpose` is why it reads, for the audit trail. Not shared between threads."""

    def __init__(
        self, base_url: str, client: str, secret: str, *, patience: float = PATIENCE_SECONDS, purpose: str | None = None
    ) -> None:
        self.client = client
        self._secret = secret
        self._patience = patience
        # The system's proxy settings have no say in a call to this very machine.
        self._http = httpx.Client(base_url=base_url, timeout=REQUEST_SECONDS, trust_env=False, verify=trust())
        if purpose is not None:
            self._http.headers["X-Purpose"] = purpose
        self._token = ""
        self._token_ends = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._http.close()

    def token(self) -> str:
        """A bearer token, renewed shortly before it ends."""
        if time.monotonic() >= self._token_ends:
            form = {"grant_type": "client_credentials"}
            answer = self._sent("POST", "/oauth/token", data=form, auth=(self.client, self._secret))
            body = _content("POST", "/oauth/token", answer)
            self._token = str(body["access_token"])
            self._token_ends = time.monotonic() + float(body["expires_in"]) - TOKEN_MARGIN_SECONDS
        return self._token

    def get(self, path: str, **parameters: Any) -> Any:
        return self.send("GET", path, params={k: v for k, v in parameters.items() if v is not None})

    def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        """`key` is the Idempotency-Key: the same call again gives the same answer and no second effect."""
        return self.send("POST", path, json=body, headers={"Idempotency-Key": key} if key else {})

    def put(self, path: str, body: Any) -> Any:
        return self.send("PUT", path, json=body)

    def patch(self, path: str, body: Any, *, etag: str) -> Any:
        return self.send("PATCH", path, json=body, headers={"If-Match": etag})

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **arguments: Any) -> Any:
        """The decoded answer. Raises Refused on a problem, Unreachable where nobody answers."""
        return _content(method, path, self.respond(method, path, headers=headers, **arguments))

    def respond(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **arguments: Any
    ) -> httpx.Response:
        """The answer as it came."""
        sent = {"Authorization": f"Bearer {self.token()}", **(headers or {})}
        return self._sent(method, path, headers=sent, **arguments)

    def _sent(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise Unreachable(str(self._http.base_url)) from error

    def pages(self, path: str, **parameters: Any) -> Iterator[Any]:
        """Every item of a list, following `Link: rel="next"`."""
        target: str | None = path
        while target is not None:
            answer = self.respond("GET", target, params=parameters or None)
            yield from _content("GET", path, answer)["items"]
            following = answer.links.get("next", {}).get("url")
            target, parameters = (urljoin(target, following) if following else None), {}

    def until(self, read: Callable[[], T | None], what: str) -> T:
        """Ask again until there is an answer (not None, not empty); a 404 means not yet. Raises TooLate."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                found = read()
            except Refused as refused:
                if refused.status != httpx.codes.NOT_FOUND:
                    raise
                found = None
            if found:
                return found
            if time.monotonic() > deadline:
                raise TooLate(f"{what} : rien après {self._patience:.0f} s")
            time.sleep(POLL_SECONDS)


def _content(method: str, path: str, answer: httpx.Response) -> Any:
    kind = answer.headers.get("content-type", "")
    body = answer.json() if "json" in kind and answer.content else answer.text
    if answer.is_error:
        raise Refused(method, path, answer.status_code, body)
    return body
