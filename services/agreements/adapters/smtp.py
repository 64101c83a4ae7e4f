"""The relay for e-mails: an SMTP server of the house, which takes mails on and reports what became of them."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Self
from urllib.parse import unquote, urlsplit
from uuid import UUID

from services.agreements.domain.mail import Accepted, Delayed, Outcome, Refused

TIMEOUT_SECONDS: Final = 10.0
PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
FIRST_REFUSAL: Final = 400
PERMANENT: Final = 500
MAX_ANSWER: Final = 500
# Stands for the address in what is kept.
HIDDEN: Final = "(adresse)"


class InvalidRelay(ValueError):
    """The configured relay cannot be read. Never holds its password."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one agent is sent. `id` names it in reports."""

    id: UUID
    to: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class SmtpRelay:
    """Where mails are handed to, and from whom.

    >>> relay = SmtpRelay.parse("smtp+starttls://user:secret@mail.example:2525", "prevoyance@example.fr")
    >>> relay.host, relay.port, relay.message_id(UUID(int=1))
    ('mail.example', 2525, '<notice.00000000000000000000000000000001@example.fr>')
    """

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None
    sender: str

    @classmethod
    def parse(cls, url: str, sender: str) -> Self:
        """Read `smtp://`, `smtp+starttls://` or `smtps://[user:password@]host[:port]`. Raises InvalidRelay."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise InvalidRelay("mail_relay: smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]") from None
        if not parts.hostname or "@" not in sender:
            raise InvalidRelay("mail_relay needs a host, and mail_sender an address")
        user = None if parts.username is None else unquote(parts.username)
        password = None if parts.password is None else unquote(parts.password)
        return cls(parts.scheme, parts.hostname, port, user, password, sender)

    def message_id(self, key: UUID) -> str:
        return f"<notice.{key.hex}@{self.sender.rpartition('@')[2]}>"

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        """Hand letters to the relay over one connection; an outcome for each, in order. Blocks."""
        found: list[Outcome] = []
        try:
            with self._connected() as server:
                for letter in letters:
                    found.append(self._one(server, letter))  # noqa: PERF401 - what was answered before a failure counts
        except (OSError, smtplib.SMTPException) as error:
            # What is not answered yet waits for the relay to come back.
            found += [Delayed(_said(error))] * (len(letters) - len(found))
        return found

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if self.scheme == "smtp+starttls":
                server.starttls(context=context)
            if self.user is not None:
                server.login(self.user, self.password or "")
        except BaseException:
            server.close()
            raise
        return server

    def _one(self, server: smtplib.SMTP, letter: Letter) -> Outcome:
        reports = server.has_extn("dsn")
        mail = ("RET=HDRS", f"ENVID={letter.id.hex}") if reports else ()
        recipient = ("NOTIFY=SUCCESS,FAILURE,DELAY",) if reports else ()
        for code, answer in (server.mail(self.sender, mail), server.rcpt(letter.to, recipient)):
            if code >= FIRST_REFUSAL:
                server.rset()
                return _refusal(code, answer, letter)
        try:
            code, answer = server.data(self._message(letter).as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as error:
            server.rset()
            return _refusal(error.smtp_code, error.smtp_error, letter)
        return Accepted(_text(code, answer, letter)) if code < FIRST_REFUSAL else _refusal(code, answer, letter)

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, letter.to, letter.subject
        message["Date"] = format_datetime(letter.at)
        message["Message-ID"] = self.message_id(letter.id)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        return message


def _refusal(code: int, answer: bytes | str, letter: Letter) -> Outcome:
    said = _text(code, answer, letter)
    return Refused(said) if code >= PERMANENT else Delayed(said)


def _text(code: int, answer: bytes | str, letter: Letter) -> str:
    """What the relay said. It likes to repeat the address, which is to be forgotten: it is left out."""
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    kept = re.sub(re.escape(letter.to), HIDDEN, said.replace("\x00", ""), flags=re.IGNORECASE)
    return f"{code} {' '.join(kept.split())}"[:MAX_ANSWER]


def _said(error: Exception) -> str:
    """What went wrong with the relay itself, without what was said to it."""
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    return type(error).__name__
