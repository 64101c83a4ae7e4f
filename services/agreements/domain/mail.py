"""An e-mail that carries a notice: how far it is, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MailState(StrEnum):
    """QUEUED until the relay takes it; SENT, then perhaps CONFIRMED or BOUNCED by a report; FAILED when given up."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    CONFIRMED = "CONFIRMED"
    BOUNCED = "BOUNCED"
    FAILED = "FAILED"


class Action(StrEnum):
    """What a report says of a mail (RFC 3464 §2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The relay took the mail; `answer` is what it said, a proof of the handing over."""

    answer: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The relay will never take it."""

    answer: str


@dataclass(frozen=True, slots=True)
class Delayed:
    """Not now: the relay is away, or says to come back."""

    answer: str


Outcome = Accepted | Refused | Delayed


def after_report(state: MailState, action: Action) -> MailState:
    """Where a report leads a mail. A failure is believed even after a confirmation: the later word counts.

    >>> after_report(MailState.SENT, Action.DELIVERED), after_report(MailState.QUEUED, Action.FAILED)
    (<MailState.CONFIRMED: 'CONFIRMED'>, <MailState.QUEUED: 'QUEUED'>)
    """
    if state not in {MailState.SENT, MailState.CONFIRMED}:
        return state
    match action:
        case Action.FAILED:
            return MailState.BOUNCED
        case Action.DELIVERED:
            return MailState.CONFIRMED
        case _:
            return state
