"""What to look at in lines that an import entered, kept with its job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.db.jobs import Reject
from services.eligibility.adapters.import_tables import import_warning

# Kept of a job; of more, the first are enough to see what is wrong with the file.
MOST: Final = 10_000


async def add(tx: AsyncConnection, job: UUID, found: Sequence[Reject]) -> None:
    """Keep warnings, as many as there is room for."""
    if not found:
        return
    kept = (await tx.execute(select(func.count()).where(import_warning.c.job == job))).scalar_one()
    rows = [
        {"job": job, "line": one.line, "code": one.code, "pointer": one.pointer, "detail": one.detail}
        for one in found[: max(0, MOST - kept)]
    ]
    await put_rows(tx, import_warning, rows)


async def of_job(tx: AsyncConnection, job: UUID) -> Sequence[Reject]:
    """The warnings of a job in the order of its file, at most MOST."""
    columns = import_warning.c
    query = select(columns.line, columns.pointer, columns.code, columns.detail).where(columns.job == job)
    return [Reject(*row) for row in await tx.execute(query.order_by(columns.line, columns.code))]
