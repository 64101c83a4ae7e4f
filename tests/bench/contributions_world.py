"""Contributions on a database of its own, whose commits are on disk as in production, with agents known and covered."""

from __future__ import annotations

import gc
import itertools
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from pydantic import SecretStr

from kit.crypto import KeyRing
from kit.db.copy import copy_rows
from kit.db.database import Scope
from kit.ids import new_id
from kit.memory import settle
from kit.period import Month
from relais.postgres import EmbeddedPostgres
from relais.synthetic.files import pay_row
from relais.synthetic.region import Agent, draw_agent
from rules.book import RuleBook
from services.contributions.adapters import terms
from services.contributions.adapters.tables import affiliation, agent_matricule, employment
from services.contributions.domain.terms_document import kept
from services.contributions.main import create_app
from tests.bench.cost import open_folder
from tests.postgres import ComponentDatabase, SessionPostgres
from tests.services.client import Service, running
from tests.services.contributions.facts import ACCORD, CITY, document

NOW: Final = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)
SETTINGS: Final = {"shared_buffers": "256MB", "max_wal_size": "4GB", "min_wal_size": "1GB"}
TIMELINE: Final = ({"start": "2025-01-01", "end": None, "outcome": "AFFILIATED"},)


@dataclass(frozen=True, slots=True)
class World:
    """The service, its database, and the agents of its one employer."""

    service: Service
    database: ComponentDatabase
    people: Sequence[Agent]

    @property
    def agents(self) -> int:
        return len(self.people)

    def lines(self, month: Month) -> list[str]:
        """A file of pay, a line an agent."""
        return [json.dumps(pay_row(one, month)) for one in self.people]

    async def empty(self) -> None:
        """Nothing but the accord and its agents: CNRACL, category C, covered since it began."""
        await self.database.empty()
        ids = [new_id() for _ in self.people]
        async with self.database.worker.transaction(Scope.all()) as tx:
            await terms.store(tx, ACCORD, 1, kept(document()))
            named = [(CITY, one.matricule, agent) for one, agent in zip(self.people, ids, strict=True)]
            await copy_rows(tx, agent_matricule, ["employer", "matricule", "agent"], named)
            columns = ["employer", "agent", "employment", "starts", "regime", "category"]
            rows = [(CITY, agent, "e1", date(2020, 1, 1), "CNRACL", "C") for agent in ids]
            await copy_rows(tx, employment, columns, rows)
            covered = [(CITY, agent, ACCORD, list(TIMELINE)) for agent in ids]
            await copy_rows(tx, affiliation, ["employer", "agent", "agreement", "timeline"], covered)

    async def at_rest(self) -> None:
        """What was done to get here (dirty pages, garbage of ours) is paid for before a measurement, not in it."""
        await self.database.admin.execute("CHECKPOINT")
        gc.collect()


def drawn(count: int) -> list[Agent]:
    """As `relais generate` draws them, those with the status and the category that the references know."""
    day = NOW.date()
    point = RuleBook.load().at("index_point.yearly", day).value
    everybody = (draw_agent(CITY, f"M{n}", seed=1, today=day, point=point) for n in itertools.count())
    return list(itertools.islice((one for one in everybody if (one.regime, one.category) == ("CNRACL", "C")), count))


@asynccontextmanager
async def world(agents: int) -> AsyncIterator[World]:
    """One employer of that many agents, without pay."""
    folder = open_folder()
    server = EmbeddedPostgres(folder / "postgres", settings=SETTINGS)
    server.start()
    postgres = SessionPostgres(server, folder)
    try:
        database = await postgres.component("contributions")
        ring = SecretStr(KeyRing.generate("bench"))
        async with running(create_app, database, NOW, key_ring=ring) as service:
            settle()  # as a process that serves does
            found = World(service, database, drawn(agents))
            await found.empty()
            yield found
    finally:
        await postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
