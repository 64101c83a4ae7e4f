"""How many requests a client may make: a bucket each, filled at a steady rate, with room for a burst.

Counted in this process: several gateways allow several times as much, which is what limits are for here (a client that
runs away), not for billing.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Final

from gateway.headers import Header
from kit.http.problem import Problem

BURST_S: Final = 5.0
CLIENTS: Final = 10_000


class RateLimiter:
    """`per_second` requests for each client; 0 limits nobody.

    >>> limiter = RateLimiter(1)
    >>> dict(limiter.take("hris"))[b"ratelimit-remaining"]
    b'4'
    """

    def __init__(self, per_second: float, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._rate = per_second
        self._capacity = max(1.0, per_second * BURST_S)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> list[Header]:
        """Count one request; the `RateLimit-*` headers of its answer. Raises 429 when the bucket is empty."""
        if self._rate <= 0:
            return []
        now = self._now()
        level, since = self._buckets.pop(client, (self._capacity, now))
        level = min(self._capacity, level + (now - since) * self._rate)
        allowed = level >= 1
        self._buckets[client] = (level - 1 if allowed else level, now)
        if len(self._buckets) > CLIENTS:
            self._buckets.popitem(last=False)
        headers = self._headers(self._buckets[client][0])
        if not allowed:
            raise self._refused((1 - level) / self._rate, headers)
        return headers

    def _headers(self, level: float) -> list[Header]:
        full_in = math.ceil((self._capacity - level) / self._rate)
        values = {"limit": int(self._capacity), "remaining": int(level), "reset": full_in}
        return [(f"ratelimit-{name}".encode(), str(value).encode()) for name, value in values.items()]

    @staticmethod
    def _refused(wait_s: float, headers: list[Header]) -> Problem:
        return Problem(
            429,
            "too_many_requests",
            "Trop de demandes",
            "Too many requests",
            retry_in=round(wait_s, 3),
            headers={name.decode(): value.decode() for name, value in headers},
        )
