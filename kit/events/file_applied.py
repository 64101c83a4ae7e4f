"""Whom the lines of an import were about, told once they are applied: the audit trail names them.

A service names its own type, `fr.psc.<service>.import.applied.v1`, a subclass with its topic.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.jobs import Chunk
from kit.events.envelope import EventData
from kit.events.outbox import Outgoing, publish_many

# As many as a page of a list has: whoever writes them down holds others up no longer than for a page.
AGENTS: Final = 200


class FileApplied(EventData):
    """Lines of a file were applied, and these are the agents they are about, each once; further ones follow in others.

    `job` is the import, `file` what the file holds (`agents`, `pay`), `client` who sent it.
    """

    job: str
    file: str
    client: str
    agents: tuple[str, ...]


async def tell_applied(tx: AsyncConnection, told: type[FileApplied], chunk: Chunk, agents: Iterable[UUID]) -> None:
    """In the transaction of the chunk's effects. Of a dry run there is nothing to tell."""
    job = chunk.job
    if job.dry_run:
        return
    named = sorted({str(agent) for agent in agents})
    parts = (tuple(named[start : start + AGENTS]) for start in range(0, len(named), AGENTS))
    events = [told(job=str(job.id), file=job.kind, client=job.client, agents=part) for part in parts]
    await publish_many(tx, [Outgoing(event, key=str(job.id), employer=job.employer) for event in events])
