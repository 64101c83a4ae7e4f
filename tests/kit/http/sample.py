"""A small service whose operations show one mechanism each."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Query, Response
from fastapi import Request as HttpRequest
from pydantic import AwareDatetime, Field
from sqlalchemy import DateTime, insert, literal, select, text

from kit.app import create_service
from kit.clock import Clock
from kit.events.cursor import CURSOR_PATTERN
from kit.http.auth import Principal, requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.pagination import Page, Paging, paged
from kit.http.problem import Problem
from kit.http.route import Idempotent, Tx, service_router
from kit.http.types import (
    BOUNDED_MONTH_PATTERN,
    Amount,
    Answer,
    Count,
    DateText,
    Flag,
    HoursText,
    Instant,
    MonthText,
    NirText,
    RateText,
    Request,
    SiretText,
    Text,
)
from kit.ids import new_id
from kit.settings import Settings
from tests.kit.db.sample.tables import note
from tests.kit.http.issuer import TestIssuer

router = service_router(tags=["Notes"])
WRITE = requires("agents:write")
READ = requires("agents:read")


class NoteRequest(Request):
    employer: SiretText
    text: Text
    fail: Flag = False


class NoteAnswer(Answer):
    id: UUID
    employer: str
    text: str


class Part(Request):
    amount: Amount
    rate: RateText | None = None


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


class Everything(Request):
    month: MonthText | None = None
    day: DateText | None = None
    nir: NirText | None = None
    siret: SiretText | None = None
    flag: Flag | None = None
    count: Count | None = None
    hours: HoursText | None = None
    colour: Colour | None = None
    parts: list[Part] = Field(default=[], max_length=3)


class Gate:
    """Lets a test hold operations where it wants them."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.open = asyncio.Event()


@router.post("/v1/notes", status_code=201)
async def write(
    body: NoteRequest, caller: Annotated[Principal, WRITE], tx: Tx, _once: Idempotent, request: HttpRequest
) -> NoteAnswer:
    caller.check_employer(body.employer)
    row = NoteAnswer(id=new_id(), employer=body.employer, text=body.text)
    await tx.execute(insert(note).values(**row.model_dump()))
    gate: Gate | None = getattr(request.app.state, "gate", None)
    if gate is not None:
        gate.arrived.set()
        await gate.open.wait()
    if body.fail:
        raise Problem(409, "asked_to_fail", "Échec demandé", "Asked to fail")
    return row


@router.get("/v1/notes", dependencies=[READ])
async def index(request: HttpRequest, response: Response, page: Paging, tx: Tx) -> Page[NoteAnswer]:
    query = select(note).order_by(note.c.id).limit(page.fetch)
    if page.after is not None:
        query = query.where(note.c.id > UUID(str(page.after[0])))
    rows = (await tx.execute(query)).mappings()
    return paged(request, response, page, [NoteAnswer(**row) for row in rows], lambda row: (row.id,))


@router.post("/v1/refused", dependencies=[WRITE])
async def refused(tx: Tx) -> Response:
    """Writes, then answers an error without raising."""
    values = {"id": new_id(), "employer": "73282932000074", "text": "refused"}
    await tx.execute(insert(note).values(**values))
    return Response(status_code=409)


@router.put("/v1/notes/{number}", dependencies=[WRITE])
async def change(number: int, version: ChangedVersion, response: Response) -> dict[str, int]:
    check_version(version, number)
    set_etag(response, number + 1)
    return {"version": number + 1}


@router.post("/v1/everything", dependencies=[WRITE])
async def everything(body: Everything) -> Everything:
    return body


@router.post("/v1/sql", dependencies=[WRITE])
async def sql(body: NoteRequest, tx: Tx) -> None:
    await tx.execute(text(body.text))


@router.get("/v1/since", dependencies=[READ])
async def since(tx: Tx, bounded: Instant | None = None, raw: AwareDatetime | None = None) -> None:
    """Gives an instant to the database: checked, or as it came."""
    await tx.execute(select(literal(bounded or raw, DateTime(timezone=True))))


@router.get("/v1/asked", dependencies=[READ])
async def asked(
    month: Annotated[str | None, Query(pattern=BOUNDED_MONTH_PATTERN)] = None,
    after: Annotated[str | None, Query(pattern=CURSOR_PATTERN)] = None,
    key: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")] = None,
    wait: Annotated[float, Query(ge=0, le=30.0)] = 0,
    only: Annotated[list[str] | None, Query()] = None,
) -> None:
    """Bounds of a query's parameters, and nothing else."""


@router.get("/v1/broken", dependencies=[READ])
async def broken() -> None:
    raise RuntimeError("agent 185057800608436 is broken")


def sample_app(settings: Settings, issuer: TestIssuer, clock: Clock | None = None) -> FastAPI:
    return create_service(settings, name="sample", routers=(router,), rules=None, keys=lambda _app: issuer, clock=clock)
