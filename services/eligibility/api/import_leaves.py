"""Leaves from a file: a line is a leave with its renewals, of an agent named by SIRET and matricule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db.job_runner import Handler
from kit.db.jobs import Applied, Chunk, Reject
from kit.errors import RelaisError
from kit.http.import_lines import Columns, by_itself
from kit.http.imports import ImportKind
from kit.http.types import Matricule, SiretText
from kit.recording import Recording
from rules.book import Rules
from services.eligibility.adapters.hires import links_of
from services.eligibility.api.leave_cells import leave_of_cells
from services.eligibility.api.rehearsal import Rehearsal
from services.eligibility.api.rejects import in_cells, of_error, read_line
from services.eligibility.api.whole_leaves import WholeLeave
from services.eligibility.application.enter_leaves import enter_leaves
from services.eligibility.domain.errors import AgentNotFound

LEAVES: Final = ImportKind(
    "leaves",
    "Congés, un par ligne avec ses renouvellements (`entries` ; en CSV `2026-02-01:2026-02-28|2026-03-01:paid=non`)",
    Columns(
        names=("employer", "matricule", "kind", "waiting_days", "entries"),
        required=frozenset({"employer", "matricule", "kind", "entries"}),
    ),
)


class LeaveLine(WholeLeave):
    """A leave of an agent."""

    employer: SiretText
    matricule: Matricule


def importer(rules: Rules, crypto: KeyRing, clock: Clock) -> Handler:
    """The handler of jobs that import leaves."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject] | Applied:
        rejects: list[Reject] = []
        rehearsal = await Rehearsal.of(tx, chunk, crypto)
        read = []
        for record in rehearsal.records:
            with by_itself(record.line, rejects):
                one = read_line(in_cells(record, chunk.job, leave_of_cells), chunk.job, LeaveLine, rejects)
                if one is not None:
                    read.append((record.line, one))
        known = await links_of(tx, [(line.employer, line.matricule) for _, line in read])
        found = []
        for number, line in read:
            held = known.get((line.employer, line.matricule))
            if held is None:
                rejects.append(of_error(number, AgentNotFound(pointer="/matricule")))
            else:
                found.append((number, (held.agent, line.to_entries(line.employer))))
        recording = Recording(clock.instant(), chunk.job.client)
        outcomes = await enter_leaves(tx, [whole for _, whole in found], recording, rules)
        agents = set()
        for (number, (agent, _)), outcome in zip(found, outcomes, strict=True):
            if isinstance(outcome, RelaisError):
                rejects.append(of_error(number, outcome))
            else:
                agents.add(agent)
        return rehearsal.applied(rejects, agents)

    return apply
