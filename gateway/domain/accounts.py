"""A person's account: who signs in, what the person may do, and when a session or a lock ends. Instants are UTC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.clients import Client
from gateway.domain.roles import Role
from kit.errors import RelaisError

# A token's subject tells persons from programs: nothing a person does can be taken for a client's act.
SUBJECT_PREFIX: Final = "user-"
FAILURES_BEFORE_LOCK: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
IDLE: Final = timedelta(minutes=30)
# Twenty hours: a shorter limit that nobody can put off would shut out who needs more time (RGAA 13.1, WCAG 2.2.1).
ABSOLUTE: Final = timedelta(hours=20)
# Between the password and the code of the second factor.
HALF_WAY: Final = timedelta(minutes=5)
MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 256
INVITED_FOR: Final = timedelta(days=3)
# The hash of an account whose password is still to be chosen: no password has it.
NO_PASSWORD: Final = ""


class UserExists(RelaisError):
    code = "user_exists"
    title_fr = "Un compte porte déjà cet identifiant"
    title_en = "An account has this login already"
    status = 409


class UnknownUser(RelaisError):
    code = "unknown_user"
    title_fr = "Compte inconnu"
    title_en = "Unknown account"
    status = 404


class SubjectTaken(RelaisError):
    code = "subject_taken"
    title_fr = "Un autre compte a déjà cet identifiant chez l'émetteur"
    title_en = "Another account has this subject at the issuer"
    status = 409


class NotYourself(RelaisError):
    code = "not_yourself"
    title_fr = "Nul n'administre son propre compte"
    title_en = "Nobody administers his own account"
    status = 403


@dataclass(frozen=True, slots=True)
class Account:
    """`person` carries the scopes and the employers or insurer stood for; its id is the login.

    `organisation` is the centre or employer the person works for, as shown; a demo account (`person.assumption`)
    may do without a second factor. `role` is the one that gives the scopes; none where they are its own.
    `invited_until` is how long the link to choose a password is good; `oidc_subject` who the person is at the issuer.
    """

    person: Client
    organisation: str
    password_hash: str
    second_factor: bool = False
    failures: int = 0
    locked_until: datetime | None = None
    role: Role | None = None
    invited_until: datetime | None = None
    version: int = 1
    recorded_at: datetime | None = None
    oidc_subject: str | None = None

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
    """`complete` once every factor was shown; before, it opens nothing but the page that asks for the code.

    `id_token`, sealed, is of a session that an issuer opened: the second factor was its to ask for.
    """

    login: str
    created_at: datetime
    seen_at: datetime
    complete: bool
    digest: str = ""
    id_token: bytes | None = None

    @property
    def ends_at(self) -> datetime:
        """When it is over at the latest, if nothing more is done with it."""
        return min(self.seen_at + IDLE, self.created_at + (ABSOLUTE if self.complete else HALF_WAY))

    def is_over(self, now: datetime) -> bool:
        """Idle too long, too old, or left half way."""
        return now >= self.ends_at
