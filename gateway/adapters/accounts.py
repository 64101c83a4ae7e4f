"""Accounts of persons and their sessions, as stored: a session by the digest of its cookie, never the cookie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import account as table
from gateway.adapters.tables import staff_session as sessions
from gateway.domain.accounts import ABSOLUTE, IDLE, Account, Session
from gateway.domain.clients import Client
from gateway.domain.roles import scopes_of


async def save(tx: AsyncConnection, account: Account, now: datetime) -> None:
    """Insert, or replace what the account of that login is and may do. Its second factor stays."""
    values = values_of(account, now)
    statement = insert(table).values(login=account.login, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["login"], set_=values))


async def find(tx: AsyncConnection, login: str, *, lock: bool = False) -> Account | None:
    """The active account of that login, or None. `lock` holds it until the transaction ends."""
    query = select(table).where(table.c.login == login, table.c.active)
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else account_of(row)


async def find_subject(tx: AsyncConnection, subject: str) -> Account | None:
    """The active account of whom the issuer calls so, or None."""
    query = select(table).where(table.c.oidc_subject == subject, table.c.active)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else account_of(row)


def values_of(account: Account, now: datetime) -> dict[str, Any]:
    """The columns that say who the person is and what he may do."""
    person = account.person
    return {
        "name": person.name,
        "organisation": account.organisation,
        "password_hash": account.password_hash,
        "role": account.role,
        "scopes": [] if account.role else sorted(person.scopes),
        "employers": None if person.employers is None else sorted(person.employers),
        "insurer": person.insurer,
        "department": person.department,
        "oidc_subject": account.oidc_subject,
        "active": person.active,
        "assumption": person.assumption,
        "recorded_at": now,
    }


def account_of(row: Any) -> Account:
    """The account of a row."""
    person = Client(
        row.login,
        row.name,
        scopes_of(row.role, frozenset(row.scopes)),
        None if row.employers is None else frozenset(row.employers),
        row.insurer,
        row.active,
        row.assumption,
        row.department,
    )
    return Account(
        person,
        row.organisation,
        row.password_hash,
        row.totp_sealed is not None,
        row.failures,
        row.locked_until,
        row.role,
        row.invited_until,
        row.version,
        row.recorded_at,
        row.oidc_subject,
    )


async def note_attempt(tx: AsyncConnection, account: Account) -> None:
    """Keep the count of failures, and the lock."""
    values = {"failures": account.failures, "locked_until": account.locked_until}
    await tx.execute(update(table).where(table.c.login == account.login).values(values))


async def totp(tx: AsyncConnection, login: str) -> tuple[bytes | None, int]:
    """The sealed secret of the second factor, and the last time step whose code was used."""
    row = (await tx.execute(select(table.c.totp_sealed, table.c.totp_step).where(table.c.login == login))).one()
    return None if row.totp_sealed is None else bytes(row.totp_sealed), row.totp_step


async def set_totp(tx: AsyncConnection, login: str, sealed: bytes, step: int) -> None:
    await tx.execute(update(table).where(table.c.login == login).values(totp_sealed=sealed, totp_step=step))


async def use_step(tx: AsyncConnection, login: str, step: int) -> bool:
    """Take a time step, once: False when a code of it, or of a later one, was used already."""
    taken = update(table).where(table.c.login == login, table.c.totp_step < step).values(totp_step=step)
    return (await tx.execute(taken)).rowcount == 1


async def drop_sessions_over(tx: AsyncConnection, now: datetime) -> None:
    """Those that are too old, or that nobody has used for too long."""
    over = or_(sessions.c.created_at < now - ABSOLUTE, sessions.c.seen_at < now - IDLE)
    await tx.execute(delete(sessions).where(over))


async def open_session(tx: AsyncConnection, digest: str, session: Session, id_token: bytes | None = None) -> None:
    """Store a session, and drop those that are over."""
    await drop_sessions_over(tx, session.created_at)
    values = {
        "digest": digest,
        "login": session.login,
        "created_at": session.created_at,
        "seen_at": session.seen_at,
        "complete": session.complete,
        "id_token": id_token,
    }
    await tx.execute(insert(sessions).values(values))


async def find_session(tx: AsyncConnection, digest: str) -> Session | None:
    row = (await tx.execute(select(sessions).where(sessions.c.digest == digest))).one_or_none()
    return None if row is None else session_of(row)


def session_of(row: Any) -> Session:
    """The session of a row."""
    return Session(row.login, row.created_at, row.seen_at, row.complete, row.digest, row.id_token)


async def touch_session(tx: AsyncConnection, digest: str, now: datetime) -> None:
    await tx.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=now))


async def close_session(tx: AsyncConnection, digest: str) -> bool:
    """Whether there was one."""
    return (await tx.execute(delete(sessions).where(sessions.c.digest == digest))).rowcount == 1


async def close_sessions_of(tx: AsyncConnection, login: str) -> None:
    """Sign a person out everywhere."""
    await tx.execute(delete(sessions).where(sessions.c.login == login))
