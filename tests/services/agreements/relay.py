"""A real SMTP server on the loopback, which takes mails, refuses them or asks to come back, as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

GONE: Final = "gone@example.fr"
BUSY: Final = "busy@example.fr"
SENDER: Final = "prevoyance@centre.example.fr"
# Parameters of RFC 3461, which the server itself does not know.
REPORTING: Final = ("RET", "ENVID", "NOTIFY")


@dataclass
class Post:
    """What the server received. `busy` makes it ask everybody to come back."""

    received: list[Message] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    busy: bool = False
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_EHLO(  # noqa: N802 - a name and arguments of aiosmtpd
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_RCPT(  # noqa: N802 - a name and arguments of aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == GONE:
            return f"550 5.1.1 <{address.upper()}>: no such user"
        if self.busy or address == BUSY:
            return "451 4.3.2 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - of aiosmtpd
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(message_from_bytes(content, policy=policy.default))
        return f"250 2.0.0 OK queued as {len(self.received)}"


class _Reporting(SMTP):
    """Takes the parameters by which a report is asked for."""

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        found: dict[str, str | bool] | None = super()._getparams(params)
        for name in REPORTING:
            if found and name in found:
                self.event_handler.asked[name] = found.pop(name)
        return found


@asynccontextmanager
async def post_office() -> AsyncIterator[Post]:
    """The server on a free port."""
    post = Post()
    server = await asyncio.get_running_loop().create_server(lambda: _Reporting(post), "127.0.0.1", 0)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()


def report_of(sent: Message, action: str, status: str) -> bytes:
    """The report a mail server sends back about a mail (RFC 3464)."""
    return "\r\n".join(
        [
            "From: mailer-daemon@example.fr",
            f"To: {SENDER}",
            "Subject: Delivery report",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain; charset=utf-8",
            "",
            "A report about your mail.",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example.fr",
            "",
            "Final-Recipient: rfc822; somebody@example.fr",
            f"Action: {action}",
            f"Status: {status}",
            "",
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-ID: {sent['Message-ID']}",
            f"Subject: {sent['Subject']}",
            "",
            "--b--",
            "",
        ]
    ).encode()
