"""Eligibility on a database of its own, whose commits are on disk as in production, and a synthetic region for it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from pydantic import SecretStr

from kit.crypto import KeyRing
from kit.db.database import Scope
from kit.db.job_runner import JobRunner
from kit.events.envelope import Envelope
from kit.ids import new_id
from relais.postgres import EmbeddedPostgres
from relais.synthetic.files import Order, write_region
from rules.book import RuleBook
from services.eligibility.application import follow_agreements
from services.eligibility.application.decider import Decider
from services.eligibility.events import AGREEMENTS
from services.eligibility.main import create_app
from tests.bench.cost import open_folder
from tests.postgres import ComponentDatabase, SessionPostgres
from tests.services.client import Service, running
from tests.services.eligibility.accord import content

NOW: Final = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
RULES: Final = RuleBook.load()
# As many agents an employer has in a region of 75 000 and 1 400.
AGENTS_AN_EMPLOYER: Final = 54
PIECE_BYTES: Final = 65_536
SETTINGS: Final = {"shared_buffers": "256MB", "max_wal_size": "4GB"}


@dataclass(frozen=True, slots=True)
class World:
    """The service, its database, and the region's files."""

    service: Service
    database: ComponentDatabase
    region: Path
    employers: tuple[str, ...]
    agents: int

    @property
    def decider(self) -> Decider:
        return Decider(self.database.worker, RULES, self.service.clock)

    def staff(self) -> httpx.AsyncClient:
        return self.service.caller("agents:read", "agents:write")

    async def bind(self) -> None:
        """An accord binds every employer of the region."""
        bound = [{"siret": siret, "from": "2025-01-01", "to": None} for siret in self.employers]
        data = content(version=1, employers=bound)
        envelope = Envelope(
            id=new_id(),
            source="/agreements",
            type="fr.psc.agreements.agreement.published.v1",
            time=NOW,
            topic=AGREEMENTS,
            partitionkey=data["agreement"],
            sequence=1,
            data=data,
        )
        async with self.database.worker.transaction(Scope.all()) as tx:
            await follow_agreements.published(tx, envelope, data)

    async def send(self, name: str) -> dict[str, Any]:
        """Import a file of the region to its end; the job."""
        state = self.service.app.state
        async with self.staff() as staff:
            path = self.region / f"{name}.jsonl"
            headers = {"content-type": "application/jsonl"}
            sent = await staff.post(f"/v1/imports/{name}", content=_pieces(path), headers=headers)
            worker = JobRunner(self.database.worker, self.database.api, state.jobs, self.service.clock)
            while await worker.step():
                pass
            job: dict[str, Any] = (await staff.get(sent.headers["location"])).json()
        assert job["state"] == "done", job
        return job


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


@asynccontextmanager
async def world(agents: int) -> AsyncIterator[World]:
    """A region of that many agents, not yet imported."""
    folder = open_folder()
    server = EmbeddedPostgres(folder / "postgres", settings=SETTINGS)
    server.start()
    postgres = SessionPostgres(server, folder)
    try:
        day = NOW.date()
        point = RULES.at("index_point.yearly", day).value
        order = Order(max(1, agents // AGENTS_AN_EMPLOYER), agents, 1, day, point)
        write_region(order, folder / "region")
        table = (folder / "region" / "employers.csv").read_text(encoding="utf-8").splitlines()[1:]
        employers = tuple(row.split(",")[0] for row in table)
        database = await postgres.component("eligibility")
        ring = SecretStr(KeyRing.generate("bench"))
        async with running(create_app, database, NOW, key_ring=ring) as service:
            yield World(service, database, folder / "region", employers, agents)
    finally:
        await postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
