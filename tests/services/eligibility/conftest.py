"""Eligibility running on a real database, its queue drained by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from kit.crypto import KeyRing
from kit.db.database import Scope
from rules.book import RuleBook
from services.eligibility.application.decider import Decider
from services.eligibility.application.payloads import TOPIC
from services.eligibility.main import create_app, day_passes
from tests.postgres import ComponentDatabase, DatabaseFactory
from tests.services.client import Service, running
from tests.services.eligibility.accord import publish

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
CITY, SOCIAL_CENTRE, OTHER = "99985001900012", "99985004300012", "99985006800019"
SCOPES = ("agents:read", "agents:write", "simulations:run")
RULES = RuleBook.load()
RING = KeyRing.generate("test")


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The service, its database, and what a worker does when told."""

    service: Service
    database: ComponentDatabase

    def hris(self, *employers: str) -> httpx.AsyncClient:
        """An HRIS that stands for these employers, for all when none is named."""
        return self.service.caller(*SCOPES, employers=list(employers) or "*", client="demo-hris")

    async def publish_accord(self, version: int = 1, **changes: Any) -> None:
        """The accord's event arrives, parts of it replaced."""
        await publish(self.database, version, **changes)

    async def decide(self) -> int:
        """Decide everybody who waits; how many."""
        return await Decider(self.database.worker, RULES, self.service.clock).drain()

    async def night(self, at: datetime) -> None:
        """What the task just after midnight does at that instant, and whom it lets be decided."""
        self.service.clock.at = at
        async with self.database.worker.transaction(Scope.all()) as tx:
            await day_passes(self.service.clock).run(tx, at)
        await self.decide()

    async def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The events written whose type holds `kind`, in order."""
        async with self.database.worker.transaction(Scope.all()) as tx:
            rows = await tx.execute(text("SELECT envelope FROM outbox ORDER BY serial"))
            return [envelope for envelope in rows.scalars() if kind in envelope["type"]]

    async def names(self) -> list[str]:
        """What happened to agents, in short."""
        told = [event["type"] for event in await self.events() if event["topic"] == TOPIC]
        return [name.removeprefix("fr.psc.eligibility.").removesuffix(".v1") for name in told]


@pytest.fixture
async def eligibility(database: DatabaseFactory) -> AsyncIterator[Eligibility]:
    component = await database("eligibility")
    async with running(create_app, component, NOW, key_ring=SecretStr(RING)) as service:
        yield Eligibility(service, component)


def hire_body(**changes: Any) -> dict[str, Any]:
    """A hire; fields of the employment are given by `employment`."""
    employment = {
        "kind": "TITULAIRE",
        "start": "2025-02-01",
        "weekly_hours": "35.00",
        "category": "C",
        "service_start": "2005-09-01",
        "titular": True,
    }
    employment |= changes.pop("employment", {})
    return {
        "employer": CITY,
        "matricule": "M1",
        "nir": "275038500100158",
        "last_name": "Exemple",
        "first_name": "Zoé",
        "birth_date": "1975-03-01",
        "employment": {name: value for name, value in employment.items() if value is not None},
        **changes,
    }
