"""Reading a caller's own feed, under row-level security."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope

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


@dataclass(frozen=True, slots=True)
class Whose:
    """A feed: an insurer's, or that of these employers (None: of all)."""

    insurer: str | None
    employers: frozenset[str] | None

    @property
    def scope(self) -> Scope:
        """The rows that it is read from."""
        if self.insurer is not None:
            return Scope.of(frozenset({self.insurer}))
        return Scope.all() if self.employers is None else Scope.of(self.employers)


async def epoch(tx: AsyncConnection) -> UUID:
    found: UUID = (await tx.execute(_EPOCH)).scalar_one()
    return found


async def last(tx: AsyncConnection, insurer: str | None) -> int:
    """The position of the newest event of an insurer's feed, or of those of employers that the scope shows."""
    found = await tx.execute(_LAST) if insurer is None else await tx.execute(_LAST_OF_INSURER, {"insurer": insurer})
    return int(found.scalar_one())


async def of(tx: AsyncConnection, whose: Whose, after: int, limit: int) -> list[tuple[int, str]]:
    """Positions and texts of what follows; the transaction's scope shows it."""
    values: dict[str, object] = {"after": after, "limit": limit}
    if whose.insurer is not None:
        rows = await tx.execute(_OF_INSURER, {**values, "insurer": whose.insurer})
    elif whose.employers is not None:
        rows = await tx.execute(_OF_EMPLOYERS, {**values, "employers": sorted(whose.employers)})
    else:
        rows = await tx.execute(_OF_ALL, values)
    return [(row[0], row[1]) for row in rows]
