"""The feed and the webhooks of who was delegated an employer's events: with its own, from the first day to the last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from gateway.application.clients import register_client
from gateway.domain.clients import Client
from kit.clock import SystemClock
from kit.db.database import Scope
from tests.gateway.conftest import EVERYTHING, MINE, OTHER, Door
from tests.gateway.feeding import Producers, ids, named
from tests.gateway.receiver import Receiver
from tests.gateway.test_delegations import TODAY, give
from tests.gateway.test_webhooks import MovingClock, Partner, dispatching
from tests.kit.http.serving import running

DAY = timedelta(days=1)
EVENTS: dict[str, Any] = {"scopes": ["agents:read", "events:read"]}


@pytest.fixture
async def vendors(door: Door) -> Door:
    """Of a program and of a centre de gestion that stand for nobody themselves."""
    async with door.database.worker.transaction(Scope.all()) as tx:
        for client in (Client("vendor", "Éditeur", EVERYTHING), Client("centre", "CDG", EVERYTHING, department="44")):
            await register_client(tx, client, None, SystemClock())
    return door


@pytest.fixture
async def partner(vendors: Door) -> AsyncIterator[Partner]:
    receiver, clock = Receiver(), MovingClock()
    async with running(receiver.app) as url, dispatching(vendors, clock):
        yield Partner(vendors, receiver, url, clock)


async def no_feed(door: Door, client: str, headers: dict[str, str]) -> bool:
    feed = await door.http.get("/v1/events", headers=headers)
    hook = {"url": "https://partenaire.example/relais"}
    posted = await door.http.post("/v1/webhooks", json=hook, headers=headers)
    return {(one.status_code, one.json()["code"]) for one in (feed, posted)} == {(403, "no_feed")}


@pytest.mark.parametrize(("client", "to"), [("vendor", {}), ("centre", {"client": None, "department": "44"})])
async def test_the_feed_carries_who_delegates_its_events_as_long_as_it_does(
    vendors: Door, client: str, to: dict[str, Any]
) -> None:
    door, producers = vendors, Producers(vendors.database.worker)
    mine, other = producers.statement("2026-01"), producers.statement("2026-01", OTHER)
    await producers.deliver(mine, other)
    to = {"client": client} | to
    assert await no_feed(door, client, await door.bearer(client))
    tomorrow = (TODAY + DAY).isoformat()
    assert (await give(door, **to | {"scopes": ["agents:read"], "to": TODAY.isoformat()})).status_code == 201
    assert (await give(door, "other-hris", **to | EVENTS, employer=OTHER, **{"from": tomorrow})).status_code == 201
    assert await no_feed(door, client, await door.bearer(client)), "neither its events, nor yet"
    made = (await give(door, "two-employers", **to | EVENTS, **{"from": tomorrow})).json()
    await door.database.admin.execute("UPDATE delegation SET first = $1 WHERE id = $2", TODAY, made["id"])
    assert await ids(door, client) == named(mine)
    assert await ids(door, "other-hris") == named(other)
    held = await door.bearer(client)
    ended = "UPDATE delegation SET first = $1, last = $1 WHERE id = $2"
    await door.database.admin.execute(ended, TODAY - DAY, made["id"])
    assert await no_feed(door, client, held), "the token says so still, and the last day is over"


async def test_a_webhook_is_posted_them_in_their_order_and_nothing_after_the_last_day(partner: Partner) -> None:
    door, producers = partner.door, Producers(partner.door.database.worker)
    await producers.deliver(producers.statement("2025-12"))
    made = await partner.register("other-hris")
    await give(door, **EVENTS)
    shared = [producers.statement("2026-01"), producers.statement("2026-01", OTHER), producers.statement("2026-02")]
    await producers.deliver(*shared)
    assert await partner.taken(3) == named(*shared)
    assert (await partner.until(made["id"], "other-hris", behind=0))["failures"] == 0
    partner.clock.ahead = 31 * DAY
    own = producers.statement("2026-02", OTHER)
    await producers.deliver(producers.statement("2026-03"), own)
    assert await partner.taken(4) == named(*shared, own)
    assert {event["employer"] for event in partner.receiver.taken[3:]} == {OTHER}


async def test_ending_one_stops_both_at_once(partner: Partner) -> None:
    door, producers = partner.door, Producers(partner.door.database.worker)
    given = (await give(door, **EVENTS, client="vendor")).json()
    hook = await partner.register("vendor")
    first = producers.statement("2026-01")
    await producers.deliver(first)
    assert await partner.taken(1) == named(first)
    done = await door.http.delete(f"/v1/delegations/{given['id']}", headers=await door.bearer("demo-hris"))
    assert done.status_code == 204
    await producers.deliver(producers.statement("2026-02"))
    assert await no_feed(door, "vendor", await door.bearer("vendor"))
    state = await partner.state(hook["id"], "vendor")  # its own, to look at and to remove
    assert (state["behind"], state["failures"]) == (0, 0)
    assert partner.receiver.asked == 1
    gone = await door.http.delete(f"/v1/webhooks/{hook['id']}", headers=await door.bearer("vendor"))
    assert (gone.status_code, MINE in str(state)) == (204, False)
