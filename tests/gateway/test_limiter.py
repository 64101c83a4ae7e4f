"""A client that runs away is slowed down; the others are not."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from gateway.adapters.rate_buckets import SharedBuckets
from gateway.limiter import LeasedLimiter, RateLimiter
from kit.http.problem import Problem
from tests.gateway.conftest import Door


def test_a_burst_passes_then_the_rate_holds() -> None:
    now = 100.0
    limiter = RateLimiter(2, lambda: now)
    remaining = [int(dict(limiter.take("a"))[b"ratelimit-remaining"]) for _ in range(10)]
    assert remaining == list(range(9, -1, -1))
    with pytest.raises(Problem) as refused:
        limiter.take("a")
    assert (refused.value.status, refused.value.retry_in) == (429, 0.5)
    assert refused.value.headers["ratelimit-remaining"] == "0"
    limiter.take("b")
    now = 100.5
    limiter.take("a")
    with pytest.raises(Problem):
        limiter.take("a")


def test_without_a_rate_nobody_is_limited() -> None:
    limiter = RateLimiter(0)
    assert all(limiter.take("a") == [] for _ in range(1000))


class OneBucket:
    """A shared bucket on a clock that the test moves."""

    def __init__(self, level: float) -> None:
        self.level, self.asked, self.away = level, 0, False

    async def lease(self, client: str, wanted: int, rate: float, capacity: float) -> tuple[int, float]:
        del client, rate, capacity
        if self.away:
            raise TimeoutError
        self.asked += 1
        granted = min(wanted, int(self.level))
        self.level -= granted
        return granted, self.level


async def test_processes_share_a_bucket_and_ask_it_seldom() -> None:
    now, bucket = 100.0, OneBucket(100)
    one, two = (LeasedLimiter(50, bucket, lambda: now) for _ in range(2))
    allowed = 0
    for number in range(200):
        with suppress(Problem):
            await (one if number % 2 else two).take("a")
            allowed += 1
    assert (allowed, bucket.asked) == (100, 12)
    bucket.level = 30
    now += 1.1
    first = dict(await one.take("a"))
    assert (first[b"ratelimit-limit"], first[b"ratelimit-remaining"]) == (b"250", b"29")
    now += 1.1  # what is left of the lease is forgotten
    assert dict(await one.take("a"))[b"ratelimit-remaining"] == b"19"


async def test_without_the_shared_bucket_each_process_counts_by_itself() -> None:
    bucket = OneBucket(0)
    bucket.away = True
    limiter = LeasedLimiter(1, bucket, lambda: 100.0)
    for _ in range(5):
        await limiter.take("a")
    with pytest.raises(Problem):
        await limiter.take("a")


async def test_the_bucket_of_the_database_is_filled_and_never_overdrawn(door: Door) -> None:
    buckets = SharedBuckets(lambda: door.database.api)
    taken = await asyncio.gather(*(buckets.lease("a", 7, 0.001, 50) for _ in range(20)))
    assert sum(granted for granted, _ in taken) == 50
    assert await buckets.lease("b", 7, 0.001, 50) == (7, 43)
    await door.database.admin.execute("UPDATE rate_bucket SET at = at - interval '10 s', level = 0.5")
    granted, left = await buckets.lease("a", 99, 2, 50)
    assert 20 <= granted <= 25  # ten seconds at two a second, and however long this test took
    assert 0 <= left < 1


async def test_a_limited_client_is_told(door: Door) -> None:
    limiter = door.gateway.limiter
    proxy, own = door.gateway._proxied.app.app, door.gateway._own  # type: ignore[attr-defined]
    strict = LeasedLimiter(0.2, SharedBuckets(lambda: door.database.api))
    proxy._limiter = own._limiter = strict
    try:
        headers = await door.bearer()
        first = await door.http.get("/v1/agents", headers=headers)
        second = await door.http.get("/v1/events", headers=headers)
        other = await door.http.get("/v1/events", headers=await door.bearer("other-hris"))
        nobody = await door.http.get("/v1/events")
    finally:
        proxy._limiter = own._limiter = limiter
    assert (first.status_code, first.headers["ratelimit-limit"]) == (200, "1")
    assert (second.status_code, second.json()["code"]) == (429, "too_many_requests")
    assert int(second.headers["retry-after"]) >= 1
    assert (other.status_code, other.headers["ratelimit-remaining"]) == (200, "0")
    assert nobody.status_code == 401
