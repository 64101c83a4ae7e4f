"""The merged document, fetched from the running services and kept for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Any, Final

import aiohttp

from gateway.application.openapi import Document, merged
from kit.http.problem import Problem

KEPT_S: Final = 60.0
# A service makes its document when it is first asked for: seconds, and many on a busy machine.
FETCH_TIMEOUT_S: Final = 30.0


class MergedDocument:
    """Asks every service for its document at most once a minute; an old one serves when a service is away."""

    def __init__(self, own: Document, upstreams: Mapping[str, str], session: aiohttp.ClientSession) -> None:
        self._own, self._upstreams, self._session = own, upstreams, session
        self._document: Document | None = None
        self._made_at = -KEPT_S
        self._lock = asyncio.Lock()

    async def get(self) -> Document:
        """The document. Raises 503 when a service is away and none was made yet."""
        async with self._lock:
            if monotonic() - self._made_at >= KEPT_S:
                await self._make()
            assert self._document is not None, "made or raised"
            return self._document

    async def _make(self) -> None:
        try:
            fetched = await asyncio.gather(*(self._fetch(url) for url in self._upstreams.values()))
        except (aiohttp.ClientError, TimeoutError, ConnectionError, ValueError) as error:
            if self._document is None:
                raise Problem(
                    503, "document_unavailable", "Document indisponible", "Document unavailable", retry_in=2.0
                ) from error
            return
        self._document = merged(self._own, dict(zip(self._upstreams, fetched, strict=True)))
        self._made_at = monotonic()

    async def _fetch(self, base_url: str) -> Document:
        timeout = aiohttp.ClientTimeout(total=FETCH_TIMEOUT_S)
        async with self._session.get(base_url.rstrip("/") + "/openapi.json", timeout=timeout) as response:
            response.raise_for_status()
            found: dict[str, Any] = await response.json()
            return found
