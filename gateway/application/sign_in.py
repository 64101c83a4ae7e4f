"""Signing a person in: password, lock, second factor, session. Everything takes the same time for nobody's login."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import accounts
from gateway.application.clients import CONCURRENT_HASHES, HASHER, verify_hash
from gateway.domain.accounts import MAX_PASSWORD, MIN_PASSWORD, Account, Session
from gateway.domain.clients import Client, InvalidClient
from kit.clock import Clock

TOUCH_EVERY: Final = timedelta(minutes=1)
COOKIE_BYTES: Final = 32


async def register_account(tx: AsyncConnection, person: Client, organisation: str, password: str, clock: Clock) -> None:
    """Store a person's account, or replace the one of that login. Raises InvalidClient."""
    person.check()
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidClient(pointer="/password")
    hashed = await asyncio.to_thread(HASHER.hash, password)
    await accounts.save(tx, Account(person, organisation, hashed), clock.instant())


class PasswordChecker:
    """Argon2, a few at a time; a login that nobody has costs as much as one that somebody has."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(CONCURRENT_HASHES)
        self._nobody = HASHER.hash(os.urandom(16).hex())

    async def account(self, tx: AsyncConnection, login: str, password: str, now: datetime) -> Account | None:
        """The account, or None: unknown, locked or another password, which are not told apart."""
        found = await accounts.find(tx, login, lock=True)
        hashed = self._nobody if found is None else found.password_hash
        async with self._slots:
            good = await asyncio.to_thread(verify_hash, hashed, password[:MAX_PASSWORD])
        if found is None or found.is_locked(now):
            return None
        if not good or len(password) > MAX_PASSWORD:
            await accounts.note_attempt(tx, found.after_failure(now))
            return None
        return found


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who the cookie of a request stands for, and the session it opens."""

    account: Account
    session: Session


def digest_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


async def open_session(tx: AsyncConnection, account: Account, *, complete: bool, now: datetime) -> str:
    """A new session; the cookie that opens it. Completing one always makes a new cookie."""
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    await accounts.open_session(tx, digest_of(cookie), Session(account.login, now, now, complete))
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
    return SignedIn(account, session)
