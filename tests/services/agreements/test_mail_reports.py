"""Bounces that come hours later, by mail: a real SMTP server, a real IMAP server, a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import Message

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from structlog.testing import capture_logs

from kit.db.database import Scope
from services.agreements.adapters import mailbox as adapter
from services.agreements.adapters.mailbox import InvalidMailbox, Mailbox, MailboxAway, Place
from services.agreements.application.read_reports import ReportReader
from services.agreements.application.send_notices import Mailer
from services.agreements.main import create_app
from tests.postgres import ComponentDatabase
from tests.services.agreements.accord import NOW
from tests.services.agreements.mailbox import SECRET, USER, Post, absence, exchange, mailbox, postfix
from tests.services.agreements.relay import SENDER, report_of
from tests.services.agreements.relay import Post as Relay
from tests.services.agreements.test_api import WRITE, bring_into_force
from tests.services.agreements.test_notice_mails import (
    NOWHERE,
    RING,
    listed,
    mailer,
    post,
    queued,
    service,
    told,
)
from tests.services.client import Service, running
from tests.waiting import eventually

__all__ = ["mailer", "post", "service"]  # fixtures of the mails whose reports come back


@pytest.fixture
async def box() -> AsyncIterator[Post]:
    async with mailbox() as found:
        yield found


@pytest.fixture
def reader(service: Service, registry: ComponentDatabase, box: Post, mailer: Mailer) -> ReportReader:
    return ReportReader(registry.worker, Mailbox.parse(box.url), mailer.relay, service.clock)


async def sent(staff: httpx.AsyncClient, registry: ComponentDatabase, mailer: Mailer, post: Relay, count: int) -> None:
    await queued(staff, registry, **{f"a{n}": f"agent{n}@example.fr" for n in range(count)})
    await mailer.step()
    assert len(post.received) == count


def envelope(message: Message) -> str:
    return str(message["Message-ID"]).removeprefix("<notice.").partition("@")[0]


async def test_what_servers_write_makes_the_agent_wait_again(
    *,
    staff: httpx.AsyncClient,
    registry: ComponentDatabase,
    post: Relay,
    mailer: Mailer,
    box: Post,
    reader: ReportReader,
) -> None:
    """By the id of the envelope or by that of the mail; what is no report, or none of ours, is passed over."""
    await sent(staff, registry, mailer, post, 3)
    first, second, _ = post.received
    box.arrives(absence())
    box.arrives(postfix("<something@else>", envelope(first)))
    box.arrives(report_of({"Message-ID": "<notice.00000000000000000000000000000001@x>", "Subject": "x"}, "failed", "5"))  # type: ignore[arg-type]  # two headers are all that is read
    box.arrives(exchange(str(second["Message-ID"])))
    box.arrives(b"\xff\xfe\x00")
    with capture_logs() as logs:
        assert not await reader.step()
    waits = {one["agent"]: (one["mail_state"], one["mail_answer"]) for one in await listed(staff, "waiting")}
    assert {agent: state for agent, (state, _) in waits.items()} == {"a0": "BOUNCED", "a1": "BOUNCED"}
    assert (waits["a0"][1].split("; ")[-1], waits["a1"][1].split("; ")[-1]) == ("failed 5.1.1", "failed 5.2.2")
    assert sorted(await told(registry)) == ["notice.delivered.v1"] * 3 + ["notice.undelivered.v1"] * 2
    assert [log["event"] for log in logs if "passed_over" in log["event"]] == ["mailbox_message_passed_over"] * 3
    assert "example" not in str(logs), "no address and no content in logs"
    assert not any(verb in command for command in box.commands for verb in ("STORE", "EXPUNGE", "SELECT", "DELETE"))


async def test_each_message_counts_once_and_nothing_is_read_again(
    *,
    staff: httpx.AsyncClient,
    registry: ComponentDatabase,
    post: Relay,
    mailer: Mailer,
    box: Post,
    reader: ReportReader,
) -> None:
    await sent(staff, registry, mailer, post, 1)
    box.arrives(postfix(str(post.received[0]["Message-ID"]), envelope(post.received[0])))
    await reader.step()
    fetched = [command for command in box.commands if "FETCH" in command]
    await reader.step()
    assert [command for command in box.commands if "FETCH" in command] == fetched
    assert await queued(staff, registry, a0="new@example.fr") == ["QUEUED"]
    await mailer.step()
    box.numbering += 1  # the server counts anew: the mailbox is read from its beginning, and its report changes nothing
    await reader.step()
    assert len([command for command in box.commands if "FETCH" in command]) == 2 * len(fetched)
    assert await listed(staff, "waiting") == []
    assert await told(registry) == ["notice.delivered.v1", "notice.undelivered.v1", "notice.delivered.v1"]


@pytest.mark.usefixtures("service")
async def test_a_full_mailbox_is_read_a_part_at_a_time(
    box: Post, reader: ReportReader, registry: ComponentDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "BATCH", 3)
    monkeypatch.setattr(adapter, "WINDOW", 10)
    monkeypatch.setattr(adapter, "MAX_MESSAGE", 100)
    for number in range(1, 41):
        box.arrives(absence() + b"x" * 1_000)
        if 8 <= number <= 35:
            del box.messages[number]  # sent away by somebody: numbers have holes
    steps = 1
    while await reader.step():
        steps += 1
    fetched = [command for command in box.commands if "FETCH" in command]
    assert (len(fetched), len(set(fetched))) == (12, 12)
    assert steps == 7
    async with registry.worker.transaction(Scope.all()) as tx:
        (row,) = await tx.execute(text("SELECT mailbox, numbering, last FROM mailbox_place"))
    assert tuple(row) == (Mailbox.parse(box.url).key, 7, 40)
    assert "retours" not in row.mailbox


@pytest.mark.usefixtures("service")
async def test_a_server_that_is_away_or_talks_nonsense_is_asked_again(box: Post, reader: ReportReader) -> None:
    box.arrives(absence())
    for command, answer in (
        ("LOGIN", b"TAG NO [AUTHENTICATIONFAILED] retours@centre.example.fr\r\n"),
        ("STATUS", b"TAG NO\r\n"),
        ("STATUS", b'* STATUS "INBOX" (MESSAGES 3)\r\nTAG OK done\r\n'),
        ("EXAMINE", b"TAG NO\r\n"),
        ("SEARCH", b"TAG BAD\r\n"),
        ("SEARCH", b"* SEARCH one two\r\nTAG OK done\r\n"),
        ("FETCH", b"TAG NO\r\n"),
        ("FETCH", b"* 1 FETCH (BODY[] {9999}\r\n"),
        ("CAPABILITY", b""),
    ):
        box.broken = {command: answer}
        with capture_logs() as logs:
            assert not await reader.step()
        assert [log["event"] for log in logs] == ["mailbox_away"], (command, answer)
        assert USER not in str(logs)
    box.broken = {}
    assert not await reader.step()
    with pytest.raises(MailboxAway, match="ConnectionRefusedError"):
        Mailbox.parse("imap://a:b@127.0.0.1:1").read(Place(1, 1))


async def test_the_service_itself_reads_what_comes_back(registry: ComponentDatabase, post: Relay, box: Post) -> None:
    mail = {"mail_relay": SecretStr(post.url), "mail_sender": SENDER, "key_ring": SecretStr(RING)}
    box.folder = "Retours"
    mail["mail_mailbox"] = SecretStr(box.url)
    async with running(create_app, registry, NOW, **mail) as api:
        await bring_into_force(api)
        async with api.caller(*WRITE) as staff:
            await queued(staff, registry, a1="agent@example.fr")
            assert box.commands == [], "the worker reads, not the api"
            box.arrives(absence())
            async with running(create_app, registry, NOW, role="worker", producers=NOWHERE, **mail):

                async def read() -> bool:
                    return "LOGOUT" in box.commands

                await eventually(read, "the mailbox to be read")


async def test_a_mailbox_without_a_relay_is_refused(registry: ComponentDatabase, box: Post) -> None:
    with pytest.raises(InvalidMailbox, match="needs mail_relay"):
        async with running(create_app, registry, NOW, mail_mailbox=SecretStr(box.url)):
            pass


@pytest.mark.parametrize(
    "url", ["", "imaps://", "imaps://host", "imaps://user@host", "pop3://u:secret@host", "imaps://u:sécret@host/é"]
)
def test_what_is_no_mailbox(url: str) -> None:
    with pytest.raises(InvalidMailbox) as refused:
        Mailbox.parse(url)
    assert "cret" not in str(refused.value)


def test_the_password_is_not_shown() -> None:
    assert SECRET not in repr(Mailbox.parse(Post(port=143).url))
