"""The demonstration's people are registered when they are not as they should be, and left alone otherwise."""

from __future__ import annotations

from gateway.adapters import accounts
from kit.clock import SystemClock
from kit.db.database import Scope
from relais.persons import MANAGER, register_persons
from tests.postgres import DatabaseFactory


async def test_persons_are_registered_once_and_again_with_another_password(database: DatabaseFactory) -> None:
    gateway = await database("gateway")

    async def hashed() -> str:
        async with gateway.api.transaction(Scope.none()) as tx:
            found = await accounts.find(tx, MANAGER)
        assert found is not None
        return found.password_hash

    assert await register_persons(gateway.api, "correct horse battery", SystemClock())
    first = await hashed()
    assert not await register_persons(gateway.api, "correct horse battery", SystemClock())
    assert await hashed() == first
    assert await register_persons(gateway.api, "battery staple correct", SystemClock())
    assert await hashed() != first
