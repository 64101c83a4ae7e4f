"""Signing a person in: password, lock, second factor, session. Everything takes the same time for nobody's login."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import accounts, users
from gateway.application.hashing import Hashing, hash_of
from gateway.domain.accounts import MAX_PASSWORD, MIN_PASSWORD, NO_PASSWORD, Account, Session
from gateway.domain.clients import Client, InvalidClient
from kit.clock import Clock
from kit.db.database import Database, Scope

TOUCH_EVERY: Final = timedelta(minutes=1)
COOKIE_BYTES: Final = 32


async def register_account(tx: AsyncConnection, person: Client, organisation: str, password: str, clock: Clock) -> None:
    """Store a person's account, or replace the one of that login. Raises InvalidClient."""
    person.check()
    await accounts.save(tx, Account(person, organisation, await hash_password(password)), clock.instant())


async def hash_password(password: str) -> str:
    """Its argon2 hash. Raises InvalidClient when it is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidClient(pointer="/password")
    return await hash_of(password)


async def checked_account(
    database: Database, hashing: Hashing, login: str, password: str, now: datetime
) -> Account | None:
    """Whose login and password these are, or None: unknown, locked or another password, which are not told apart.

    Failures are counted one by one: however many tries come at once, those after the last that is allowed find the
    account locked. Nothing is held while hashing. Raises 503 `identity_busy`.
    """
    async with database.transaction(Scope.none()) as tx:
        known = await accounts.find(tx, login)
    password_hash = None if known is None or known.password_hash == NO_PASSWORD else known.password_hash
    good = await hashing.is_good(password_hash, password[:MAX_PASSWORD]) and len(password) <= MAX_PASSWORD
    async with database.transaction(Scope.none()) as tx:
        found = await accounts.find(tx, login, lock=True)
        if found is None or found.is_locked(now) or found.password_hash != password_hash:
            return None
        if not good:
            await accounts.note_attempt(tx, found.after_failure(now))
        elif not found.second_factor:
            await accounts.note_attempt(tx, found.after_success())
    return found if good else None


async def change_password(
    database: Database, hashing: Hashing, who: Account, *, current: str, chosen: str, clock: Clock
) -> bool:
    """Whether `current` was good: then the password is `chosen`, and every session of the person is over.

    A wrong one counts as a failure to sign in. Raises InvalidClient (too short or too long), 503 `identity_busy`.
    """
    password_hash = await hash_password(chosen)
    found = await checked_account(database, hashing, who.login, current, clock.instant())
    if found is None:
        return False
    async with database.transaction(Scope.none()) as tx:
        locked = await accounts.find(tx, who.login, lock=True)
        if locked is None or locked.password_hash != found.password_hash:
            return False
        await users.set_password(tx, who.login, password_hash)
        await accounts.close_sessions_of(tx, who.login)
    return True


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who the cookie of a request stands for, and the session it opens."""

    account: Account
    session: Session

    @property
    def must_enrol(self) -> bool:
        """Whether a second factor is to be set up first. An issuer asks for its own."""
        return self.account.must_enrol and self.session.id_token is None


def digest_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


async def open_session(
    tx: AsyncConnection, account: Account, *, complete: bool, now: datetime, id_token: bytes | None = None
) -> str:
    """A new session; the cookie that opens it. Completing one always makes a new cookie."""
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    await accounts.open_session(tx, digest_of(cookie), Session(account.login, now, now, complete), id_token)
    return cookie


async def signed_in(tx: AsyncConnection, cookie: str, now: datetime) -> SignedIn | None:
    """Whose cookie it is, while the session lasts and the account is active."""
    digest = digest_of(cookie)
    session = await accounts.find_session(tx, digest)
    if session is None:
        return None
    account = await accounts.find(tx, session.login)
    if account is None or session.is_over(now):
        await accounts.close_session(tx, digest)
        return None
    if now - session.seen_at >= TOUCH_EVERY:
        await accounts.touch_session(tx, digest, now)
        session = replace(session, seen_at=now)
    return SignedIn(account, session)
