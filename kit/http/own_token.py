"""The token with which one component reads another: client credentials, kept until shortly before it expires."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Final

import httpx

from kit.http.outgoing import trust
from kit.settings import Settings

MARGIN_S: Final = 60.0
TIMEOUT_S: Final = 5.0


class OwnToken:
    """Called for each request to another component; asks for a new token only when the last is about to expire.

    Raises httpx.HTTPError when the gateway does not answer or refuses.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S, verify=trust())
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def __call__(self) -> str:
        async with self._lock:
            if monotonic() >= self._until:
                await self._renew()
            return self._token

    async def close(self) -> None:
        await self._client.aclose()

    async def _renew(self) -> None:
        response = await self._client.post(
            self._settings.token_url,
            data={"grant_type": "client_credentials"},
            auth=(self._settings.client_id, self._settings.client_secret.get_secret_value()),
        )
        response.raise_for_status()
        answer = response.json()
        self._token = str(answer["access_token"])
        self._until = monotonic() + max(0.0, float(answer["expires_in"]) - MARGIN_S)
