"""The copy of the published terms of accords."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contributions.adapters.tables import agreement_terms as table


async def store(tx: AsyncConnection, agreement: str, version: int, document: dict[str, Any]) -> None:
    """Keep the terms, unless a later version is already there."""
    values = {"agreement": agreement, "version": version, "document": document}
    new = insert(table).values(values)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["agreement"],
            set_={"version": new.excluded.version, "document": new.excluded.document},
            where=table.c.version <= new.excluded.version,
        )
    )


async def documents(tx: AsyncConnection, agreements: Collection[str]) -> dict[str, dict[str, Any]]:
    """The documents known of these accords, by id."""
    rows = await tx.execute(select(table.c.agreement, table.c.document).where(table.c.agreement.in_(agreements)))
    return {row.agreement: row.document for row in rows}


async def every(tx: AsyncConnection) -> dict[str, dict[str, Any]]:
    """The documents of all accords, by id."""
    return {row.agreement: row.document for row in await tx.execute(select(table.c.agreement, table.c.document))}
