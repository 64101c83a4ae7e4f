"""Notices and their deliveries: due for whoever is covered, until there is a proof (art. 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.agreements.adapters.tables import notice, notice_delivery

# Whoever is covered on or after the day of issue waits for the notice, since that day or the first covered one.
_DUE = text(
    """
    INSERT INTO notice_delivery (agreement, version, agent, employer, due_since)
    SELECT n.agreement, n.version, c.agent, c.employer,
           greatest(n.issued_on, lower(c.days * datemultirange(daterange(n.issued_on, NULL))))
      FROM notice n JOIN cover c ON c.agreement = n.agreement
     WHERE n.agreement = :agreement
       AND n.version = (SELECT max(version) FROM notice WHERE agreement = :agreement)
       AND (CAST(:agent AS text) IS NULL OR c.agent = :agent)
       AND c.days && daterange(n.issued_on, NULL)
    ON CONFLICT DO NOTHING
    """
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A version of the notice. `reference` says where it is kept, `digest` is the SHA-256 of its file."""

    version: int
    insurer: str
    issued_on: date
    reference: str
    digest: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice an agent waits for, or was handed."""

    version: int
    agent: str
    employer: str
    due_since: date
    delivered_on: date | None
    channel: str | None


async def latest(tx: AsyncConnection, agreement: str) -> Notice | None:
    query = select(notice).where(notice.c.agreement == agreement).order_by(notice.c.version.desc()).limit(1)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Notice(row.version, row.insurer, row.issued_on, row.reference, row.digest)


async def issue(tx: AsyncConnection, agreement: str, one: Notice, recording: Recording) -> None:
    """Keep a version, and make it due for everybody it concerns."""
    await tx.execute(
        insert(notice).values(
            agreement=agreement,
            version=one.version,
            insurer=one.insurer,
            issued_on=one.issued_on,
            reference=one.reference,
            digest=one.digest,
            recorded_at=recording.at,
            recorded_by=recording.by,
        )
    )
    await make_due(tx, agreement)


async def make_due(tx: AsyncConnection, agreement: str, agent: str | None = None) -> None:
    """Make the latest notice due for who is covered and does not wait for it yet; one agent, or all."""
    await tx.execute(_DUE, {"agreement": agreement, "agent": agent})


async def hand_over(tx: AsyncConnection, agreement: str, delivery: Delivery, proof: str, recording: Recording) -> bool:
    """Record that a notice was handed over; False when nobody waits for it."""
    table = notice_delivery.c
    waiting = (
        (table.agreement == agreement)
        & (table.version == delivery.version)
        & (table.agent == delivery.agent)
        & (table.employer == delivery.employer)
        & table.delivered_on.is_(None)
    )
    values = {"delivered_on": delivery.delivered_on, "channel": delivery.channel, "proof": proof}
    done = await tx.execute(update(notice_delivery).where(waiting).values(recorded_by=recording.by, **values))
    return done.rowcount == 1


async def waiting(tx: AsyncConnection, agreement: str, after: tuple[str, str, int], limit: int) -> list[Delivery]:
    """Who still waits, by agent, employer and version, from what follows `after`."""
    table = notice_delivery.c
    follows = func.row(table.agent, table.employer, table.version) > func.row(*(literal(part) for part in after))
    query = select(notice_delivery).where(table.agreement == agreement, table.delivered_on.is_(None), follows)
    rows = await tx.execute(query.order_by(table.agent, table.employer, table.version).limit(limit))
    return [Delivery(r.version, r.agent, r.employer, r.due_since, r.delivered_on, r.channel) for r in rows]
