"""What a service may not be: unguarded, or loose with its JSON."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel

from kit.app import create_service
from kit.http.auth import authenticate, requires
from kit.http.route import service_router
from tests.postgres import DatabaseFactory


class Body(BaseModel):
    text: str


async def test_an_operation_without_a_scope_does_not_start(database: DatabaseFactory) -> None:
    settings = (await database("sample")).settings
    router = service_router()

    @router.get("/v1/open", dependencies=[Depends(authenticate)])
    async def unguarded() -> None: ...

    with pytest.raises(AssertionError, match="/v1/open"):
        create_service(settings, name="sample", routers=(router,), rules=None)


async def test_a_body_read_loosely_does_not_start(database: DatabaseFactory) -> None:
    settings = (await database("sample")).settings
    router = APIRouter(dependencies=[requires("agents:write")])

    @router.post("/v1/loose")
    async def loose(body: Body) -> None: ...

    with pytest.raises(AssertionError, match="/v1/loose"):
        create_service(settings, name="sample", routers=(router,), rules=None)


def test_a_scope_must_be_in_the_vocabulary() -> None:
    with pytest.raises(AssertionError, match="unknown scope"):
        requires("agents:destroy")
