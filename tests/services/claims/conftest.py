from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from kit.crypto import KeyRing
from services.claims.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.claims.lives import NOW, Claims
from tests.services.client import Service, running

RING = KeyRing.generate("test")


@pytest.fixture
async def claims(database: DatabaseFactory) -> Claims:
    return Claims(await database("claims"))


@pytest.fixture
async def service(claims: Claims) -> AsyncIterator[Service]:
    async with running(create_app, claims.database, NOW, key_ring=SecretStr(RING)) as running_service:
        yield running_service
