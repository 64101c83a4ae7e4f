"""Whoever fails to prove who he is is slowed down where he is; the client or person he claims to be is not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.requests import HTTPConnection

from gateway.application.assertions import TYPE
from gateway.application.clients import register_client
from gateway.application.sign_in import register_account
from gateway.attempts import source_of
from gateway.domain.clients import Client
from gateway.main import create_app
from kit.clock import SystemClock
from kit.db.database import Scope
from tests.gateway.conftest import EVERYTHING, MINE, SECRET, Door
from tests.gateway.test_clients import KEY, assertion, register
from tests.kit.http.serving import running

GRANT = {"grant_type": "client_credentials"}
HERE, ELSEWHERE = "203.0.113.7", "2001:db8:1:2::7"
BURST = 20  # five seconds' worth for an address, half of it for a name
SLOW = {"attempts_per_second": BURST / 5_000, "trusted_proxies": ("127.0.0.0/8",)}


@asynccontextmanager
async def limited(door: Door, **settings: object) -> AsyncIterator[httpx.AsyncClient]:
    """A process of the gateway that limits attempts: a burst, and then nothing for as long as a test lasts."""
    app = create_app(type(door.settings)(**door.settings.model_dump() | SLOW | settings))
    for limiter in (app.state.attempts._addresses, app.state.attempts._names):
        limiter._capacity = BURST * limiter._rate / app.state.attempts._addresses._rate
    async with running(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as http:
        yield http


@pytest.fixture
async def slow(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with door.database.worker.transaction(Scope.all()) as tx:
        for name in ("sirh-a", "sirh-b", "sirh-c"):
            await register_client(tx, Client(name, name, frozenset({"agents:read"}), frozenset({MINE})), SECRET, CLOCK)
    async with limited(door) as http:
        yield http


CLOCK = SystemClock()


async def ask(http: httpx.AsyncClient, client: str, secret: str = SECRET, at: str = HERE) -> httpx.Response:
    return await http.post("/oauth/token", data=GRANT, auth=(client, secret), headers={"x-forwarded-for": at})


async def exhaust(http: httpx.AsyncClient, at: str = HERE) -> httpx.Response:
    """Wrong secrets of many names, until the address is refused."""
    for number in range(BURST + 1):
        answer = await ask(http, f"nobody-{number}", at=at)
        if answer.status_code == 429:
            return answer
    raise AssertionError("never refused")


async def test_who_insists_is_refused_where_he_is_and_told_when_to_come_back(slow: httpx.AsyncClient) -> None:
    left = [int((await ask(slow, "sirh-a", "wrong")).headers["ratelimit-remaining"]) for _ in range(BURST // 2)]
    assert left == list(range(BURST // 2 - 1, -1, -1))
    refused = await ask(slow, "sirh-a", "wrong")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == (str(BURST // 2), "0")
    assert int(refused.headers["retry-after"]) >= 1
    assert (await slow.post("/oauth/revoke", data={"token": "x"}, auth=("sirh-a", "wrong"))).status_code == 401
    at = {"x-forwarded-for": HERE}
    again = await slow.post("/oauth/revoke", data={"token": "x"}, auth=("sirh-a", "wrong"), headers=at)
    assert again.status_code == 429


async def test_its_owner_is_not_shut_out_of_a_name_that_is_tried_elsewhere(slow: httpx.AsyncClient) -> None:
    for _ in range(BURST // 2):
        await ask(slow, "sirh-a", "wrong", at=ELSEWHERE)
    assert (await ask(slow, "sirh-a", "wrong", at=ELSEWHERE)).status_code == 429
    assert (await ask(slow, "sirh-a")).status_code == 200


async def test_who_was_known_is_let_in_from_an_address_that_is_flooded(slow: httpx.AsyncClient) -> None:
    assert (await ask(slow, "sirh-a")).status_code == 200
    await exhaust(slow)
    assert (await ask(slow, "sirh-a")).status_code == 200
    assert (await ask(slow, "sirh-b")).status_code == 429


async def test_a_client_that_insists_leaves_its_neighbours_the_rest(slow: httpx.AsyncClient) -> None:
    for _ in range(2 * BURST):
        await ask(slow, "sirh-a", "wrong")
    assert [(await ask(slow, name)).status_code for name in ("sirh-a", "sirh-b", "sirh-c")] == [429, 200, 200]


async def test_processes_count_together_and_names_without_end_make_no_rows(door: Door, slow: httpx.AsyncClient) -> None:
    await exhaust(slow)
    for number in range(3 * BURST):
        assert (await ask(slow, f"other-{number}")).status_code == 429
    rows = await door.database.admin.fetchval("SELECT count(*) FROM rate_bucket")
    assert rows <= BURST + 2
    async with limited(door) as other:
        assert (await ask(other, "sirh-b")).status_code == 429
        assert (await ask(other, "sirh-b", at=ELSEWHERE)).status_code == 200


async def test_neither_the_address_nor_the_name_is_written(door: Door, slow: httpx.AsyncClient) -> None:
    await ask(slow, "sirh-a", "wrong")
    buckets = [row["client"] for row in await door.database.admin.fetch("SELECT client FROM rate_bucket")]
    assert len(buckets) == 2
    assert all(re.fullmatch(r"(address|name)\.\d{1,6}", name) for name in buckets)


async def test_who_signs_is_let_in_from_an_address_that_is_flooded(door: Door, slow: httpx.AsyncClient) -> None:
    assert (await register(door, keys=[KEY.as_dict(private=False)])).status_code == 201
    await exhaust(slow)
    form = GRANT | {"client_assertion_type": TYPE, "client_assertion": assertion(door)}
    at = {"x-forwarded-for": HERE}
    assert (await slow.post("/oauth/token", data=form, headers=at)).status_code == 200
    assert (await slow.post("/oauth/token", data=form, headers=at)).status_code == 429, "the same again is no proof"


async def test_a_signed_assertion_that_is_none_counts_as_well(slow: httpx.AsyncClient) -> None:
    form = GRANT | {"client_assertion_type": TYPE, "client_assertion": "e30.e30.e30"}
    at = {"x-forwarded-for": HERE}
    answers = [await slow.post("/oauth/token", data=form, headers=at) for _ in range(BURST // 2 + 1)]
    assert [answer.status_code for answer in answers] == [401] * (BURST // 2) + [429]


async def test_nobody_says_where_he_is_unless_he_is_a_trusted_proxy(door: Door) -> None:
    async with limited(door, trusted_proxies=()) as http:
        for number in range(BURST):
            await ask(http, f"nobody-{number}", at=f"203.0.113.{number}")
        assert (await ask(http, "somebody", at=ELSEWHERE)).status_code == 429


async def test_people_who_sign_in_do_not_count_and_who_guesses_is_slowed_down(
    door: Door, slow: httpx.AsyncClient
) -> None:
    async with door.database.worker.transaction(Scope.all()) as tx:
        for name in ("anne", "paul"):
            person = Client(name, name, EVERYTHING, frozenset({MINE}), assumption=True)
            await register_account(tx, person, "Ville", SECRET, CLOCK)
    slow.headers["x-forwarded-for"] = HERE
    for _ in range(BURST + 1):
        assert (await send(slow, "/app/sign-in", login="anne", password=SECRET)).status_code == 303
    await exhaust(slow)
    refused = await send(slow, "/app/sign-in", login="anne", password=SECRET)
    assert refused.status_code == 429
    assert "Trop d&#39;essais sans succès" in refused.text
    assert int(refused.headers["retry-after"]) >= 1
    invitation = await send(slow, "/app/invitation", code="guess", password=SECRET, again=SECRET)
    assert invitation.status_code == 429
    slow.headers["x-forwarded-for"] = ELSEWHERE
    assert (await send(slow, "/app/sign-in", login="paul", password=SECRET)).status_code == 303


async def send(http: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """A form of the page at that address, by a browser that nobody has signed in."""
    http.cookies.clear()
    page = await http.get(path)
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert token is not None, page.text
    return await http.post(path, data={"csrf": token[1], **fields})


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("a socket", "a socket"),
        (None, "unknown"),
    ],
)
def test_an_ipv6_site_is_one_source(host: str | None, source: str) -> None:
    scope = {"type": "http", "client": None if host is None else (host, 1)}
    assert source_of(HTTPConnection(scope)) == source
