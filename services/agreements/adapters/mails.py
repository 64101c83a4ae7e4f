"""The queue of e-mails that carry notices. An address is readable only until its mail is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.ids import new_id
from kit.recording import Recording
from services.agreements.adapters.tables import notice_mail
from services.agreements.domain.mail import MailState

# Longer than a batch can take on the slowest relay: a mail is leased again only when its worker is lost.
LEASE: Final = timedelta(minutes=15)
BATCH: Final = 20
_LEASE: Final = text(
    """
    UPDATE notice_mail SET attempts = attempts + 1, not_before = :until
     WHERE id IN (SELECT id FROM notice_mail WHERE state = 'QUEUED' AND not_before <= :now
                  ORDER BY not_before, id LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING *
    """
)


@dataclass(frozen=True, slots=True)
class NewMail:
    """A notice to be sent to an agent's address."""

    agent: str
    employer: str
    address: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it stands; `address` only while it is queued."""

    id: UUID
    agreement: str
    version: int
    agent: str
    employer: str
    state: MailState
    attempts: int
    answer: str | None
    address: bytes | None


async def queue(
    tx: AsyncConnection, agreement: str, version: int, new: Sequence[NewMail], *, ring: KeyRing, recording: Recording
) -> set[tuple[str, str]]:
    """Queue mails; the agents (with the employer) for whom that is new: one mail at a time runs for a delivery."""
    rows = []
    for one in new:
        key = new_id()
        rows.append(
            {
                "id": key,
                "agreement": agreement,
                "version": version,
                "agent": one.agent,
                "employer": one.employer,
                "address": ring.encrypt(one.address.encode(), _place(key)),
                "state": MailState.QUEUED.value,
                "attempts": 0,
                "not_before": recording.at,
                "queued_at": recording.at,
                "queued_by": recording.by,
            }
        )
    if not rows:
        return set()
    taken = insert(notice_mail).values(rows).on_conflict_do_nothing()
    done = await tx.execute(taken.returning(notice_mail.c.agent, notice_mail.c.employer))
    return {(row.agent, row.employer) for row in done}


async def lease(tx: AsyncConnection, now: datetime) -> list[Mail]:
    """Mails that are due, for this worker alone for a while."""
    rows = await tx.execute(_LEASE, {"now": now, "until": now + LEASE, "batch": BATCH})
    return [_mail(row) for row in rows.mappings()]


async def locked(tx: AsyncConnection, key: UUID) -> Mail | None:
    query = select(notice_mail).where(notice_mail.c.id == key).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else _mail(row)


async def settle(tx: AsyncConnection, mail: Mail, state: MailState, answer: str, at: datetime) -> bool:
    """Say what became of a mail, and forget its address; False when another worker has it since."""
    values = {"state": state.value, "answer": answer, "address": None, "settled_at": at}
    same = (notice_mail.c.id == mail.id) & (notice_mail.c.attempts == mail.attempts)
    done = await tx.execute(update(notice_mail).where(same, notice_mail.c.state == mail.state.value).values(values))
    return done.rowcount == 1


async def put_off(tx: AsyncConnection, mail: Mail, answer: str, until: datetime) -> None:
    same = (notice_mail.c.id == mail.id) & (notice_mail.c.attempts == mail.attempts)
    await tx.execute(update(notice_mail).where(same).values(answer=answer, not_before=until))


async def states(tx: AsyncConnection, agreement: str) -> dict[str, int]:
    """How many mails of an accord are in each state; of the employers the caller stands for."""
    query = select(notice_mail.c.state, func.count().label("mails")).where(notice_mail.c.agreement == agreement)
    rows = await tx.execute(query.group_by(notice_mail.c.state))
    return {row.state: row.mails for row in rows}


def opened(mail: Mail, ring: KeyRing) -> str:
    """The address. Raises Undecipherable. Asserts that the mail is queued."""
    assert mail.address is not None, "a settled mail has no address"
    return ring.decrypt(mail.address, _place(mail.id)).decode()


def _place(key: UUID) -> str:
    return f"notice_mail.address:{key}"


def _mail(row: RowMapping) -> Mail:
    return Mail(
        row["id"],
        row["agreement"],
        row["version"],
        row["agent"],
        row["employer"],
        MailState(row["state"]),
        row["attempts"],
        row["answer"],
        row["address"],
    )
