"""Notices by e-mail (art. 6): through a real SMTP server and a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import text

from kit.crypto import KeyRing
from kit.db.database import Scope
from services.agreements.adapters.delivery_report import read_report
from services.agreements.adapters.smtp import InvalidRelay, SmtpRelay
from services.agreements.application.patience import LONGEST_PAUSE, MAX_ATTEMPTS, pause
from services.agreements.application.send_notices import Mailer
from services.agreements.domain.errors import InvalidReport
from services.agreements.main import create_app
from tests.postgres import ComponentDatabase
from tests.services.agreements.accord import LRSY, NOW
from tests.services.agreements.relay import BUSY, GONE, SENDER, Post, post_office, report_of
from tests.services.agreements.test_api import CITY, WRITE, bring_into_force, published
from tests.services.agreements.test_changes import covered
from tests.services.agreements.test_committee import NOTICE
from tests.services.client import Service, running
from tests.waiting import eventually

URL = f"/v1/agreements/{LRSY}/notices"
RING = KeyRing.generate("test")
NOWHERE = {"eligibility": "http://127.0.0.1:9", "claims": "http://127.0.0.1:9"}
RFC822 = {"content-type": "message/rfc822"}


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with post_office() as found:
        yield found


@pytest.fixture
async def service(registry: ComponentDatabase, post: Post) -> AsyncIterator[Service]:
    mail = {"mail_relay": SecretStr(post.url), "mail_sender": SENDER, "key_ring": SecretStr(RING)}
    async with running(create_app, registry, NOW, **mail) as running_service:
        await bring_into_force(running_service)
        yield running_service


@pytest.fixture
def mailer(service: Service, registry: ComponentDatabase, post: Post) -> Mailer:
    return Mailer(registry.worker, SmtpRelay.parse(post.url, SENDER), KeyRing.parse(RING), service.clock)


async def queued(staff: httpx.AsyncClient, registry: ComponentDatabase, **addresses: str) -> list[str]:
    """Agents covered, the notice issued, mails queued: the outcome of each."""
    for agent in addresses:
        await covered(registry, agent)
    await staff.post(URL, json=NOTICE)
    rows = [{"agent": agent, "employer": CITY, "address": address} for agent, address in addresses.items()]
    answer = await staff.post(f"{URL}/1/mails", json={"mails": rows})
    assert answer.status_code == 202, answer.text
    return [one["outcome"] for one in answer.json()]


async def listed(staff: httpx.AsyncClient, which: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await staff.get(f"{URL}/{which}")).json()["items"]
    return items


async def addresses_kept(registry: ComponentDatabase) -> int:
    async with registry.worker.transaction(Scope.all()) as tx:
        count = await tx.execute(text("SELECT count(*) FROM notice_mail WHERE address IS NOT NULL"))
        return int(count.scalar_one())


async def told(registry: ComponentDatabase) -> list[str]:
    names = [event["type"].removeprefix("fr.psc.agreements.") for event in await published(registry)]
    return [name for name in names if name.startswith("notice.") and "issued" not in name]


async def test_a_notice_is_sent_and_the_relay_s_answer_is_the_proof(
    staff: httpx.AsyncClient, registry: ComponentDatabase, post: Post, mailer: Mailer
) -> None:
    assert await queued(staff, registry, a1="agent@example.fr") == ["QUEUED"]
    assert await addresses_kept(registry) == 1
    again = await staff.post(
        f"{URL}/1/mails", json={"mails": [{"agent": "a1", "employer": CITY, "address": "x@example.fr"}]}
    )
    assert again.json()[0]["outcome"] == "ALREADY"
    assert await mailer.step()
    assert not await mailer.step()
    (message,) = post.received
    assert (message["To"], message["From"], message["Auto-Submitted"]) == ("agent@example.fr", SENDER, "auto-generated")
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "notice-2025.pdf" in body.decode()
    assert post.asked["NOTIFY"] == "SUCCESS,FAILURE,DELAY"
    (handed,) = await listed(staff, "deliveries")
    assert (handed["delivered_on"], handed["channel"]) == ("2025-03-10", "EMAIL")
    assert handed["proof"] == f"SMTP 250 2.0.0 OK queued as 1 ; {message['Message-ID']}"
    assert await listed(staff, "waiting") == []
    assert await addresses_kept(registry) == 0, "an address lives as long as its mail waits"
    assert (await staff.get(f"{URL}/mails")).json() == {"states": {"SENT": 1}}
    assert await told(registry) == ["notice.delivered.v1"]


async def test_the_service_itself_sends_what_is_queued(registry: ComponentDatabase, post: Post) -> None:
    mail = {"mail_relay": SecretStr(post.url), "mail_sender": SENDER, "key_ring": SecretStr(RING)}
    async with running(create_app, registry, NOW, role="all", producers=NOWHERE, **mail) as whole:
        await bring_into_force(whole)
        async with whole.caller(*WRITE) as staff:
            await queued(staff, registry, a1="agent@example.fr")
            await eventually(lambda: _sent(staff), "the mail")
    assert [message["To"] for message in post.received] == ["agent@example.fr"]


async def _sent(staff: httpx.AsyncClient) -> bool:
    found: dict[str, int] = (await staff.get(f"{URL}/mails")).json()["states"]
    return found == {"SENT": 1}


async def test_an_address_that_is_refused_leaves_the_agent_waiting(
    staff: httpx.AsyncClient, registry: ComponentDatabase, post: Post, mailer: Mailer
) -> None:
    await queued(staff, registry, a1=GONE, a2="agent@example.fr")
    await mailer.step()
    assert len(post.received) == 1
    (waits,) = await listed(staff, "waiting")
    assert (waits["agent"], waits["mail_state"]) == ("a1", "BOUNCED")
    assert waits["mail_answer"] == "550 5.1.1 <(adresse)>: no such user", "why, and not where"
    assert (await staff.get(f"{URL}/mails")).json() == {"states": {"BOUNCED": 1, "SENT": 1}}
    assert sorted(await told(registry)) == ["notice.delivered.v1", "notice.undelivered.v1"]
    assert await queued(staff, registry, a1="other@example.fr") == ["QUEUED"], "another address may be tried"
    assert [one["mail_state"] for one in await listed(staff, "waiting")] == ["QUEUED"]


async def test_a_relay_that_is_busy_is_tried_again_and_then_given_up(
    staff: httpx.AsyncClient, service: Service, registry: ComponentDatabase, post: Post, mailer: Mailer
) -> None:
    await queued(staff, registry, a1=BUSY, a2="agent@example.fr")
    post.busy = True
    assert await mailer.step()
    assert not await mailer.step(), "not before its pause is over"
    post.busy = False
    for _ in range(MAX_ATTEMPTS):
        service.clock.at += LONGEST_PAUSE
        await mailer.step()
    assert [message["To"] for message in post.received] == ["agent@example.fr"]
    async with service.caller(*WRITE) as late:
        assert (await late.get(f"{URL}/mails")).json() == {"states": {"FAILED": 1, "SENT": 1}}
        assert [one["agent"] for one in await listed(late, "waiting")] == ["a1"]
    assert await addresses_kept(registry) == 0


async def test_a_relay_that_is_away_loses_nothing(
    staff: httpx.AsyncClient, service: Service, registry: ComponentDatabase, post: Post, mailer: Mailer
) -> None:
    await queued(staff, registry, a1="agent@example.fr")
    away = Mailer(registry.worker, SmtpRelay.parse("smtp://127.0.0.1:1", SENDER), mailer.ring, service.clock)
    assert await away.step()
    assert (await staff.get(f"{URL}/mails")).json() == {"states": {"QUEUED": 1}}
    service.clock.at += timedelta(minutes=1)
    assert await mailer.step()
    assert len(post.received) == 1


async def test_a_bounce_makes_the_agent_wait_again(
    staff: httpx.AsyncClient, registry: ComponentDatabase, post: Post, mailer: Mailer
) -> None:
    await queued(staff, registry, a1="agent@example.fr")
    await mailer.step()
    bounce = report_of(post.received[0], "failed", "5.2.2")
    for _ in range(2):
        answer = await staff.post("/v1/notices/reports", content=bounce, headers=RFC822)
        assert (answer.status_code, answer.json()["state"]) == (200, "BOUNCED")
    (waits,) = await listed(staff, "waiting")
    assert (waits["agent"], waits["proof"], waits["mail_state"]) == ("a1", None, "BOUNCED")
    assert waits["mail_answer"].endswith("failed 5.2.2")
    assert await told(registry) == ["notice.delivered.v1", "notice.undelivered.v1"]


async def test_a_report_of_success_strengthens_the_proof(
    staff: httpx.AsyncClient, registry: ComponentDatabase, post: Post, mailer: Mailer
) -> None:
    await queued(staff, registry, a1="agent@example.fr")
    await mailer.step()
    sent = post.received[0]
    delay = await staff.post("/v1/notices/reports", content=report_of(sent, "delayed", "4.4.1"), headers=RFC822)
    assert delay.json()["state"] == "SENT"
    done = await staff.post("/v1/notices/reports", content=report_of(sent, "delivered", "2.0.0"), headers=RFC822)
    assert done.json()["state"] == "CONFIRMED"
    (handed,) = await listed(staff, "deliveries")
    assert "delivered 2.0.0" in handed["proof"]
    await staff.post("/v1/notices/reports", content=report_of(sent, "failed", "5.1.1"), headers=RFC822)
    assert [one["agent"] for one in await listed(staff, "waiting")] == ["a1"], "the later word counts"


async def test_a_bounce_does_not_undo_what_was_handed_over_otherwise(
    staff: httpx.AsyncClient, registry: ComponentDatabase, post: Post, mailer: Mailer
) -> None:
    await queued(staff, registry, a1="agent@example.fr")
    hand = {"agent": "a1", "employer": CITY, "on": "2025-03-10", "channel": "HAND", "proof": "émargement 3"}
    await staff.post(f"{URL}/1/deliveries", json=hand)
    await mailer.step()
    await staff.post("/v1/notices/reports", content=report_of(post.received[0], "failed", "5.1.1"), headers=RFC822)
    (handed,) = await listed(staff, "deliveries")
    assert (handed["channel"], handed["proof"]) == ("HAND", "émargement 3")
    assert await told(registry) == ["notice.delivered.v1"]


async def test_what_cannot_be_mailed(staff: httpx.AsyncClient, service: Service, registry: ComponentDatabase) -> None:
    await covered(registry, "a1")
    row = {"agent": "a1", "employer": CITY, "address": "a@example.fr"}
    early = await staff.post(f"{URL}/1/mails", json={"mails": [row]})
    assert (early.status_code, early.json()["code"]) == (409, "notice_not_issued")
    await staff.post(URL, json=NOTICE)
    stranger = await staff.post(f"{URL}/1/mails", json={"mails": [{**row, "agent": "nobody"}]})
    assert stranger.json()[0]["outcome"] == "NOBODY_WAITS"
    for address in ("a b@example.fr", "a@example", "a@example.fr\r\nBcc: x@example.fr", "é@example.fr", "@x.fr"):
        refused = await staff.post(f"{URL}/1/mails", json={"mails": [{**row, "address": address}]})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/mails/0/address")
        assert address not in refused.text
    async with service.caller(*WRITE, employers=["99985002700015"], client="agglo") as other:
        foreign = await other.post(f"{URL}/1/mails", json={"mails": [row]})
        assert foreign.json()["code"] == "employer_not_yours"
        report = await other.post("/v1/notices/reports", content=b"x", headers=RFC822)
        assert report.json()["code"] == "staff_only"


async def test_what_is_no_report(staff: httpx.AsyncClient, post: Post) -> None:
    for content in (b"", b"Subject: hello\r\n\r\nNo report.", b"\xff\xfe\x00"):
        refused = await staff.post("/v1/notices/reports", content=content, headers=RFC822)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_report")
    post.received.clear()
    unknown = {"Message-ID": "<notice.00000000000000000000000000000001@x>", "Subject": "x"}
    body = report_of(unknown, "failed", "5.0.0")  # type: ignore[arg-type]  # two headers are all that is read
    missing = await staff.post("/v1/notices/reports", content=body, headers=RFC822)
    assert (missing.status_code, missing.json()["code"]) == (404, "mail_not_found")


async def test_without_a_relay_deliveries_are_recorded_and_not_mailed(registry: ComponentDatabase) -> None:
    async with running(create_app, registry, NOW, key_ring=SecretStr(RING)) as plain:
        await bring_into_force(plain)
        await covered(registry, "a1")
        async with plain.caller(*WRITE) as staff:
            await staff.post(URL, json=NOTICE)
            row = {"agent": "a1", "employer": CITY, "address": "a@example.fr"}
            refused = await staff.post(f"{URL}/1/mails", json={"mails": [row]})
            assert (refused.status_code, refused.json()["code"]) == (409, "mail_not_configured")
            assert (await staff.get(f"{URL}/mails")).json() == {"states": {}}


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "smtp://host:port", "smtp://h:99999"])
def test_what_is_no_relay(url: str) -> None:
    with pytest.raises(InvalidRelay) as refused:
        SmtpRelay.parse(url, SENDER)
    assert "secret" not in str(refused.value)
    with pytest.raises(InvalidRelay):
        SmtpRelay.parse("smtp://host", "no address")


@given(st.integers(1, 1000), st.floats(0, 1))
def test_a_pause_grows_within_bounds(attempts: int, chance: float) -> None:
    assert timedelta(seconds=30) <= pause(attempts, chance) <= LONGEST_PAUSE
    assert pause(attempts, chance) <= pause(attempts + 1, chance)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: report_of({"Message-ID": t, "Subject": t}, t, t)))  # type: ignore[arg-type]  # as above
def test_no_message_breaks_the_reading_of_reports(content: bytes) -> None:
    with pytest.raises(InvalidReport):
        read_report(content)
