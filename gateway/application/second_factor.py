"""The second factor: one-time passwords by time (RFC 6238), each accepted once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pyotp
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import accounts
from gateway.domain.accounts import Account
from kit.crypto import KeyRing

ISSUER: Final = "Relais"
STEP_S: Final = 30
# The phone's clock may be half a minute off.
STEPS_AROUND: Final = 1
DIGITS: Final = 6


def new_secret() -> str:
    """A secret to enrol with, in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, account: Account) -> str:
    """What an authenticator reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, near now; None when it is none."""
    if len(code) != DIGITS or not code.isdecimal():
        return None
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    near = range(current - STEPS_AROUND, current + STEPS_AROUND + 1)
    return next((step for step in near if pyotp.utils.strings_equal(totp.at(step * STEP_S), code)), None)


async def enrol(tx: AsyncConnection, account: Account, secret: str, code: str, *, ring: KeyRing, now: datetime) -> bool:
    """Keep this secret once the person shows a code of it; whether it was right."""
    step = step_of(secret, code, now)
    if step is None:
        return False
    await accounts.set_totp(tx, account.login, ring.encrypt(secret.encode(), _place(account.login)), step)
    return True


async def check(tx: AsyncConnection, account: Account, code: str, ring: KeyRing, now: datetime) -> bool:
    """Whether it is a code of now that was not used yet. A wrong one counts as a failed sign-in."""
    held = await accounts.find(tx, account.login, lock=True)
    if held is None or held.is_locked(now):
        return False
    sealed, _ = await accounts.totp(tx, account.login)
    assert sealed is not None, "asked only of accounts that have one"
    step = step_of(ring.decrypt(sealed, _place(account.login)).decode(), code, now)
    if step is not None and await accounts.use_step(tx, account.login, step):
        return True
    await accounts.note_attempt(tx, held.after_failure(now))
    return False


def _place(login: str) -> str:
    return f"account.totp_sealed:{login}"
