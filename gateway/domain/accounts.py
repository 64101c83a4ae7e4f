"""A person's account: who signs in, what the person may do, and when a session or a lock ends. Instants are UTC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.clients import Client

# A token's subject tells persons from programs: nothing a person does can be taken for a client's act.
SUBJECT_PREFIX: Final = "user-"
FAILURES_BEFORE_LOCK: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=10)
# Between the password and the code of the second factor.
HALF_WAY: Final = timedelta(minutes=5)
MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 256


@dataclass(frozen=True, slots=True)
class Account:
    """`person` carries the scopes and the employers or insurer stood for; its id is the login.

    `organisation` is the centre or employer the person works for, as shown; a demo account (`person.assumption`)
    may do without a second factor.
    """

    person: Client
    organisation: str
    password_hash: str
    second_factor: bool = False
    failures: int = 0
    locked_until: datetime | None = None

    @property
    def login(self) -> str:
        return self.person.id

    @property
    def must_enrol(self) -> bool:
        """Whether a second factor is still to be set up before anything else."""
        return not self.second_factor and not self.person.assumption

    @property
    def subject(self) -> Client:
        """Whom a token of this person is issued to."""
        return replace(self.person, id=SUBJECT_PREFIX + self.person.id)

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def after_failure(self, now: datetime) -> Account:
        """One wrong password or code more; the fifth in a row locks for a while and the count begins again."""
        failures = self.failures + 1
        if failures < FAILURES_BEFORE_LOCK:
            return replace(self, failures=failures)
        return replace(self, failures=0, locked_until=now + LOCKED_FOR)

    def after_success(self) -> Account:
        """Every factor was shown: former failures are forgotten."""
        return replace(self, failures=0, locked_until=None)


@dataclass(frozen=True, slots=True)
class Session:
    """`complete` once every factor was shown; before, it opens nothing but the page that asks for the code."""

    login: str
    created_at: datetime
    seen_at: datetime
    complete: bool

    def is_over(self, now: datetime) -> bool:
        """Idle too long, too old, or left half way."""
        if not self.complete and now - self.created_at >= HALF_WAY:
            return True
        return now - self.seen_at >= IDLE or now - self.created_at >= ABSOLUTE
