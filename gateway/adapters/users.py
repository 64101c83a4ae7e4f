"""Accounts as those who administer them see and change them; sessions of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.accounts import account_of, session_of, values_of
from gateway.adapters.tables import account as table
from gateway.adapters.tables import staff_session as sessions
from gateway.domain.accounts import ABSOLUTE, HALF_WAY, IDLE, NO_PASSWORD, Account, Session


@dataclass(frozen=True, slots=True)
class Invitation:
    """What chooses a password, by its digest."""

    digest: str
    until: datetime


async def page(tx: AsyncConnection, after: str | None, limit: int, text: str | None = None) -> list[Account]:
    """Accounts by login, closed ones too; `text` is a part of the login, the name or the organisation."""
    query = select(table).order_by(table.c.login).limit(limit)
    if after is not None:
        query = query.where(table.c.login > after)
    if text is not None:
        held = (table.c.login, table.c.name, table.c.organisation)
        query = query.where(or_(*(func.lower(column).contains(text.lower(), autoescape=True) for column in held)))
    return [account_of(row) for row in (await tx.execute(query)).all()]


async def find(tx: AsyncConnection, login: str, *, lock: bool = False) -> Account | None:
    """The account of that login, closed or not. `lock` holds it until the transaction ends."""
    query = select(table).where(table.c.login == login)
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else account_of(row)


async def is_taken(tx: AsyncConnection, subject: str, login: str) -> bool:
    """Whether the account of another login has that subject at the issuer."""
    query = select(table.c.login).where(table.c.oidc_subject == subject, table.c.login != login)
    return (await tx.execute(query)).one_or_none() is not None


async def add(tx: AsyncConnection, account: Account, invitation: Invitation, now: datetime, by: str) -> bool:
    """Insert; False when there is one of that login, closed ones included."""
    values = {**values_of(account, now), **_held(invitation), "changed_by": by}
    statement = insert(table).values(login=account.login, **values).on_conflict_do_nothing().returning(table.c.login)
    return (await tx.execute(statement)).one_or_none() is not None


async def replace(tx: AsyncConnection, account: Account, now: datetime, by: str) -> None:
    """What the person is and may do."""
    await _change(tx, account.login, now, by, values_of(account, now))


async def invite(tx: AsyncConnection, login: str, invitation: Invitation, now: datetime, by: str) -> None:
    """A code that chooses a password; the password before is none any more."""
    await _change(tx, login, now, by, _held(invitation))


async def invited(tx: AsyncConnection, digest: str, now: datetime, *, lock: bool = False) -> Account | None:
    """The active account of an invitation that is still good. `lock` holds it until the transaction ends."""
    query = select(table).where(table.c.invitation == digest, table.c.invited_until > now, table.c.active)
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else account_of(row)


async def set_password(tx: AsyncConnection, login: str, password_hash: str) -> None:
    """The invitation has served, and failures before are forgotten."""
    values = {"password_hash": password_hash, "invitation": None, "invited_until": None, "failures": 0}
    await tx.execute(update(table).where(table.c.login == login).values(**values, locked_until=None))


async def unlock(tx: AsyncConnection, login: str, now: datetime, by: str) -> None:
    await _change(tx, login, now, by, {"failures": 0, "locked_until": None})


async def drop_second_factor(tx: AsyncConnection, login: str, now: datetime, by: str) -> None:
    await _change(tx, login, now, by, {"totp_sealed": None, "totp_step": 0})


async def session_page(
    tx: AsyncConnection, login: str | None, now: datetime, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Session]:
    """Sessions that are not over, the latest opened first."""
    lasting = and_(sessions.c.created_at > now - ABSOLUTE, sessions.c.seen_at > now - IDLE)
    half_way = or_(sessions.c.complete, sessions.c.created_at > now - HALF_WAY)
    order = (sessions.c.created_at.desc(), sessions.c.digest.desc())
    query = select(sessions).where(lasting, half_way).order_by(*order).limit(limit)
    if login is not None:
        query = query.where(sessions.c.login == login)
    if after is not None:
        query = query.where(tuple_(sessions.c.created_at, sessions.c.digest) < after)
    return [session_of(row) for row in (await tx.execute(query)).all()]


def _held(invitation: Invitation) -> dict[str, Any]:
    return {"invitation": invitation.digest, "invited_until": invitation.until, "password_hash": NO_PASSWORD}


async def _change(tx: AsyncConnection, login: str, now: datetime, by: str, values: dict[str, Any]) -> None:
    also = {"changed_by": by, "recorded_at": now, "version": table.c.version + 1}
    await tx.execute(update(table).where(table.c.login == login).values(**(values | also)))
