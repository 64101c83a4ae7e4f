"""A contributions service that knows the demo accord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from kit.crypto import KeyRing
from services.contributions.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.client import Service, running
from tests.services.contributions.world import NOW, World

RING = KeyRing.generate("test")


@pytest.fixture
async def world(database: DatabaseFactory) -> World:
    found = World(await database("contributions"))
    await found.accord()
    return found


@pytest.fixture
async def service(world: World) -> AsyncIterator[Service]:
    async with running(create_app, world.database, NOW, key_ring=SecretStr(RING)) as running_service:
        yield running_service
