"""How many requests a client may make: a bucket each, filled at a steady rate, with room for a burst.

The bucket is one for all processes of the gateway, in its database. A process leases a few requests of it at a time and
counts those by itself; what it has not used within a second is forgotten, so that a process that idles keeps nothing
from the others for long. While the database is away each process counts with a bucket of its own.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from kit.http.problem import Problem
from kit.http.raw import Header

BURST_S: Final = 5.0
CLIENTS: Final = 10_000
# What a process takes at once: this much of a second's worth, for a second at most.
LEASE_SHARE: Final = 0.2
LEASE_S: Final = 1.0
log = structlog.get_logger(__name__)


class Buckets(Protocol):
    """The shared buckets. `lease` takes what there is of `wanted`, or gives back, and says that and what is left."""

    async def lease(self, client: str, wanted: int, rate: float, capacity: float) -> tuple[int, float]: ...


class RateLimiter:
    """One process's own buckets. `per_second` requests for each client; 0 limits nobody.

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
        headers = _headers(self._buckets[client][0], self._capacity, self._rate)
        if not allowed:
            raise _refused((1 - level) / self._rate, headers)
        return headers


@dataclass(slots=True)
class _Share:
    """What this process holds of a client's bucket, and what was left in it when it last looked."""

    tokens: int = 0
    until: float = 0.0
    level: float = 0.0
    refused_until: float = 0.0
    asking: asyncio.Task[bool] | None = None


class LeasedLimiter:
    """`per_second` requests for each client over all processes; 0 limits nobody."""

    def __init__(self, per_second: float, buckets: Buckets, now: Callable[[], float] = monotonic) -> None:
        self._now, self._buckets = now, buckets
        self._rate = per_second
        self._capacity = max(1.0, per_second * BURST_S)
        self._lease = max(1, int(per_second * LEASE_SHARE))
        self._alone = RateLimiter(per_second, now)
        self._shares: OrderedDict[str, _Share] = OrderedDict()

    async def take(self, client: str) -> list[Header]:
        """Count one request; the `RateLimit-*` headers of its answer. Raises 429 when the bucket is empty."""
        if self._rate <= 0:
            return []
        share = self._shares.get(client)
        if share is None:
            share = self._shares[client] = _Share()
            if len(self._shares) > CLIENTS:
                self._shares.popitem(last=False)
        while not self._holds(share):
            if share.asking is None:  # one asks for all that wait, and they go on together
                share.asking = asyncio.create_task(self._more(client, share), name="rate bucket")
            if not await asyncio.shield(share.asking):
                return self._alone.take(client)
        return self._spend(share)

    def check(self, client: str) -> None:
        """Raise 429 while the bucket is known to be empty. Counts nothing and asks nobody."""
        share = self._shares.get(client)
        if share is not None and share.tokens <= 0 and self._now() < share.refused_until:
            self._spend(share)

    async def give_back(self, client: str) -> None:
        """Undo the counting of one request. Without the shared bucket it stays counted."""
        if self._rate > 0:
            with suppress(SQLAlchemyError, OSError, TimeoutError):
                await self._buckets.lease(client, -1, self._rate, self._capacity)

    def _holds(self, share: _Share) -> bool:
        now = self._now()
        return (share.tokens > 0 and now < share.until) or now < share.refused_until

    async def _more(self, client: str, share: _Share) -> bool:
        """Lease again; whether the shared bucket could be asked. Then there is a token, or a time to be refused for."""
        try:
            share.tokens, share.level = await self._buckets.lease(client, self._lease, self._rate, self._capacity)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("rate_bucket_away", error=type(error).__name__)
            return False
        finally:
            share.asking = None
        share.until = self._now() + LEASE_S
        if not share.tokens:  # until then nobody asks again: a client that insists costs nothing
            share.refused_until = self._now() + min(LEASE_S, self._wait(share))
        return True

    def _spend(self, share: _Share) -> list[Header]:
        if share.tokens <= 0:
            raise _refused(self._wait(share), _headers(max(0.0, share.level), self._capacity, self._rate))
        share.tokens -= 1
        return _headers(share.tokens + share.level, self._capacity, self._rate)

    def _wait(self, share: _Share) -> float:
        return max(0.001, (1 - share.level) / self._rate)


def as_text(headers: list[Header]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in headers}


def _headers(level: float, capacity: float, rate: float) -> list[Header]:
    full_in = math.ceil((capacity - level) / rate)
    return [
        (b"ratelimit-limit", b"%d" % int(capacity)),
        (b"ratelimit-remaining", b"%d" % int(level)),
        (b"ratelimit-reset", b"%d" % full_in),
    ]


def _refused(wait_s: float, headers: list[Header]) -> Problem:
    return Problem(
        429,
        "too_many_requests",
        "Trop de demandes",
        "Too many requests",
        retry_in=round(wait_s, 3),
        headers=as_text(headers),
    )
