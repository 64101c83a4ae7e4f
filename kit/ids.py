"""Identifiers: UUID version 7, made here and never by the database: a command knows its ids before it writes."""

from __future__ import annotations

from uuid import UUID

import uuid_utils
from asyncpg.pgproto import pgproto


def new_id() -> UUID:
    """A new UUIDv7: unique, and in the order of creation to the millisecond.

    >>> first, second = new_id(), new_id()
    >>> first.version, first < second
    (7, True)
    """
    # The driver's own kind of UUID: made, shown and sent in a fraction of the time.
    made: UUID = pgproto.UUID(uuid_utils.uuid7().bytes)
    return made
