"""The lines that a dry run has checked, sealed, until its file is through: what a real run would find in the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db.among import among
from kit.db.copy import put_rows
from kit.db.jobs import Chunk
from kit.db.schema import KIT
from services.eligibility.adapters.import_tables import dry_line

_PLACE: Final = "dry_line:{}:{}"


@dataclass(frozen=True, slots=True)
class DryLine:
    """A line by its number, as JSON; `keys`: what later lines may be about as well, stored as fingerprints."""

    number: int
    keys: tuple[str, ...]
    content: bytes


async def about(tx: AsyncConnection, job: UUID, keys: Sequence[str], crypto: KeyRing) -> list[tuple[int, bytes]]:
    """The lines of earlier chunks that are about one of these keys, in their order."""
    marks = [_mark(key, crypto) for key in keys]
    query = select(dry_line.c.line, dry_line.c.content).where(dry_line.c.job == job, among(dry_line.c.mark, marks))
    found = {row.line: row.content for row in await tx.execute(query)}
    return [(line, crypto.decrypt(found[line], _PLACE.format(job, line))) for line in sorted(found)]


async def go_on(tx: AsyncConnection, *, chunk: Chunk, lines: Sequence[DryLine], crypto: KeyRing) -> None:
    """Keep the lines of a chunk for those that follow; after the last one, forget all."""
    job, waiting = chunk.job.id, KIT.import_chunk.c
    query = select(exists().where(waiting.job == job, waiting.number > chunk.number))
    if not (await tx.execute(query)).scalar_one():
        await tx.execute(delete(dry_line).where(dry_line.c.job == job))
        return
    rows = []
    for one in lines:
        sealed = crypto.encrypt(one.content, _PLACE.format(job, one.number))
        rows += [{"job": job, "mark": _mark(key, crypto), "line": one.number, "content": sealed} for key in one.keys]
    await put_rows(tx, dry_line, rows)


def _mark(key: str, crypto: KeyRing) -> str:
    return crypto.blind_index(key, "dry_line")
