"""Webhooks: what a partner registers, what it is sent, and what happens when it does not answer."""

from __future__ import annotations

import ipaddress
import itertools
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import aiohttp
import httpx
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.webhook_sender import PinnedResolver, Sender, checked_url, networks
from gateway.application.audit import AuditWriter
from gateway.application.clients import register_client
from gateway.application.deliver_webhooks import Dispatcher
from gateway.domain.clients import Client
from gateway.domain.webhooks import PAUSES, RefusedAddress, is_allowed, next_attempt
from kit.clock import PARIS, SystemClock
from kit.crypto import KeyRing
from kit.db.database import Database, Scope
from kit.ids import new_id
from tests.gateway.conftest import OTHER, Door
from tests.gateway.feeding import Producers, insurer, named
from tests.gateway.receiver import Receiver
from tests.kit.http.serving import running
from tests.waiting import eventually


@dataclass
class MovingClock:
    """The system's, so much later as a test says."""

    ahead: timedelta = field(default_factory=timedelta)

    def instant(self) -> datetime:
        return SystemClock().instant() + self.ahead

    def day(self) -> date:
        return self.instant().astimezone(PARIS).date()


@dataclass
class Partner:
    """A receiver, its address, and the dispatcher that posts to it, on a clock of its own."""

    door: Door
    receiver: Receiver
    url: str
    clock: MovingClock

    async def register(self, client: str = "insurer-a", path: str = "/hook", **more: Any) -> dict[str, Any]:
        answer = await self.post("/v1/webhooks", {"url": self.url + path} | more, client)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def post(self, path: str, body: Any, client: str = "insurer-a") -> httpx.Response:
        return await self.door.http.post(path, json=body, headers=await self.door.bearer(client))

    async def state(self, key: str, client: str = "insurer-a") -> dict[str, Any]:
        answer = await self.door.http.get(f"/v1/webhooks/{key}", headers=await self.door.bearer(client))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def taken(self, count: int) -> list[str]:
        async def enough() -> bool:
            return len(self.receiver.taken) >= count

        await eventually(enough, f"{count} deliveries")
        return [one["id"] for one in self.receiver.taken]

    async def until(self, key: str, client: str = "insurer-a", **values: Any) -> dict[str, Any]:
        async def so() -> dict[str, Any] | None:
            state = await self.state(key, client)
            return state if all(state[name] == value for name, value in values.items()) else None

        return await eventually(so, str(values))


@pytest.fixture
async def partner(door: Door) -> AsyncIterator[Partner]:
    receiver, clock = Receiver(), MovingClock()
    async with running(receiver.app) as url, dispatching(door, clock):
        yield Partner(door, receiver, url, clock)


@asynccontextmanager
async def dispatching(door: Door, clock: MovingClock, audit: AuditWriter | None = None) -> AsyncIterator[None]:
    state = door.gateway.state
    assert door.settings.key_ring is not None
    ring = KeyRing.parse(door.settings.key_ring.get_secret_value())
    sender = Sender(networks(("127.0.0.0/8",)))
    dispatcher = Dispatcher(state.worker_db, sender, ring, clock, state.partner_wakeup, audit=audit or state.audit)
    await dispatcher.start()
    try:
        yield
    finally:
        await dispatcher.stop()
        await sender.close()


@pytest.fixture
def producers(door: Door) -> Producers:
    return Producers(door.database.worker)


async def test_each_partner_is_sent_its_own_in_order_and_signed(partner: Partner, producers: Producers) -> None:
    await producers.deliver(producers.agreement("accord-a"), producers.statement("2025-12"))
    made = await partner.register()
    mine = [producers.statement(f"2026-{month:02}") for month in range(1, 6)]
    other = producers.statement("2026-01", OTHER)
    await producers.deliver(*mine, other)
    assert await partner.taken(5) == named(*mine)
    assert all(partner.receiver.is_signed(number, made["public_key"]) for number in range(5))
    assert [h["webhook-id"] for h in partner.receiver.headers] == named(*mine)
    assert partner.receiver.taken[0]["insurer"] == "demo-a"
    state = await partner.until(made["id"], behind=0)
    assert (state["failures"], state["last_error"], state["waiting_since"]) == (0, None, None)
    # The same as the feed gives from there on, and the employer's own is whole.
    hris = await partner.register("other-hris", after=made["cursor"].partition(":")[0] + ":0")
    assert named(other)[0] in await partner.taken(6)
    assert (await partner.until(hris["id"], "other-hris", behind=0))["client"] == "other-hris"


async def test_only_types_asked_for_are_sent(partner: Partner, producers: Producers) -> None:
    await producers.deliver(producers.agreement())
    made = await partner.register(types=["fr.psc.claims.claim.opened.v1"])
    await producers.deliver(producers.statement("2026-01"))
    assert (await partner.until(made["id"], behind=0))["delivered_at"] is None
    assert partner.receiver.asked == 0


async def test_what_is_not_taken_waits_its_turn_and_comes_again_in_order(
    partner: Partner, producers: Producers
) -> None:
    await producers.deliver(producers.agreement())
    made = await partner.register()
    partner.receiver.answers = [204, 500]
    sent = [producers.statement(f"2026-{month:02}") for month in range(1, 5)]
    await producers.deliver(*sent)
    state = await partner.until(made["id"], failures=1, last_error="http_500")
    assert (state["behind"], partner.receiver.asked) == (3, 2)
    assert state["next_attempt_at"] > state["attempted_at"]
    partner.clock.ahead += timedelta(seconds=6)
    assert await partner.taken(4) == named(*sent)
    await partner.until(made["id"], failures=0, last_error=None, behind=0)


async def test_whom_it_tells_of_is_on_record_before_it_is_posted(partner: Partner, producers: Producers) -> None:
    agents = [str(new_id()) for _ in range(3)]
    made = await partner.register("demo-hris", types=["fr.psc.claims.claim.opened.v1"])
    partner.receiver.answers = [500]
    told = [producers.event("claims.claim.opened", agent, {"agent": agent}) for agent in agents]
    other = str(new_id())
    await producers.deliver(producers.event("claims.claim.approved", other, {"agent": other}), *told)
    await partner.until(made["id"], "demo-hris", failures=1)
    partner.clock.ahead += timedelta(seconds=6)
    await partner.taken(3)
    query = "SELECT * FROM audit_entry WHERE method = 'WEBHOOK' ORDER BY position"
    rows = await partner.door.database.admin.fetch(query)
    # Events come in pages as they are there; what failed is tried alone, and then those that waited behind it.
    named = [[str(agent) for agent in row["agents"]] for row in rows]
    assert set(itertools.chain(*named)) == set(agents)
    assert named.count(agents[:1]) >= 1
    assert {(row["client"], row["path"], row["status"]) for row in rows} == {
        ("demo-hris", f"/v1/webhooks/{made['id']}", 0)
    }
    staff = await partner.door.bearer("staff")
    changed = (await partner.door.http.get("/v1/audit", params={"changes": True}, headers=staff)).json()["items"]
    assert [one["method"] for one in changed] == ["POST"], "the registration alone changed something"


async def test_what_cannot_be_on_record_is_not_posted(door: Door, producers: Producers) -> None:
    url = door.database.api.url.set(port=1)
    away, receiver, clock = Database(url.render_as_string(hide_password=False), pool_size=1), Receiver(), MovingClock()
    writer, agent = AuditWriter(away), str(new_id())
    await writer.start()
    try:
        async with running(receiver.app) as at, dispatching(door, clock, writer):
            partner = Partner(door, receiver, at, clock)
            made = await partner.register("demo-hris")
            await partner.register("other-hris")
            await producers.deliver(producers.event("claims.claim.opened", agent, {"agent": agent}))
            query = "SELECT leased_until > $2 FROM webhook WHERE id = $1"
            await eventually(lambda: door.database.admin.fetchval(query, made["id"], clock.instant()), "its turn")
            of_nobody = producers.statement("2026-01", OTHER)
            await producers.deliver(of_nobody)
            assert await partner.taken(1) == named(of_nobody)
    finally:
        await writer.stop()
        await away.close()


async def test_after_three_days_it_is_disabled_until_its_owner_replays(partner: Partner, producers: Producers) -> None:
    await producers.deliver(producers.agreement())
    made = await partner.register()
    partner.receiver.answers = [503] * 10
    sent = producers.statement("2026-01")
    await producers.deliver(sent)
    for failures, pause in enumerate(PAUSES, 1):
        await partner.until(made["id"], failures=failures)
        partner.clock.ahead += pause * 1.1
    state = await partner.until(made["id"], failures=10)
    assert state["disabled_at"] is not None
    assert state["next_attempt_at"] is None
    partner.clock.ahead += timedelta(days=30)
    await producers.deliver(producers.statement("2026-02"))
    assert (await partner.state(made["id"]))["behind"] == 2
    assert partner.receiver.asked == 10
    again = await partner.post(f"/v1/webhooks/{made['id']}/replays", {})
    assert (again.status_code, again.json()["disabled_at"]) == (200, None)
    assert (await partner.taken(2))[0] == named(sent)[0]
    await partner.post(f"/v1/webhooks/{made['id']}/replays", {"after": made["cursor"]})
    assert (await partner.taken(4))[2] == named(sent)[0]


async def test_gone_is_disabled_at_once_and_a_redirect_is_not_followed(partner: Partner, producers: Producers) -> None:
    await producers.deliver(producers.agreement())
    gone, moved = await partner.register(), await partner.register(path="/elsewhere")
    partner.receiver.answers = [410]
    await producers.deliver(producers.statement("2026-01"))
    assert (await partner.until(gone["id"], last_error="http_410"))["disabled_at"] is not None
    await partner.until(moved["id"], last_error="redirect")
    assert partner.receiver.taken == []


async def test_an_endless_answer_is_not_listened_to(partner: Partner, producers: Producers) -> None:
    await producers.deliver(producers.agreement())
    made = await partner.register(path="/endless")
    await producers.deliver(producers.statement("2026-01"))
    await partner.until(made["id"], behind=0, failures=0)


async def test_two_processes_post_each_event_once(partner: Partner, producers: Producers) -> None:
    await producers.deliver(producers.agreement())
    await partner.register()
    async with dispatching(partner.door, partner.clock):
        sent = [producers.statement(f"20{year}-01") for year in range(26, 46)]
        await producers.deliver(*sent)
        assert await partner.taken(20) == named(*sent)


async def test_a_new_key_signs_beside_the_former_one(partner: Partner, producers: Producers) -> None:
    await producers.deliver(producers.agreement())
    made = await partner.register()
    changed = (await partner.post(f"/v1/webhooks/{made['id']}/keys", {"keep_hours": 1})).json()
    await producers.deliver(producers.statement("2026-01"))
    await partner.taken(1)
    assert changed["public_key"] != made["public_key"]
    assert all(partner.receiver.is_signed(0, one["public_key"]) for one in (made, changed))
    await partner.post(f"/v1/webhooks/{made['id']}/keys", {"keep_hours": 0})
    await producers.deliver(producers.statement("2026-02"))
    await partner.taken(2)
    assert not partner.receiver.is_signed(1, changed["public_key"])


async def test_nobody_sees_or_touches_another_s(partner: Partner, producers: Producers) -> None:
    await producers.deliver(producers.agreement(insurers=[insurer("demo-a"), insurer("demo-b")]))
    made = await partner.register()
    http, path = partner.door.http, f"/v1/webhooks/{made['id']}"
    for client in ("insurer-b", "demo-hris", "other-hris"):
        bearer = await partner.door.bearer(client)
        assert (await http.get("/v1/webhooks", headers=bearer)).json()["items"] == []
        assert (await http.get(path, headers=bearer)).status_code == 404
        assert (await http.delete(path, headers=bearer)).status_code == 404
        for below in ("replays", "keys"):
            assert (await http.post(f"{path}/{below}", json={}, headers=bearer)).status_code == 404
    everything = await http.get("/v1/webhooks", headers=await partner.door.bearer("staff"))
    assert [one["client"] for one in everything.json()["items"]] == ["insurer-a"]
    assert (await http.delete(path, headers=await partner.door.bearer("insurer-a"))).status_code == 204
    for _ in range(10):
        await partner.register()
    assert (await partner.post("/v1/webhooks", {"url": partner.url})).json()["code"] == "too_many_webhooks"
    elsewhere = "019a0000-0000-7000-8000-000000000001:5"
    refused = await partner.post("/v1/webhooks", {"url": partner.url, "after": elsewhere}, "insurer-b")
    assert (refused.status_code, refused.json()["code"]) == (422, "cursor")


async def test_who_may_not_read_events_has_none_posted(door: Door) -> None:
    async with door.database.worker.transaction(Scope.all()) as tx:
        lacking = Client("lacking", "x", frozenset({"webhooks:write"}), insurer="demo-a")
        await register_client(tx, lacking, None, SystemClock())
    body = {"url": "https://partenaire.example/"}
    answer = await door.http.post("/v1/webhooks", json=body, headers=await door.bearer("lacking"))
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


async def test_an_address_that_is_not_public_is_refused(door: Door) -> None:
    for url in ("https://10.0.0.1/", "https://[::1]/", "ftp://partenaire.example/", "https://u:p@partenaire.example/"):
        body = {"url": url}
        answer = await door.http.post("/v1/webhooks", json=body, headers=await door.bearer("insurer-a"))
        assert (answer.status_code, answer.json()["code"]) == (422, "webhook_address_refused"), url


@pytest.mark.parametrize(
    "url",
    [
        "http://partenaire.example/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1%25eth0]/",
        "https://partenaire.example:22/",
        "https://partenaire.example/#x",
        "https://partenaire.example\\@127.0.0.1/",
        "https://partenaire.example/\r\nx",
        "https://0.0.0.0/",
        "https://",
        "javascript:alert(1)",
        "https://x:99999/",
    ],
)
def test_addresses_that_lead_inside_are_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        checked_url(url, ())


def test_a_public_address_is_taken_as_it_is() -> None:
    for url in ("https://partenaire.example/relais?a=1", "https://partenaire.example:8443/", "https://8.8.8.8/"):
        assert str(checked_url(url, ())) == url


@given(st.ip_addresses())
def test_an_address_without_exception_is_global(address: Any) -> None:
    if is_allowed(address):
        carried = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
        assert carried.is_global or address in ipaddress.ip_network("64:ff9b::/96") or address.teredo
        assert not carried.is_private
        assert not carried.is_loopback


class Names(AbstractResolver):
    """A name server that answers differently each time it is asked."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        self.asked += 1
        found = self.answers.pop(0).split()
        return [ResolveResult(hostname=host, host=a, port=port, family=family, proto=0, flags=0) for a in found]

    async def close(self) -> None:
        pass


async def test_a_name_is_resolved_once_for_each_delivery_and_that_address_is_used() -> None:
    """DNS rebinding: what is checked is what is connected to, and one bad address among good ones is enough."""
    receiver = Receiver()
    async with running(receiver.app) as url:
        port = url.rpartition(":")[2]
        names = Names("127.0.0.1", "8.8.8.8 10.0.0.1", "127.0.0.2 169.254.169.254")
        allowed = networks(("127.0.0.0/8",))
        sender = Sender(allowed, PinnedResolver(allowed, names))
        try:
            target = f"http://partenaire.example:{port}/hook"
            headers = {"webhook-id": "1", "connection": "close"}
            assert await sender.send(target, b"{}", headers) is None
            assert (names.asked, len(receiver.taken)) == (1, 1)
            for _ in range(2):
                sender._session.connector._cleanup_closed()  # type: ignore[union-attr]
                assert await sender.send(target, b"{}", headers) == "address_refused"
            assert len(receiver.taken) == 1
        finally:
            await sender.close()


async def test_what_goes_wrong_is_said_in_a_word() -> None:
    sender = Sender(networks(("127.0.0.0/8",)))
    try:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            free = silent.getsockname()[1]
            sender._session._timeout = aiohttp.ClientTimeout(total=0.2)
            assert await sender.send(f"http://127.0.0.1:{free}/", b"", {}) == "timeout"
            assert await sender.send(f"https://127.0.0.1:{free}/", b"", {}) == "timeout"
        assert await sender.send(f"http://127.0.0.1:{free}/", b"", {}) == "unreachable"
        assert await sender.send("http://10.0.0.1/", b"", {}) == "address_refused"
    finally:
        await sender.close()


def test_the_pauses_are_three_days_and_end() -> None:
    total = sum(PAUSES, timedelta())
    assert timedelta(days=2, hours=20) < total < timedelta(days=3)
    assert [next_attempt(n, "timeout") for n in range(1, 11)] == [*PAUSES, None]
