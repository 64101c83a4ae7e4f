"""What a relay reports of a mail (RFC 3464), read with the standard library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from typing import Final
from uuid import UUID

from services.agreements.domain.errors import InvalidReport
from services.agreements.domain.mail import Action

_OURS: Final = re.compile(r"<notice\.([0-9a-f]{32})@")
_ENVELOPE: Final = re.compile(r"[0-9a-f]{32}")
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_STATUS_PART: Final = "message/delivery-status"
_RETURNED: Final = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
MAX_PARTS: Final = 100


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one mail. `status` is its enhanced code (RFC 3463), such as 5.1.1; None when it gives none."""

    mail: UUID
    action: Action
    status: str | None


def read_report(content: bytes) -> Report:
    """The report a message holds. Its recipient is not read: the id names the mail. Raises InvalidReport."""
    try:
        parts = _parts(message_from_bytes(content))
        blocks = [
            block for part in parts if part.get_content_type() == "message/delivery-status" for block in _in(part)
        ]
        returned = [block for part in parts if part.get_content_type() in _RETURNED for block in _returned(part)]
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InvalidReport from None
    mail = _mail(blocks, returned)
    action = next((str(block["Action"]).strip().lower() for block in blocks if block["Action"]), "")
    if mail is None or action not in set(Action):
        raise InvalidReport
    status = next((_STATUS.search(str(block["Status"])) for block in blocks if block["Status"]), None)
    return Report(mail, Action(action), status.group() if status else None)


def _parts(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        found.append(part)
        if len(found) > MAX_PARTS:
            raise InvalidReport
    return found


def _in(part: Message) -> Iterator[Message]:
    """The blocks of a delivery status: of the message, then of its recipients."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))


def _returned(part: Message) -> Iterator[Message]:
    """The head of the mail that is reported, given back whole or as headers."""
    yield from _in(part)
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        yield message_from_bytes(payload)


def _mail(blocks: list[Message], returned: list[Message]) -> UUID | None:
    for block in blocks:
        envelope = _ENVELOPE.fullmatch(str(block["Original-Envelope-Id"] or "").strip())
        if envelope is not None:
            return UUID(envelope.group())
    for head in returned:
        ours = _OURS.match(str(head["Message-ID"] or "").strip())
        if ours is not None:
            return UUID(ours.group(1))
    return None
