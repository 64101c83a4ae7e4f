"""One platform for all end-to-end tests of a session."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.platform import TestPlatform, running_platform


@pytest.fixture(scope="session")
async def platform() -> AsyncIterator[TestPlatform]:
    """Five applications and their PostgreSQL, with the accord in force."""
    async with running_platform() as found:
        yield found
