"""A real IMAP server on the loopback (RFC 3501, what reading needs), and reports as mail servers write them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

USER, SECRET = "retours@centre.example.fr", 'pass "word'
_FETCH: Final = re.compile(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")


@dataclass
class Post:
    """A mailbox: its messages by number. Nothing changes it but the test."""

    messages: dict[int, bytes] = field(default_factory=dict)
    numbering: int = 7
    following: int = 1
    folder: str = "INBOX"
    port: int = 0
    commands: list[str] = field(default_factory=list)
    # What it answers to a command, in place of what it should.
    broken: dict[str, bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"imap://{USER.replace('@', '%40')}:pass%20%22word@127.0.0.1:{self.port}/{self.folder}"

    def arrives(self, content: bytes) -> int:
        number, self.following = self.following, self.following + 1
        self.messages[number] = content
        return number

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK IMAP4rev1 ready\r\n")
        with suppress(ConnectionError):
            while line := await reader.readline():
                tag, _, said = line.decode().rstrip("\r\n").partition(" ")
                self.commands.append(said)
                writer.write(self._answer(tag, said))
                await writer.drain()
                if said == "LOGOUT":
                    break
        writer.close()

    def _answer(self, tag: str, said: str) -> bytes:
        name = said.removeprefix("UID ").split(" ")[0]
        if name in self.broken:
            return self.broken[name].replace(b"TAG", tag.encode())
        known = {
            "CAPABILITY": self._capability,
            "LOGIN": self._login,
            "STATUS": self._status,
            "EXAMINE": self._examine,
            "SEARCH": self._search,
            "FETCH": self._fetch,
            "LOGOUT": self._logout,
        }
        told = known[name](said) if name in known else None
        return f"{tag} NO\r\n".encode() if told is None else told + f"{tag} OK {name} done\r\n".encode()

    def _capability(self, _said: str) -> bytes:
        return b"* CAPABILITY IMAP4rev1\r\n"

    def _logout(self, _said: str) -> bytes:
        return b"* BYE\r\n"

    def _login(self, said: str) -> bytes | None:
        quoted = SECRET.replace('"', r"\"")
        return b"" if said in {f'LOGIN {USER} "{quoted}"', f'LOGIN "{USER}" "{quoted}"'} else None

    def _status(self, said: str) -> bytes | None:
        state = f'* STATUS "{self.folder}" (UIDNEXT {self.following} UIDVALIDITY {self.numbering})\r\n'
        return state.encode() if f'"{self.folder}"' in said else None

    def _examine(self, _said: str) -> bytes:
        return f"* {len(self.messages)} EXISTS\r\n".encode()

    def _search(self, said: str) -> bytes:
        first, last = (int(number) for number in said.rpartition(" ")[2].split(":"))
        found = " ".join(str(uid) for uid in sorted(self.messages) if first <= uid <= last)
        return f"* SEARCH {found}\r\n".encode()

    def _fetch(self, said: str) -> bytes:
        asked = _FETCH.search(said)
        assert asked is not None, said
        content = self.messages.get(int(asked.group(1)))
        if content is None:
            return b""
        part = content[: int(asked.group(2))]
        head = f"* 1 FETCH (UID {asked.group(1)} BODY[]<0> {{{len(part)}}}\r\n"
        return head.encode() + part + b")\r\n"


@asynccontextmanager
async def mailbox() -> AsyncIterator[Post]:
    """The server on a free port."""
    post = Post()
    server = await asyncio.start_server(post.serve, "127.0.0.1", 0)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()


def _message(*lines: str) -> bytes:
    return "\r\n".join([*lines, ""]).encode()


def postfix(message_id: str, envelope: str) -> bytes:
    """As Postfix reports of a mail whose sender asked for reports: the envelope's id, and headers alone given back."""
    return _message(
        "Return-Path: <>",
        "Received: by mx.example.fr (Postfix)",
        "\tid 4DEB21; Mon, 10 Mar 2025 11:02:07 +0100 (CET)",
        "Date: Mon, 10 Mar 2025 11:02:07 +0100 (CET)",
        "From: MAILER-DAEMON@mx.example.fr (Mail Delivery System)",
        "Subject: Undelivered Mail Returned to Sender",
        "To: prevoyance@centre.example.fr",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status;",
        '\tboundary="4DEB20.1741600927/mx.example.fr"',
        "Message-Id: <20250310100207.4DEB21@mx.example.fr>",
        "",
        "This is a MIME-encapsulated message.",
        "",
        "--4DEB20.1741600927/mx.example.fr",
        "Content-Description: Notification",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "This is the mail system at host mx.example.fr.",
        "",
        "<agent@example.fr>: host mail.example.fr[192.0.2.7] said: 550 5.1.1 User unknown",
        "    (in reply to RCPT TO command)",
        "",
        "--4DEB20.1741600927/mx.example.fr",
        "Content-Description: Delivery report",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.fr",
        f"Original-Envelope-Id: {envelope}",
        "X-Postfix-Queue-ID: 4DEB20",
        "X-Postfix-Sender: rfc822; prevoyance@centre.example.fr",
        "Arrival-Date: Mon, 10 Mar 2025 10:00:01 +0100 (CET)",
        "",
        "Final-Recipient: rfc822; agent@example.fr",
        "Original-Recipient: rfc822;agent@example.fr",
        "Action: failed",
        "Status: 5.1.1",
        "Remote-MTA: dns; mail.example.fr",
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown",
        "",
        "--4DEB20.1741600927/mx.example.fr",
        "Content-Description: Undelivered Message Headers",
        "Content-Type: text/rfc822-headers",
        "",
        "Return-Path: <prevoyance@centre.example.fr>",
        "From: prevoyance@centre.example.fr",
        f"Message-ID: {message_id}",
        "",
        "--4DEB20.1741600927/mx.example.fr--",
    )


def exchange(message_id: str) -> bytes:
    """As Exchange does: no id of the envelope, the status before the action, the whole mail given back."""
    return _message(
        "From: postmaster@tenant.example",
        "To: prevoyance@centre.example.fr",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status;",
        '\tboundary="9B095B5ADSN=_01D00052BDF896BA0006275Emx?tenant"',
        "Subject: =?utf-8?B?Tm9uIHJlbWlzwqA6IE5vdGljZQ==?=",
        "",
        "This is a MIME-formatted message.",
        "",
        "--9B095B5ADSN=_01D00052BDF896BA0006275Emx?tenant",
        'Content-Type: multipart/alternative; boundary="alt"',
        "",
        "--alt",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: base64",
        "",
        "Vm90cmUgbWVzc2FnZSBuJ2EgcGFzIHB1IMOqdHJlIHJlbWlzLg==",
        "--alt--",
        "",
        "--9B095B5ADSN=_01D00052BDF896BA0006275Emx?tenant",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns;mx.tenant.example",
        "Received-From-MTA: dns;mx.example.fr",
        "Arrival-Date: Mon, 10 Mar 2025 09:00:01 +0000",
        "",
        "Final-Recipient: rfc822;agent@example.fr",
        "Status: 5.2.2",
        "Action: failed",
        "Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception",
        "",
        "--9B095B5ADSN=_01D00052BDF896BA0006275Emx?tenant",
        "Content-Type: message/rfc822",
        "",
        "Received: from mx.example.fr (192.0.2.1) by mx.tenant.example",
        f"Message-ID: {message_id}",
        "Subject: Notice d'information",
        'Content-Type: text/plain; charset="utf-8"',
        "",
        "Bonjour,",
        "",
        "--9B095B5ADSN=_01D00052BDF896BA0006275Emx?tenant--",
    )


def absence() -> bytes:
    """What also comes back to a sender, and reports nothing."""
    return _message(
        "From: agent@example.fr",
        "To: prevoyance@centre.example.fr",
        "Subject: Absence du bureau",
        "Auto-Submitted: auto-replied",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Je suis absent jusqu'au 17 mars.",
    )
