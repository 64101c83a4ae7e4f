"""Compare large declarations in the background: a job whose lines are agents, cut so that a chunk is soon done.

What a declaration's row names as its `reconciliation` is the job that writes its report; a chunk of another does
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import jobs
from kit.db.jobs import Chunk, Reject
from services.contributions.adapters.dsn import store
from services.contributions.adapters.dsn.store import Declaration
from services.contributions.application.dsn.reconcile_dsn import (
    BATCH,
    Means,
    Stretch,
    comparable,
    reconcile,
    reconcile_stretch,
    stretches,
)
from services.contributions.domain.errors import DsnNotComparable, UnknownDsn

KIND: Final = "dsn-reconciliation"
# Individuals compared while a caller, or the end of an import, waits.
AT_ONCE: Final = 2 * BATCH


async def reconcile_all(
    tx: AsyncConnection,
    found: Sequence[Declaration],
    means: Means,
    at: datetime,
    whose: tuple[str, str | None],
    *,
    at_once: int = AT_ONCE,
) -> None:
    """Compare the declarations of a file: at once up to so many individuals, else by a job of `whose` client, SIRET."""
    own = [one for one in found if comparable(one)]
    if sum(one.individuals for one in own) <= at_once:
        for one in own:
            await reconcile(tx, one, means, at)
    elif own:
        await _enqueue(tx, own, at, whose)


async def reconcile_later(tx: AsyncConnection, key: UUID, client: str, at: datetime) -> UUID:
    """The job that writes the report of one declaration anew. Raises UnknownDsn, DsnNotComparable."""
    one = await store.hold(tx, key)
    if one is None:
        raise UnknownDsn
    if not comparable(one):
        raise DsnNotComparable
    under_way = one.reconciliation and await jobs.find(tx, one.reconciliation)
    if under_way and under_way.state == "waiting":  # it will see what is known by then: nothing to begin again
        return under_way.id
    return await _enqueue(tx, [one], at, (client, one.employer))


async def apply_stretch(tx: AsyncConnection, chunk: Chunk, means: Means, at: datetime) -> Sequence[Reject]:
    """One part of the work, unless somebody has begun it again since."""
    told = json.loads(chunk.content)
    one = await store.hold(tx, UUID(told["declaration"]))
    if one is not None and comparable(one) and one.reconciliation == chunk.job.id:
        agents = tuple(UUID(agent) for agent in told["agents"])
        await reconcile_stretch(tx, one, Stretch(one.id, agents, told["first"], told["last"]), means, at)
    return ()


async def _enqueue(
    tx: AsyncConnection, found: Sequence[Declaration], at: datetime, whose: tuple[str, str | None]
) -> UUID:
    client, employer = whose
    job = await jobs.create(tx, kind=KIND, client=client, employer=employer, dry_run=False, options={}, at=at)
    work = [part for one in found for part in await stretches(tx, one)]
    first = 1
    for number, part in enumerate(work):
        lines = max(1, len(part.agents))
        said = {"declaration": str(part.declaration), "agents": [str(agent) for agent in part.agents]}
        content = json.dumps({**said, "first": part.first, "last": part.last}).encode()
        await jobs.add_chunk(tx, job, number, first_line=first, lines=lines, content=content, at=at)
        first += lines
    for one in found:
        await store.reconciled_by(tx, one.id, job)
    await jobs.seal(tx, job, at=at)
    return job
