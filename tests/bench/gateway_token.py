"""What checking a token again costs, once it was verified."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import Final

from gateway.application.signer import Signer
from kit.clock import SystemClock
from kit.crypto import KeyRing
from kit.db.database import Database
from kit.http.identity import Verifier
from tests.bench.gateway_door import Doors

TIMES: Final = 200_000


async def cached_check_us(doors: Doors, rounds: int) -> float:
    """Microseconds a check of the token that the gateway's verifier has seen before: the median of rounds."""
    given = doors.settings
    assert given.key_ring is not None
    database, clock = Database(given.database_url, pool_size=1, name="bench"), SystemClock()
    signer = Signer(database, KeyRing.parse(given.key_ring.get_secret_value()), clock)
    verifier = Verifier(signer, issuer=given.issuer, audience=given.audience, clock=clock)
    try:
        token = await doors.token()
        await verifier.verify(token)
        return median([await _round(verifier, token) for _ in range(rounds)])
    finally:
        await verifier.close()
        await database.close()


async def _round(verifier: Verifier, token: str) -> float:
    await asyncio.sleep(0)
    began = time.perf_counter()
    for _ in range(TIMES):
        await verifier.verify(token)
    return (time.perf_counter() - began) / TIMES * 1e6
