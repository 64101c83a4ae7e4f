"""The mailbox that reports come back to, over IMAP (RFC 3501). It is read and never changed: people may use it, too."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS: Final = 10.0
PORTS: Final = {"imap": 143, "imap+starttls": 143, "imaps": 993}
INBOX: Final = "INBOX"
# Messages of one connection, and the numbers that one search spans: an answer of the server is never long.
BATCH: Final = 50
WINDOW: Final = 5_000
# What is read of one message. The head of the mail that is reported comes long before.
MAX_MESSAGE: Final = 1_048_576
_STATE: Final = re.compile(rb"(UIDVALIDITY|UIDNEXT) (\d{1,10})", re.IGNORECASE)


class InvalidMailbox(ValueError):
    """The configured mailbox cannot be read. Never holds its password."""


class MailboxAway(Exception):
    """The server is away, refuses, or says what cannot be understood. Holds what it is, not what was said."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a mailbox was read: a message's number (UID), good as long as the server's numbering (UIDVALIDITY)."""

    numbering: int
    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Messages in the order of their numbers, how far was looked, and whether there is more to look at."""

    place: Place
    messages: tuple[tuple[int, bytes], ...]
    more: bool


@dataclass(frozen=True, slots=True, repr=False)
class Mailbox:
    """Where reports are read.

    >>> box = Mailbox.parse("imaps://retours%40example.fr:secret@mail.example/Retours")
    >>> box.host, box.port, box.user, box.folder
    ('mail.example', 993, 'retours@example.fr', 'Retours')
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `imaps://`, `imap+starttls://` or `imap://user:password@host[:port][/folder]`. Raises InvalidMailbox."""
        wanted = "mail_mailbox: imaps://, imap+starttls:// or imap://user:password@host[:port][/folder], in ASCII"
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise InvalidMailbox(wanted) from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        folder = unquote(parts.path.removeprefix("/")) or INBOX
        said = user + password + folder
        if not (parts.hostname and user and password and said.isascii() and said.isprintable()):
            raise InvalidMailbox(wanted)
        return cls(parts.scheme, parts.hostname, port, user, password, folder)

    @property
    def key(self) -> str:
        """Stands for this mailbox in what is kept."""
        return sha256(f"{self.user}@{self.host}:{self.port}/{self.folder}".encode()).hexdigest()

    def read(self, after: Place | None) -> Reading:
        """The messages that follow a place, from the first one where the numbering is another. Blocks.

        Raises MailboxAway.
        """
        try:
            with self._connected() as server:
                return self._read(server, after)
        except (OSError, ValueError, imaplib.IMAP4.error) as error:
            raise MailboxAway(type(error).__name__) from None

    @contextmanager
    def _connected(self) -> Iterator[imaplib.IMAP4]:
        context = ssl.create_default_context()
        if self.scheme == "imaps":
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                self.host, self.port, ssl_context=context, timeout=TIMEOUT_SECONDS
            )
        else:
            server = imaplib.IMAP4(self.host, self.port, timeout=TIMEOUT_SECONDS)
        with server:
            if self.scheme == "imap+starttls":
                server.starttls(context)
            server.login(self.user, self.password)
            yield server

    def _read(self, server: imaplib.IMAP4, after: Place | None) -> Reading:
        folder = '"{}"'.format(self.folder.replace("\\", r"\\").replace('"', r"\""))
        state = _STATE.findall(_line(server.status(folder, "(UIDVALIDITY UIDNEXT)")))
        known = {name.upper(): int(number) for name, number in state}
        numbering, end = known.get(b"UIDVALIDITY"), known.get(b"UIDNEXT", 0) - 1
        if numbering is None or end < 0:
            raise MailboxAway("status")
        start = after.last if after is not None and after.numbering == numbering else 0
        last = min(start + WINDOW, end)
        if last <= start:
            return Reading(Place(numbering, start), (), more=False)
        _line(server.select(folder, readonly=True))
        found = sorted(int(uid) for uid in _line(server.uid("SEARCH", f"UID {start + 1}:{last}")).split())
        taken = [uid for uid in found if start < uid <= last][:BATCH]
        if len(taken) == BATCH:
            last = taken[-1]
        messages = [(uid, content) for uid in taken if (content := _message(server, uid)) is not None]
        return Reading(Place(numbering, last), tuple(messages), more=last < end)


def _line(answer: tuple[str, Sequence[Any]]) -> bytes:
    """The one line of an answer; empty where there is none. Raises MailboxAway where the server says no."""
    said, lines = answer
    if said != "OK":
        raise MailboxAway(said)
    return next((line for line in lines if isinstance(line, bytes)), b"")


def _message(server: imaplib.IMAP4, uid: int) -> bytes | None:
    """A message, its beginning when it is long, without marking it as read; None when it is gone."""
    said, parts = server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAX_MESSAGE}>)")
    if said != "OK":
        raise MailboxAway(said)
    return next((part[1] for part in parts if isinstance(part, tuple)), None)
