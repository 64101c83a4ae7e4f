"""Regional schemes in the database: whole documents, version after version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.adapters.tables import scheme


async def lock(tx: AsyncConnection, key: str) -> None:
    """Let one transaction at a time write the versions of a scheme."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"scheme:{key}", 0))))


@dataclass(frozen=True, slots=True)
class StoredScheme:
    """A version of a scheme."""

    version: int
    document: SchemeDocument


async def get(tx: AsyncConnection, key: str, known_at: datetime | None = None) -> StoredScheme | None:
    """The scheme as it is known now, or was at an instant; None when unknown then."""
    query = select(scheme).where(scheme.c.id == key).order_by(scheme.c.version.desc()).limit(1)
    if known_at is not None:
        query = query.where(scheme.c.recorded_at <= known_at)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else StoredScheme(row.version, SchemeDocument.model_validate(row.document))


async def latest(tx: AsyncConnection, key: str, known_at: datetime | None = None) -> SchemeDocument | None:
    """The document of `get`."""
    found = await get(tx, key, known_at)
    return None if found is None else found.document


async def after(tx: AsyncConnection, key: str, limit: int) -> list[StoredScheme]:
    """The schemes whose ids come after one, by id, as they are known now."""
    query = select(scheme).ext(distinct_on(scheme.c.id)).where(scheme.c.id > key)
    rows = await tx.execute(query.order_by(scheme.c.id, scheme.c.version.desc()).limit(limit))
    return [StoredScheme(row.version, SchemeDocument.model_validate(row.document)) for row in rows]


async def versions(tx: AsyncConnection, key: str) -> list[dict[str, Any]]:
    """Every version recorded, oldest first."""
    rows = await tx.execute(select(scheme).where(scheme.c.id == key).order_by(scheme.c.version))
    return [dict(row) for row in rows.mappings()]


async def known(tx: AsyncConnection, document: SchemeDocument) -> bool:
    """Whether this very document was registered, be it changed since."""
    query = select(scheme.c.version).where(scheme.c.id == document.scheme, scheme.c.document == document.dump())
    return (await tx.execute(query.limit(1))).scalar_one_or_none() is not None


async def all_latest(tx: AsyncConnection) -> list[tuple[int, SchemeDocument]]:
    """Every scheme as it is known now with its version, by id."""
    query = select(scheme).ext(distinct_on(scheme.c.id)).order_by(scheme.c.id, scheme.c.version.desc())
    rows = (await tx.execute(query)).mappings()
    return [(row["version"], SchemeDocument.model_validate(row["document"])) for row in rows]


async def add(tx: AsyncConnection, document: SchemeDocument, version: int, recording: Recording) -> None:
    await tx.execute(
        insert(scheme).values(
            id=document.scheme,
            version=version,
            document=document.dump(),
            recorded_at=recording.at,
            recorded_by=recording.by,
            reason=recording.reason,
        )
    )
