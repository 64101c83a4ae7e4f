"""Organisations from a file: sent as CSV, applied by a job whose progress and rejects can be read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import jobs
from kit.db.database import Database
from kit.db.jobs import Job
from kit.http.auth import Principal, requires
from kit.http.imports import rejects_of
from kit.http.paths import JobId
from kit.http.route import Now, StrictRoute, service_router
from kit.http.types import Answer
from kit.http.upload import body_of, lines
from services.agreements.application.import_organisations import KIND, read_header
from services.agreements.domain.errors import StaffOnly, UnknownImport

router = service_router(tags=["Organisations"], route_class=StrictRoute)
CSV: Final = "text/csv"
_FILE: Final = body_of(CSV, "Une organisation par ligne, séparée par « ; » ou « , » ; la première nomme les colonnes.")
Transactions = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


class ImportAnswer(Answer):
    """An import and how far it is. `lines` counts the file's lines without the header; `error` says why it failed."""

    id: UUID
    state: str
    dry_run: bool
    lines: int
    accepted: int
    rejected: int
    error: str | None
    recorded_at: datetime
    finished_at: datetime | None


@router.post(
    "/v1/organisations/imports",
    status_code=202,
    openapi_extra=_FILE,
    summary="Importer des organisations depuis un fichier",
)
async def submit(
    *,
    request: HttpRequest,
    response: Response,
    caller: Annotated[Principal, requires("organisations:write", tenancy="platform")],
    clock: Now,
    dry_run: Annotated[bool, Query(description="Contrôler le fichier sans rien enregistrer.")] = False,
) -> ImportAnswer:
    """Send a file. Lines are applied in their order; a refused one does not stop the others."""
    database = _database(request, caller)
    received = lines(request, CSV)
    options = read_header(await anext(received, b""))
    async with database() as tx:
        job = await jobs.create(
            tx, kind=KIND, client=caller.client, employer=None, dry_run=dry_run, options=options, at=clock.instant()
        )
    number, first = 0, 1
    async for count, content in _chunks(received):
        async with database() as tx:
            await jobs.add_chunk(tx, job, number, first_line=first, lines=count, content=content, at=clock.instant())
        number, first = number + 1, first + count
    async with database() as tx:
        await jobs.seal(tx, job, at=clock.instant())
    response.headers["location"] = f"/v1/organisations/imports/{job}"
    return await _read(database, job)


@router.get("/v1/organisations/imports/{job}", summary="Où en est un import d'organisations")
async def progress(
    request: HttpRequest, job: JobId, caller: Annotated[Principal, requires("organisations:read", tenancy="platform")]
) -> ImportAnswer:
    """How far an import is."""
    return await _read(_database(request, caller), job)


@router.get(
    "/v1/organisations/imports/{job}/rejects",
    response_class=Response,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}, "description": "Lignes refusées"}},
    summary="Lignes refusées d'un import d'organisations",
)
async def rejects(
    request: HttpRequest, job: JobId, caller: Annotated[Principal, requires("organisations:read", tenancy="platform")]
) -> Response:
    """The lines refused, as a file: their number in the file sent (the header is line 1), the field and the reason."""
    database = _database(request, caller)
    content = await rejects_of(database, await _find(database, job))
    name = f"rejets-{job}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=f"{CSV}; charset=utf-8", headers=headers)


def _database(request: HttpRequest, caller: Principal) -> Transactions:
    """Short transactions of a caller who stands for every employer. Raises StaffOnly for another."""
    if caller.employers is not None:
        raise StaffOnly
    database: Database = request.app.state.db
    return partial(database.transaction, caller.tenancy)


async def _chunks(received: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes]]:
    """So many lines at a time: how many, and their text."""
    held: list[bytes] = []
    async for line in received:
        held.append(line)
        if len(held) == jobs.CHUNK_LINES:
            yield len(held), b"".join(held)
            held = []
    if held:
        yield len(held), b"".join(held)


async def _read(database: Transactions, job: UUID) -> ImportAnswer:
    return ImportAnswer.model_validate(await _find(database, job))


async def _find(database: Transactions, job: UUID) -> Job:
    async with database() as tx:
        found = await jobs.find(tx, job)
    if found is None or found.kind != KIND:
        raise UnknownImport
    return found
