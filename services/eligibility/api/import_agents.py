"""Agents and their first employments from a file: a line is a hire, as `POST /v1/agents` takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db.job_runner import Handler
from kit.db.jobs import Applied, Chunk, Job, Reject
from kit.errors import RelaisError
from kit.http.import_lines import CSV, Columns, Record, by_itself
from kit.http.imports import ImportKind
from kit.recording import Recording
from rules.book import Rules
from services.eligibility.api.rehearsal import Rehearsal
from services.eligibility.api.rejects import of_error, read_line
from services.eligibility.api.schemas import EmploymentRequest, HireRequest
from services.eligibility.application.hire_agent import Draft, Hired, hire_agents
from services.eligibility.domain.doubts import Doubt

# Lines read, checked and sealed while the database enters those before them, a few at a time. The first are few: until
# they are read the database has nothing to do. Later parts are large: each costs a dozen statements whatever its size.
FIRST_PART: Final = 250
PART: Final = 4_000
AT_A_TIME: Final = 2
_OF_AGENT: Final = tuple(name for name in HireRequest.model_fields if name != "employment")
_OF_EMPLOYMENT: Final = tuple(EmploymentRequest.model_fields)
AGENTS: Final = ImportKind(
    "agents",
    "Agents et emplois, un par ligne : les champs d'une embauche (en CSV, ceux de l'emploi à plat)",
    Columns(
        names=(*_OF_AGENT, *_OF_EMPLOYMENT),
        required=frozenset(
            {"employer", "matricule", "nir", "last_name", "first_name", "birth_date", "kind", "start", "weekly_hours"}
        ),
        flags=frozenset({"prior_collective_cover", "titular"}),
    ),
)


@dataclass(slots=True)
class _Part:
    """Some lines of a chunk: how many, the hires they say, by line, and those refused."""

    lines: int = 0
    drafts: dict[int, Draft] = field(default_factory=dict)
    refused: list[Reject] = field(default_factory=list)


def importer(rules: Rules, crypto: KeyRing, clock: Clock) -> Handler:
    """The handler of jobs that import agents."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject] | Applied:
        recording = Recording(clock.instant(), chunk.job.client)
        rejects: list[Reject] = []
        warnings: list[Reject] = []
        agents: set[UUID] = set()
        rehearsal = await Rehearsal.of(tx, chunk, crypto)
        lines, size = rehearsal.records, FIRST_PART
        coming = asyncio.ensure_future(_read(islice(lines, size), chunk.job, rules, crypto, recording))
        try:
            while (part := await coming).lines:
                size = min(2 * size, PART)
                coming = asyncio.ensure_future(_read(islice(lines, size), chunk.job, rules, crypto, recording))
                rejects += part.refused
                for line, outcome in await _enter(tx, part, crypto, recording):
                    if isinstance(outcome, RelaisError):
                        rejects.append(of_error(line, outcome, under="/employment"))
                    else:
                        agents.add(outcome.agent)
                        warnings += [_warning(line, doubt) for doubt in outcome.doubts]
        finally:
            coming.cancel()
        return rehearsal.applied(rejects, agents, warnings)

    return apply


async def _enter(
    tx: AsyncConnection, part: _Part, crypto: KeyRing, recording: Recording
) -> list[tuple[int, Hired | RelaisError]]:
    """What became of each line."""
    outcomes = await hire_agents(tx, list(part.drafts.values()), crypto, recording)
    return list(zip(part.drafts, outcomes, strict=True))


def _warning(line: int, doubt: Doubt) -> Reject:
    return Reject(line, doubt.pointer.removeprefix("/employment"), doubt.code, doubt.detail_fr)


async def _read(lines: Iterator[Record], job: Job, rules: Rules, crypto: KeyRing, recording: Recording) -> _Part:
    """A part; between a few lines and the next the database is given what it waits for."""
    part = _Part()
    for record in lines:
        with by_itself(record.line, part.refused):
            flat = _nested(record.fields) if job.options["format"] == CSV else None
            request = read_line(record, job, HireRequest, part.refused, flat=flat)
            if request is not None:
                part.drafts[record.line] = Draft.of(request.to_hire(), rules, crypto, recording.at.date())
        part.lines += 1
        if part.lines % AT_A_TIME == 0:
            await asyncio.sleep(0)
    return part


def _nested(cells: dict[str, Any]) -> dict[str, Any]:
    """The cells of a line as the body of a hire."""
    agent = {name: value for name, value in cells.items() if name in _OF_AGENT}
    return {**agent, "employment": {name: value for name, value in cells.items() if name in _OF_EMPLOYMENT}}
