"""The feeds of employers and insurers, as stored.

`next_position` takes a lock until commit: whoever holds it sees all that was committed before, and what it writes is
visible before anything written after. So no fact slips between an accord and its back-fill, and no reader skips one.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import employer_event, membership, partner_event
from gateway.domain.memberships import Fact, Membership
from kit.events.envelope import Envelope
from kit.period import Period

CHANNEL: Final = "relais_partner_feed"
BACKFILL_BATCH: Final = 500
_NEXT: Final = text(
    f"UPDATE feed_head SET position = position + 1 RETURNING position, pg_notify('{CHANNEL}', '')"  # noqa: S608 - a constant
)
_RECORD: Final = text(
    """
    INSERT INTO employer_event
        (position, event, employer, topic, key, type, agreement, insurer, claim, first, last, envelope)
    VALUES (:position, :event, :employer, :topic, :key, :type, :agreement, :insurer, :claim, :first, :last,
            CAST(:envelope AS json))
    ON CONFLICT (event) DO NOTHING
    """
)
_DELIVER: Final = text(
    """
    WITH fresh AS (
        SELECT WHERE NOT EXISTS (SELECT FROM partner_event WHERE insurer = :insurer AND event = :event)
    ), head AS (
        INSERT INTO partner_head (insurer, position) SELECT :insurer, 1 FROM fresh
        ON CONFLICT (insurer) DO UPDATE SET position = partner_head.position + 1
        RETURNING position
    )
    INSERT INTO partner_event (insurer, position, event, topic, key, type, envelope)
    SELECT :insurer, position, :event, :topic, :key, :type, CAST(:envelope AS json) FROM head
    """
)
_SEQUENCE: Final = text(
    """
    INSERT INTO agreement_version AS held (agreement, sequence) VALUES (:agreement, :sequence)
    ON CONFLICT (agreement) DO UPDATE SET sequence = excluded.sequence WHERE held.sequence <= excluded.sequence
    RETURNING sequence
    """
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of an employer as stored."""

    position: int
    fact: Fact
    envelope: Envelope


async def next_position(tx: AsyncConnection) -> int:
    """The next position of employers' feeds. Everybody else waits for this transaction to end."""
    return int((await tx.execute(_NEXT)).scalars().one())


async def record(tx: AsyncConnection, position: int, fact: Fact, envelope: Envelope) -> None:
    """Store an event of an employer; the same one again changes nothing."""
    values = {
        "position": position,
        "agreement": fact.agreement,
        "insurer": fact.insurer,
        "claim": fact.claim,
        "employer": fact.employer,
        "first": fact.span.start,
        "last": fact.span.last,
        **_identity(envelope),
        "envelope": envelope.json_text(),
    }
    await tx.execute(_RECORD, values)


async def opening_of(tx: AsyncConnection, claim: str) -> Fact | None:
    """The first event of a claim, which says its lot; None before it came."""
    query = select(employer_event).where(employer_event.c.claim == claim).order_by(employer_event.c.position).limit(1)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _recorded(row).fact


async def deliver(tx: AsyncConnection, insurer: str, envelope: Envelope, shown: dict[str, Any]) -> None:
    """Give an insurer the event as it may see it; the same one again changes nothing."""
    body = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    await tx.execute(_DELIVER, {"insurer": insurer, **_identity(envelope), "envelope": body})


async def memberships_of_employer(tx: AsyncConnection, employer: str) -> list[Membership]:
    rows = await tx.execute(select(membership).where(membership.c.employer == employer))
    return [Membership(row.agreement, row.employer, row.insurer, row.valid) for row in rows]


async def replace_memberships(
    tx: AsyncConnection, agreement: str, sequence: int, memberships: Sequence[Membership]
) -> bool:
    """The memberships of an accord from its event number `sequence`; False when a later one was seen already."""
    if (await tx.execute(_SEQUENCE, {"agreement": agreement, "sequence": sequence})).one_or_none() is None:
        return False
    await tx.execute(delete(membership).where(membership.c.agreement == agreement))
    if memberships:
        rows = [
            {"agreement": m.agreement, "employer": m.employer, "insurer": m.insurer, "valid": m.valid}
            for m in memberships
        ]
        await tx.execute(insert(membership), rows)
    return True


async def recorded(
    tx: AsyncConnection, employers: Collection[str], types: Collection[str]
) -> AsyncIterator[Sequence[Recorded]]:
    """What was stored of these employers and types, in its order, in batches."""
    after = 0
    while True:
        query = (
            select(employer_event)
            .where(
                employer_event.c.employer.in_(employers),
                employer_event.c.type.in_(types),
                employer_event.c.position > after,
            )
            .order_by(employer_event.c.position)
            .limit(BACKFILL_BATCH)
        )
        rows = (await tx.execute(query)).all()
        if not rows:
            return
        yield [_recorded(row) for row in rows]
        after = rows[-1].position


async def forget(tx: AsyncConnection, topic: str, keys: Sequence[str]) -> None:
    """Remove what was built from keys whose history their producer lost."""
    for table in (employer_event, partner_event):
        await tx.execute(delete(table).where(table.c.topic == topic, table.c.key.in_(keys)))


def _identity(envelope: Envelope) -> dict[str, str | UUID]:
    return {"event": envelope.id, "topic": envelope.topic, "key": envelope.key, "type": envelope.type}


def _recorded(row: Any) -> Recorded:
    fact = Fact(row.employer, Period(row.first, row.last), row.agreement, row.insurer, row.claim)
    return Recorded(row.position, fact, Envelope.model_validate(row.envelope))
