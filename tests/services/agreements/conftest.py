"""The registry of accords, its service, and who writes in it. A file that needs an accord in force makes it so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from services.agreements.main import create_app
from tests.postgres import ComponentDatabase, DatabaseFactory
from tests.services.agreements.accord import NOW
from tests.services.agreements.test_api import WRITE
from tests.services.client import Service, running


@pytest.fixture
async def registry(database: DatabaseFactory) -> ComponentDatabase:
    return await database("agreements")


@pytest.fixture
async def service(registry: ComponentDatabase) -> AsyncIterator[Service]:
    async with running(create_app, registry, NOW) as running_service:
        yield running_service


@pytest.fixture
async def staff(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.caller(*WRITE) as client:
        yield client
