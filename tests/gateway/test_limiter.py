"""A client that runs away is slowed down; the others are not."""

from __future__ import annotations

import pytest

from gateway.limiter import RateLimiter
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


async def test_a_limited_client_is_told(door: Door) -> None:
    proxy = door.gateway._proxied.app.app  # type: ignore[attr-defined]
    before, proxy._limiter = proxy._limiter, RateLimiter(0.2)
    try:
        headers = await door.bearer()
        first = await door.http.get("/v1/agents", headers=headers)
        second = await door.http.get("/v1/agents", headers=headers)
        other = await door.http.get("/v1/agents", headers=await door.bearer("other-hris"))
    finally:
        proxy._limiter = before
    assert (first.status_code, first.headers["ratelimit-limit"]) == (200, "1")
    assert (second.status_code, second.json()["code"]) == (429, "too_many_requests")
    assert int(second.headers["retry-after"]) >= 1
    assert other.status_code == 200
