"""Which employers are in a département, as the registry of organisations says."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.tables import employer_department as table
from gateway.domain.clients import MAX_EMPLOYERS

_SAY: Final = text(
    """
    INSERT INTO employer_department AS held (employer, department, sequence)
    VALUES (:employer, :department, :sequence)
    ON CONFLICT (employer) DO UPDATE SET department = excluded.department, sequence = excluded.sequence
    WHERE held.sequence < excluded.sequence
    """
)


async def say(tx: AsyncConnection, employer: str, department: str, sequence: int) -> None:
    """What event number `sequence` of the employer says; an earlier one that comes later changes nothing."""
    await tx.execute(_SAY, {"employer": employer, "department": department, "sequence": sequence})


async def employers_in(tx: AsyncConnection, department: str) -> frozenset[str]:
    """One more than a token can name, at most."""
    query = select(table.c.employer).where(table.c.department == department).limit(MAX_EMPLOYERS + 1)
    return frozenset((await tx.execute(query)).scalars())
