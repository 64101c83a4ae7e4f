"""The API as a page reads it: through the gateway's own door, with the token of whoever is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from typing import Any, Final

import httpx

from kit.http.language import Language

MAX_PAGES: Final = 10
# Of a list that leaves as a file: all agents of a region, and a third more.
EXPORTED_PAGES: Final = 500
PAGE: Final = 200
TIMEOUT_S: Final = 30.0
# Not the caller's, absent, erased, restricted.
_NOT_SHOWN: Final = frozenset({403, 404, 410, 423})


class Refusal(Exception):
    """The API answered with a problem (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}")
        self.status = status
        self.problem = problem

    @property
    def text(self) -> str:
        """What to tell the person."""
        lines = [str(self.problem.get("detail") or self.problem.get("title") or self.status)]
        lines += [str(error.get("detail", "")) for error in self.problem.get("errors", ())]
        return " ".join(dict.fromkeys(line for line in lines if line))

    @property
    def faults(self) -> dict[str, tuple[str, str]]:
        """What is wrong with each field of the request, by its name; within another, by both: its code, and how the
        API says it.

        >>> said = {"pointer": "/reference_pay/tib", "detail": "Montant attendu.", "code": "amount"}
        >>> Refusal(422, {"errors": [said, {"detail": "Autre."}]}).faults
        {'reference_pay.tib': ('amount', 'Montant attendu.')}
        """
        found: dict[str, tuple[str, str]] = {}
        for error in self.problem.get("errors", ()):
            if pointer := error.get("pointer"):
                found.setdefault(pointer.strip("/").replace("/", "."), (str(error.get("code")), error["detail"]))
        return found

    @property
    def unplaced(self) -> list[str]:
        """What is wrong with no field in particular."""
        return [str(error["detail"]) for error in self.problem.get("errors", ()) if not error.get("pointer")]


class ListCut(Exception):
    """A list goes on beyond the pages that are read."""


class Answer(dict[str, Any]):
    """A body, and the version it is of."""

    etag: str | None = None


class Api:
    """One page's reading. `http` reaches the gateway in this very process."""

    def __init__(self, http: httpx.AsyncClient, token: str, language: Language, acting: str | None = None) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {token}", "accept-language": language}
        if acting is not None:
            self._headers["x-acting-employer"] = acting

    async def get(self, path: str, **query: object) -> Answer:
        """One resource. Raises Refusal."""
        params = {name.rstrip("_"): value for name, value in query.items() if value not in (None, "")}
        return await self.send("GET", path, params=params)

    async def maybe(self, path: str, **query: object) -> Answer | None:
        """The same, or None where there is nothing the person may see."""
        try:
            return await self.get(path, **query)
        except Refusal as refusal:
            if refusal.status in _NOT_SHOWN:
                return None
            raise

    async def every(self, path: str, **query: object) -> list[dict[str, Any]]:
        """The items of a list, page by page, up to a bound; none where the person may not see it."""
        items: list[dict[str, Any]] = []
        with suppress(ListCut):
            async for page in self.pages(path, query, most=MAX_PAGES):
                items += page
        return items

    async def pages(
        self, path: str, query: Mapping[str, object], *, most: int = EXPORTED_PAGES, by: str = "cursor"
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """A list page by page, `by` the parameter that asks for the next. Raises Refusal, and ListCut after `most`."""
        after: object = None
        for _ in range(most):
            found = await self.maybe(path, **{**query, "limit": PAGE, by: after})
            if found is None:
                return
            yield found["items"]
            after = found.get("next")
            if after is None:
                return
        raise ListCut

    async def download(self, path: str, **query: object) -> httpx.Response:
        """A file. Raises Refusal."""
        params: dict[str, Any] = dict(query)
        response = await self._http.get(path, params=params, headers=self._headers)
        if response.is_error:
            raise Refusal(response.status_code, response.json())
        return response

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any request. Raises Refusal."""
        response = await self._http.request(
            method, path, params=params, json=json, headers={**self._headers, **(headers or {})}
        )
        body = response.json() if response.content else {}
        if response.is_error:
            raise Refusal(response.status_code, body)
        answer = Answer(body if isinstance(body, dict) else {"items": body})
        answer.etag = response.headers.get("etag")
        return answer


async def together(*reads: Awaitable[Any]) -> list[Any]:
    """Several reads at once; the first refusal, once all are over."""
    found = await asyncio.gather(*reads, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return found
