"""A contributions service that knows the demo accord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.contributions.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.client import Service, running
from tests.services.contributions.world import NOW, World


@pytest.fixture
async def world(database: DatabaseFactory) -> World:
    found = World(await database("contributions"))
    await found.accord()
    return found


@pytest.fixture
async def service(world: World) -> AsyncIterator[Service]:
    async with running(create_app, world.database, NOW) as running_service:
        yield running_service
