"""Reading a caller's own feed, under row-level security."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LAST_OF_INSURER: Final = text("SELECT COALESCE(max(position), 0) FROM partner_event WHERE insurer = :insurer")
_LAST: Final = text("SELECT COALESCE(max(position), 0) FROM employer_event")
_EPOCH: Final = text("SELECT epoch FROM feed_meta")
_OF_INSURER: Final = text(
    """
    SELECT position, envelope::text FROM partner_event
    WHERE insurer = :insurer AND position > :after AND envelope IS NOT NULL ORDER BY position LIMIT :limit
    """
)
_OF_EMPLOYERS: Final = text(
    """
    SELECT position, envelope::text FROM employer_event
    WHERE employer = ANY (CAST(:employers AS text[])) AND position > :after ORDER BY position LIMIT :limit
    """
)
_OF_ALL: Final = text(
    "SELECT position, envelope::text FROM employer_event WHERE position > :after ORDER BY position LIMIT :limit"
)


async def epoch(tx: AsyncConnection) -> UUID:
    found: UUID = (await tx.execute(_EPOCH)).scalar_one()
    return found


async def last(tx: AsyncConnection, insurer: str | None) -> int:
    """The position of the newest event of an insurer's feed, or of those of employers that the scope shows."""
    found = await tx.execute(_LAST) if insurer is None else await tx.execute(_LAST_OF_INSURER, {"insurer": insurer})
    return int(found.scalar_one())


async def of_insurer(tx: AsyncConnection, insurer: str, after: int, limit: int) -> list[tuple[int, str]]:
    rows = await tx.execute(_OF_INSURER, {"insurer": insurer, "after": after, "limit": limit})
    return [(row[0], row[1]) for row in rows]


async def of_employers(
    tx: AsyncConnection, employers: frozenset[str] | None, after: int, limit: int
) -> list[tuple[int, str]]:
    """Of these employers; None: of all that the transaction's scope shows."""
    values: dict[str, object] = {"after": after, "limit": limit}
    if employers is None:
        rows = await tx.execute(_OF_ALL, values)
    else:
        rows = await tx.execute(_OF_EMPLOYERS, {**values, "employers": sorted(employers)})
    return [(row[0], row[1]) for row in rows]
