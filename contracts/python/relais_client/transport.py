"""What every operation goes through: a token, the request, patience, and a refusal as an exception."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar
from urllib.parse import quote

import httpx

T_co = TypeVar("T_co", covariant=True)
# A token is asked for again this long before it ends.
TOKEN_MARGIN_SECONDS: Final = 30.0
TIMEOUT_SECONDS: Final = 60.0
# Not done, or perhaps not: sent again. Every write of Relais may be: a key or what it says tells that it is the same.
WORTH_RETRYING: Final = frozenset({408, 429, 500, 502, 503, 504})
UNAUTHORISED: Final = 401


class Problem(Exception):
    """A refusal (RFC 9457). `code` is stable (contracts/errors.md); `errors` point at fields, never at values."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(told.get("code", ""))
        self.title = str(told.get("title", ""))
        self.errors: list[dict[str, str]] = list(told.get("errors", ()))
        self.retry_in: float | None = told.get("retry_in")
        self.trace_id: str | None = told.get("trace_id")
        fields = [f"  {error['pointer']} : {error['detail']}" for error in self.errors]
        super().__init__("\n".join([f"{status} {self.code} : {self.title}", *fields]))


@dataclass(frozen=True, slots=True)
class Answer(Generic[T_co]):
    """What came back: the body, decoded where it is JSON, and the headers."""

    body: T_co
    status: int
    headers: httpx.Headers

    @property
    def etag(self) -> str:
        """For the `if_match` of the change that follows. KeyError where the operation gives none."""
        return self.headers["etag"]

    @property
    def replayed(self) -> bool:
        """Whether the same was answered before, for the same Idempotency-Key."""
        return "idempotency-replayed" in self.headers


class Transport:
    """One client of the API; not shared between threads.

    Give it `client` and `secret`, or a `token` from elsewhere. `acting_employer` is the SIRET that a client of several
    employers acts for, `purpose` why it reads, for the audit trail, `http` an httpx.Client with proxies and
    certificates of your own. Where nobody listens it raises httpx.ConnectError; what may be a bad moment it tries
    `retries` times.
    """

    def __init__(
        self,
        url: str,
        *,
        client: str = "",
        secret: str = "",
        token: str | None = None,
        acting_employer: str | None = None,
        purpose: str | None = None,
        retries: int = 5,
        http: httpx.Client | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._credentials = (client, secret)
        self._token, self._token_ends = token or "", float("inf") if token else 0.0
        named = {"X-Acting-Employer": acting_employer, "X-Purpose": purpose}
        self._headers = {name: value for name, value in named.items() if value is not None}
        self._retries = retries
        self._http = http or httpx.Client(timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        json: Any = None,
        content: bytes | None = None,
    ) -> Answer[Any]:
        """Any operation, by its path. Raises Problem for a refusal. What is None is left out."""
        given = {name: value for name, value in (headers or {}).items() if value is not None}
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        arguments: dict[str, Any] = {"params": asked, "content": content}
        if json is not None:
            arguments["json"] = json
        answer = self._answered(method, path, given, arguments)
        if answer.status_code == UNAUTHORISED and self._credentials[1]:
            self._token_ends = 0.0
            answer = self._answered(method, path, given, arguments)
        return Answer(_body(answer), answer.status_code, answer.headers)

    def _answered(self, method: str, path: str, headers: dict[str, str], arguments: dict[str, Any]) -> httpx.Response:
        sent = {**self._headers, "Authorization": f"Bearer {self.token()}", **headers}
        return self._patiently(method, path, headers=sent, **arguments)

    def token(self) -> str:
        """A bearer token, asked for again shortly before it ends."""
        if time.monotonic() >= self._token_ends:
            form = {"grant_type": "client_credentials"}
            body = _body(self._patiently("POST", "/oauth/token", data=form, auth=self._credentials))
            self._token = str(body["access_token"])
            self._token_ends = time.monotonic() + float(body["expires_in"]) - TOKEN_MARGIN_SECONDS
        return self._token

    def _patiently(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The answer, after trying again what is worth it, for as long as the answer asks or ever longer."""
        for attempt in range(1, self._retries + 1):
            last = attempt == self._retries
            try:
                answer = self._http.request(method, self._url + path, **arguments)
            except httpx.ConnectError:
                raise
            except httpx.TransportError:
                if last:
                    raise
                time.sleep(2 ** (attempt - 1))
                continue
            if last or not (answer.status_code in WORTH_RETRYING or "Retry-After" in answer.headers):
                break
            time.sleep(float(answer.headers.get("Retry-After", 2 ** (attempt - 1))))
        return answer


def segment(value: object) -> str:
    """A parameter as a part of a path."""
    return quote(str(value), safe="")


def _body(answer: httpx.Response) -> Any:
    is_json = "json" in answer.headers.get("content-type", "")
    if answer.is_error:
        raise Problem(answer.status_code, answer.json() if is_json else {"title": answer.reason_phrase})
    if not answer.content:
        return None
    return answer.json() if is_json else answer.content
