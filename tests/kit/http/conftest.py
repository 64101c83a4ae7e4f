"""The sample service, running on a real database behind a real port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from tests.kit.http.issuer import AUDIENCE, ISSUER, TestIssuer
from tests.kit.http.sample import sample_app
from tests.kit.http.serving import running
from tests.postgres import ComponentDatabase, DatabaseFactory, SessionPostgres


@dataclass
class Sample:
    app: FastAPI
    http: httpx.AsyncClient
    issuer: TestIssuer
    database: ComponentDatabase


@pytest.fixture(scope="session")
async def served(postgres: SessionPostgres) -> AsyncIterator[Sample]:
    """One server for all the tests of the session: starting one takes longer than most of them."""
    component = await postgres.component("sample")
    settings = component.settings.model_copy(update={"issuer": ISSUER, "audience": AUDIENCE, "pool_size": 10})
    issuer = TestIssuer()
    app = sample_app(settings, issuer)
    async with running(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as http:
        yield Sample(app, http, issuer, component)


@pytest.fixture
async def sample(served: Sample, database: DatabaseFactory) -> Sample:
    """The server, on an emptied database."""
    await database("sample")
    served.app.state.gate = None
    return served
