"""What time alone does to an accord (rulebook S20)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kit.scheduler import Scheduler
from services.agreements.application.lapse_at_term import lapse_at_term
from tests.postgres import ComponentDatabase
from tests.services.agreements.test_api import WRITE, bring_into_force, published
from tests.services.agreements.test_changes import TYPE, URL
from tests.services.client import Service


@pytest.fixture
async def service(service: Service) -> Service:
    await bring_into_force(service)
    return service


async def test_an_accord_lapses_by_itself_at_the_term_of_its_conventions(
    service: Service, registry: ComponentDatabase
) -> None:
    """Rulebook S20: nobody acts, time does; a day missed is caught up, and it happens once."""
    scheduler = Scheduler(registry.worker, service.clock, [lapse_at_term(service.clock)])
    await scheduler.tick()
    service.clock.at = datetime(2030, 12, 31, 12, 0, tzinfo=UTC)
    await scheduler.tick()
    async with service.caller(*WRITE) as early:
        assert (await early.get(URL)).json()["status"] == "PUBLISHED"
    service.clock.at = datetime(2031, 1, 5, 12, 0, tzinfo=UTC)
    async with service.caller(*WRITE) as late:
        assert (await late.get(URL)).json()["force"] == "ENDED", "by its dates, before anything is recorded"
        for _ in range(2):
            await scheduler.tick()
        seen = (await late.get(URL)).json()
        history = (await late.get(f"{URL}/history")).json()
    assert (seen["status"], seen["document"]["effective"]["to"]) == ("LAPSED", "2030-12-31")
    assert (history[-1]["recorded_by"], history[-1]["on"]) == ("relais", "2030-12-31")
    told = [e["type"].removeprefix(TYPE) for e in (await published(registry))[1:]]
    assert told == ["agreement.ended.v1", "agreement.published.v1"]
