"""A DSN from a file of any size, in text/plain: UTF-8 or Latin-1, told apart line by line unless a charset is named."""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db.job_runner import Handler
from kit.db.jobs import Applied, Chunk
from kit.http.import_lines import opened
from kit.http.imports import ImportKind, import_router
from services.contributions.application.dsn.import_dsn import apply_chunk
from services.contributions.application.dsn.reconcile_dsn import Means

DSN: Final = ImportKind(
    "dsn", "Une DSN mensuelle, telle que déposée : elle contrôle, elle ne déclenche rien", plain=True
)
router: Final = import_router([DSN], read="pay:read", write="pay:write", tags=["DSN"])


def importer(means: Means, clock: Clock) -> Handler:
    """The handler of jobs that read a DSN."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> Applied:
        return await apply_chunk(tx, chunk, opened(chunk, means.crypto), means, clock.instant())

    return apply
