"""What insurers answered, as it came and with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, cast, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import employer_event, partner_event
from gateway.adapters.tables import partner_message as table

Outcome = Literal["DONE", "REFUSED"]
Place = tuple[datetime, str, str]


@dataclass(frozen=True, slots=True)
class Received:
    """A message of an insurer. `id` is its own, or the place in its topic of what could not be read.

    `cursor` is how far it has read its feed, where it said so.
    """

    insurer: str
    id: str
    type: str
    via: Literal["rest", "topic"]
    outcome: Outcome
    received_at: datetime
    code: str | None = None
    cursor: str | None = None


async def keep(tx: AsyncConnection, received: Received) -> None:
    """The last word on a message: what was refused once may be done when it comes again, and what is done stays so.

    How far an insurer has read goes on only: an older acknowledgement may come late.
    """
    values = asdict(received)
    last = {name: values[name] for name in ("type", "via", "outcome", "code", "cursor", "received_at")}
    new = insert(table).values(values)
    better = (table.c.outcome != "DONE") | (new.excluded.outcome == "DONE")
    (held, at), (said, goes_to) = _place_in_feed(table.c.cursor), _place_in_feed(new.excluded.cursor)
    further = table.c.cursor.is_(None) | (held != said) | (goes_to >= at)
    await tx.execute(new.on_conflict_do_update(index_elements=["insurer", "id"], set_=last, where=better & further))


def _place_in_feed(cursor: ColumnElement[str | None]) -> tuple[ColumnElement[str], ColumnElement[int]]:
    """The epoch and the position of a cursor (kit.events.cursor): positions of two epochs say nothing of each other."""
    return func.split_part(cursor, ":", 1), cast(func.split_part(cursor, ":", 2), BigInteger)


async def page(tx: AsyncConnection, outcome: Outcome | None, after: Place | None, limit: int) -> Sequence[Received]:
    """What the scope shows, the newest first."""
    order = (table.c.received_at, table.c.insurer, table.c.id)
    query = select(table).order_by(*(column.desc() for column in order)).limit(limit)
    if outcome is not None:
        query = query.where(table.c.outcome == outcome)
    if after is not None:
        query = query.where(tuple_(*order) < after)
    return [Received(**row) for row in (await tx.execute(query)).mappings()]


def place(at: str | int, insurer: str | int, identifier: str | int) -> Place:
    """The sort key of a cursor. Raises ValueError, TypeError."""
    return datetime.fromisoformat(str(at)), str(insurer), str(identifier)


async def employer_of_claim(tx: AsyncConnection, insurer: str, claim: UUID) -> str | None:
    """The employer of a claim that the insurer was told of; None for any other."""
    told = exists().where(partner_event.c.insurer == insurer, partner_event.c.event == employer_event.c.event)
    query = select(employer_event.c.employer).where(employer_event.c.claim == str(claim), told).limit(1)
    return (await tx.execute(query)).scalar_one_or_none()
