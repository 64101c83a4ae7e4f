"""Opening balances from a file: a line is the balance of one agent, named by SIRET and matricule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

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
from services.eligibility.api.leave_cells import opening_of_cells
from services.eligibility.api.openings import OpeningRequest
from services.eligibility.api.rehearsal import Rehearsal
from services.eligibility.api.rejects import in_cells, of_error, read_line
from services.eligibility.application.open_balance import open_balance
from services.eligibility.application.open_file import open_file
from services.eligibility.domain.errors import AgentNotFound

OPENINGS: Final = ImportKind(
    "opening-balances",
    "Reprises à l'adhésion d'un employeur, une par agent (en CSV, `leaves` : `CMO:2025-03-01:2025-03-31+2025-04-01:`)",
    Columns(
        names=(
            "employer",
            "matricule",
            "as_of",
            "leaves",
            "options",
            "requested_on",
            "individual_cover",
            "proofs",
        ),
        required=frozenset({"employer", "matricule", "as_of"}),
        flags=frozenset({"individual_cover"}),
    ),
)


class OpeningLine(OpeningRequest):
    """The balance of an agent."""

    employer: SiretText
    matricule: Matricule


def importer(rules: Rules, crypto: KeyRing, clock: Clock) -> Handler:
    """The handler of jobs that import opening balances."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject] | Applied:
        recording = Recording(clock.instant(), chunk.job.client)
        rejects: list[Reject] = []
        rehearsal = await Rehearsal.of(tx, chunk, crypto)
        agents: set[UUID] = set()
        for record in rehearsal.records:
            line = None
            with by_itself(record.line, rejects):
                line = read_line(in_cells(record, chunk.job, opening_of_cells), chunk.job, OpeningLine, rejects)
            if line is None:
                continue
            try:
                async with tx.begin_nested():  # a balance is entered whole or not at all
                    agents.add(await _enter(tx, line, rules, crypto, recording))
            except RelaisError as error:
                rejects.append(of_error(record.line, error))
        return rehearsal.applied(rejects, agents)

    return apply


async def _enter(tx: AsyncConnection, line: OpeningLine, rules: Rules, crypto: KeyRing, recording: Recording) -> UUID:
    """Whose balance it is."""
    key = line.employer, line.matricule
    held = (await links_of(tx, [key])).get(key)
    if held is None:
        raise AgentNotFound(pointer="/matricule")
    file = await open_file(tx, held.agent)
    await open_balance(tx, file, line.to_opening(line.employer), rules, crypto=crypto, recording=recording)
    return held.agent
