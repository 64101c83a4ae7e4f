"""The feeds of employers and insurers, as stored.

`alone` takes a lock until commit: whoever holds it sees all that was committed before, and what it writes is visible
before anything written after. So no fact slips between an accord and its back-fill, and no reader skips a position.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Transaction, delete, insert, null, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import agreement_version, employer_event, membership, partner_event
from gateway.domain.disclosure import disclosed
from gateway.domain.memberships import Fact, Membership
from kit.db.database import wake_after
from kit.events.envelope import Envelope
from kit.period import Period

CHANNEL: Final = "relais_partner_feed"
BACKFILL_BATCH: Final = 500
# Any number: it only keeps two writers of feeds from running at once.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(7305020)")
_RECORD: Final = text(
    """
    INSERT INTO employer_event (event, employer, topic, key, type, agreement, insurer, claim, first, last, envelope)
    VALUES (:event, :employer, :topic, :key, :type, :agreement, :insurer, :claim, :first, :last,
            CAST(:envelope AS json))
    ON CONFLICT (event) DO NOTHING
    """
)
# Positions go on from the last one, which forgetting never frees.
_DELIVER: Final = text(
    """
    INSERT INTO partner_event (insurer, position, event, topic, key, type, envelope)
    SELECT :insurer, last.position + row_number() OVER (ORDER BY place), event, topic, key, type, envelope::json
      FROM unnest(CAST(:events AS uuid[]), CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:types AS text[]),
                  CAST(:envelopes AS text[])) WITH ORDINALITY AS new (event, topic, key, type, envelope, place),
           (SELECT COALESCE(max(position), 0) AS position FROM partner_event WHERE insurer = :insurer) AS last
     WHERE NOT EXISTS (SELECT FROM partner_event AS told WHERE told.insurer = :insurer AND told.event = new.event)
    """
)
_SEQUENCE: Final = text(
    """
    INSERT INTO agreement_version AS held (agreement, sequence) VALUES (:agreement, :sequence)
    ON CONFLICT (agreement) DO UPDATE SET sequence = excluded.sequence WHERE held.sequence <= excluded.sequence
    RETURNING sequence
    """
)


_known: Final[WeakKeyDictionary[Transaction, dict[str, list[Membership]]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of an employer as stored."""

    position: int
    fact: Fact
    envelope: Envelope


async def alone(tx: AsyncConnection) -> dict[str, list[Membership]]:
    """From here to the end of the transaction nobody else writes feeds. Call it before reading what they rest on.

    What it returns remembers the memberships read since, by employer: nobody else can change them meanwhile. A
    savepoint has a memory of its own, because rolling back to it gives the lock back.
    """
    assert tx.sync_connection is not None, "a connection in use has one"
    scope = tx.sync_connection.get_nested_transaction() or tx.sync_connection.get_transaction()
    assert scope is not None, "feeds are written in a transaction"
    if scope not in _known:
        await tx.execute(_LOCK)
        _known[scope] = {}
    return _known[scope]


async def record(tx: AsyncConnection, fact: Fact, envelope: Envelope) -> None:
    """Store an event of an employer; the same one again changes nothing."""
    values = {
        "agreement": fact.agreement,
        "insurer": fact.insurer,
        "claim": fact.claim,
        "employer": fact.employer,
        "first": fact.span.start,
        "last": fact.span.last,
        "event": envelope.id,
        "topic": envelope.topic,
        "key": envelope.key,
        "type": envelope.type,
        "envelope": envelope.json_text(),
    }
    await tx.execute(_RECORD, values)
    wake_after(tx, CHANNEL)


async def opening_of(tx: AsyncConnection, claim: str) -> Fact | None:
    """The first event of a claim, which says its lot; None before it came."""
    query = select(employer_event).where(employer_event.c.claim == claim).order_by(employer_event.c.position).limit(1)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _recorded(row).fact


async def deliver(tx: AsyncConnection, insurer: str, envelopes: Sequence[Envelope]) -> None:
    """Give an insurer events as it may see them, in this order; those it has already change nothing."""
    shown = [json.dumps(disclosed(e, insurer), ensure_ascii=False, separators=(",", ":")) for e in envelopes]
    values = {
        "insurer": insurer,
        "events": [e.id for e in envelopes],
        "topics": [e.topic for e in envelopes],
        "keys": [e.key for e in envelopes],
        "types": [e.type for e in envelopes],
        "envelopes": shown,
    }
    await tx.execute(_DELIVER, values)
    wake_after(tx, CHANNEL)


async def told_of(tx: AsyncConnection, topic: str, key: str) -> frozenset[str]:
    """The insurers that were given an event of this key. Reads whole feeds: for what is rare."""
    query = select(partner_event.c.insurer).where(partner_event.c.topic == topic, partner_event.c.key == key)
    return frozenset((await tx.execute(query.distinct())).scalars())


async def memberships_of_employer(tx: AsyncConnection, employer: str) -> list[Membership]:
    """Those of all its accords, read once in a transaction."""
    known = await alone(tx)
    if employer not in known:
        rows = await tx.execute(select(membership).where(membership.c.employer == employer))
        known[employer] = [Membership(row.agreement, row.employer, row.insurer, row.valid) for row in rows]
    return known[employer]


async def memberships_of_insurer(tx: AsyncConnection, insurer: str) -> list[Membership]:
    """Those of all accords that it insures, past and to come."""
    rows = await tx.execute(select(membership).where(membership.c.insurer == insurer))
    return [Membership(row.agreement, row.employer, row.insurer, row.valid) for row in rows]


async def replace_memberships(
    tx: AsyncConnection, agreement: str, sequence: int, memberships: Sequence[Membership]
) -> bool:
    """The memberships of an accord from its event number `sequence`; False when a later one was seen already."""
    if (await tx.execute(_SEQUENCE, {"agreement": agreement, "sequence": sequence})).one_or_none() is None:
        return False
    (await alone(tx)).clear()
    await tx.execute(delete(membership).where(membership.c.agreement == agreement))
    if memberships:
        rows = [
            {"agreement": m.agreement, "employer": m.employer, "insurer": m.insurer, "valid": m.valid}
            for m in memberships
        ]
        await tx.execute(insert(membership), rows)
    return True


async def forget_versions(tx: AsyncConnection, agreements: Collection[str]) -> None:
    """These accords begin again with their first event."""
    await tx.execute(delete(agreement_version).where(agreement_version.c.agreement.in_(agreements)))


async def recorded(tx: AsyncConnection, employer: str, types: Collection[str]) -> AsyncIterator[Sequence[Recorded]]:
    """What was stored of an employer, of these types, in its order, in batches."""
    after = 0
    while True:
        query = (
            select(employer_event)
            .where(
                employer_event.c.employer == employer,
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
    """Remove what was built from keys whose history their producer lost. An insurer's positions stay taken."""
    await alone(tx)
    of_keys = employer_event.c.topic == topic, employer_event.c.key.in_(keys)
    await tx.execute(delete(employer_event).where(*of_keys))
    told = partner_event.c.topic == topic, partner_event.c.key.in_(keys)
    await tx.execute(update(partner_event).where(*told).values(event=None, envelope=null()))


def _recorded(row: Any) -> Recorded:
    fact = Fact(row.employer, Period(row.first, row.last), row.agreement, row.insurer, row.claim)
    return Recorded(row.position, fact, Envelope.model_validate(row.envelope))
