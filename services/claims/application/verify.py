"""Take stored decisions again from their snapshots: the bytes must be the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import decisions
from kit.trace import Snapshot, said_again
from services.claims.adapters import claims
from services.claims.domain.snapshot import recomputed


@dataclass(frozen=True, slots=True)
class Verified:
    """One decision, and whether it came out the same."""

    id: UUID
    same: bool


def same(snapshot: Snapshot) -> bool:
    """Whether a decision taken again from its snapshot alone is the same.

    Byte for byte, but for one of a former version, whose trace may have said less.
    """
    again = recomputed(snapshot)
    if again.bytes() == snapshot.bytes():
        return True
    return replace(again, trace=snapshot.trace).bytes() == snapshot.bytes() and said_again(snapshot.trace, again.trace)


async def verify(tx: AsyncConnection) -> AsyncIterator[Verified]:
    """Every decision in scope, in the order of recording. Raises AlteredDecisionError on one that was tampered with."""
    after: UUID | None = None
    while page := await claims.decision_ids(tx, after):
        for identifier in page:
            stored = await decisions.load(tx, identifier)
            assert stored is not None, "an id just read"
            yield Verified(identifier, same(stored.snapshot))
        after = page[-1]
