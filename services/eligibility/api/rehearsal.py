"""A dry run over many chunks: each is undone, so the next is applied after the earlier lines that it is about too."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.db.jobs import Applied, Chunk, Reject
from kit.events.file_applied import tell_applied
from kit.http.import_lines import Record, records
from services.eligibility.adapters import dry_runs, import_warnings
from services.eligibility.adapters.dry_runs import DryLine
from services.eligibility.application.file_payloads import ImportApplied

# The fields by which a line may meet another: a matricule with its employer, a person.
NAMES: Final = (("employer", "matricule"), ("nir",))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The records to apply for a chunk, and what is to be kept of it: nothing unless it is a dry run."""

    chunk: Chunk
    records: Iterator[Record]
    crypto: KeyRing
    lines: tuple[DryLine, ...] = ()

    @classmethod
    async def of(cls, tx: AsyncConnection, chunk: Chunk, crypto: KeyRing) -> Self:
        own = records(chunk, crypto)
        if not chunk.job.dry_run:
            return cls(chunk, own, crypto)
        read = list(own)
        lines = tuple(_line(record) for record in read if record.refused is None)
        keys = sorted({key for line in lines for key in line.keys})
        before = await dry_runs.about(tx, chunk.job.id, keys, crypto)
        earlier = [Record(number, json.loads(content)) for number, content in before]
        return cls(chunk, iter([*earlier, *read]), crypto, lines)

    def applied(self, rejects: Sequence[Reject], agents: Collection[UUID], warnings: Sequence[Reject] = ()) -> Applied:
        """The rejects of the chunk's own lines. Whom it was about is told; its warnings are kept, and where the next
        chunk of a dry run goes on.
        """
        job, first = self.chunk.job, self.chunk.first_line

        async def then(tx: AsyncConnection) -> None:
            await tell_applied(tx, ImportApplied, self.chunk, agents)
            await import_warnings.add(tx, job.id, [one for one in warnings if one.line >= first])
            if job.dry_run:
                await dry_runs.go_on(tx, chunk=self.chunk, lines=self.lines, crypto=self.crypto)

        return Applied([one for one in rejects if one.line >= first], then)


def _line(record: Record) -> DryLine:
    keys = ("".join(_plain(record.fields.get(name)) for name in names) for names in NAMES)
    return DryLine(record.line, tuple(dict.fromkeys(key for key in keys if key)), json.dumps(record.fields).encode())


def _plain(value: Any) -> str:
    """A value as it names something, whatever blanks and capitals it is written with."""
    return "".join(value.upper().split()) + "\x1f" if isinstance(value, str) else ""
