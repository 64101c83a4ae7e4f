"""Imports of large files: `POST /v1/imports/<kind>` stores the file in chunks, a worker applies them.

    router = import_router([agents, leaves], read="agents:read", write="agents:write", tags=["Imports"])

Each kind is a path of its own, so that the gateway knows whose it is without opening the body (ADR 0010). The handlers
are given to `create_service(jobs=…)` under the name of their kind.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db import jobs
from kit.db.database import Database
from kit.db.job_runner import CHAIN
from kit.db.jobs import Job, Reject, TooManyChunksError
from kit.events.context import current
from kit.http.auth import Caller, Principal, requires
from kit.http.import_lines import CSV, JSON_LINES, Columns, charset_of, header, sealed
from kit.http.limits import BodyTooLarge
from kit.http.paths import JobId
from kit.http.problem import FieldError, Problem
from kit.http.route import Now, StrictRoute, service_router
from kit.http.types import Answer
from kit.http.upload import body_of, every_line, media_type_of
from kit.sheets import csv_lines

Transactions = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
_JSON_TYPES: Final = (JSON_LINES, "application/x-ndjson")
PLAIN: Final = "text/plain"
# Lines applied in one transaction: many, so that what each costs the database once is shared, and bounded in bytes.
CHUNK_LINES: Final = 10_000
CHUNK_BYTES: Final = 4 * 1024 * 1024
_REJECTS_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class ImportKind:
    """What a file holds, a record a line. Without `columns` it comes as JSON Lines only.

    `plain`: lines of another format, in `text/plain`, which the handler reads itself. `chunk_lines` are applied in one
    transaction, and all of them are in memory meanwhile.
    """

    name: str
    summary: str
    columns: Columns | None = None
    plain: bool = False
    chunk_lines: int = CHUNK_LINES

    @property
    def media_types(self) -> tuple[str, ...]:
        if self.plain:
            return (PLAIN,)
        return (*_JSON_TYPES, CSV) if self.columns else _JSON_TYPES


class ImportAnswer(Answer):
    """An import and how far it is. `lines` counts the records sent, `error` says why it failed."""

    id: UUID
    kind: str
    state: str
    dry_run: bool
    lines: int
    accepted: int
    rejected: int
    error: str | None
    recorded_at: datetime
    finished_at: datetime | None


def import_router(kinds: Sequence[ImportKind], *, read: str, write: str, tags: list[str]) -> APIRouter:
    """Send a file, follow it, read its rejects, for each kind."""
    router = service_router(tags=tags, route_class=StrictRoute)
    for kind in kinds:
        _add(router, kind, read, write)
    return router


def _add(router: APIRouter, kind: ImportKind, read: str, write: str) -> None:
    path = f"/v1/imports/{kind.name}"

    async def submit(
        *,
        request: Request,
        response: Response,
        caller: Caller,
        clock: Now,
        dry_run: Annotated[bool, Query(description="Contrôler le fichier sans rien enregistrer.")] = False,
    ) -> ImportAnswer:
        """Send a file. Lines are applied in their order; a refused one does not stop the others."""
        job = await _receive(request, kind, caller, clock, dry_run=dry_run)
        response.headers["location"] = f"{path}/{job.id}"
        return ImportAnswer.model_validate(job)

    async def progress(request: Request, job: JobId, caller: Caller) -> ImportAnswer:
        """How far an import is."""
        return ImportAnswer.model_validate(await _find(_transactions(request, caller), job, kind))

    async def rejects(request: Request, job: JobId, caller: Caller) -> Response:
        """The lines refused, as a file: their number in the file sent, the field and the reason."""
        database = _transactions(request, caller)
        found = await _find(database, job, kind)
        headers = {"content-disposition": f'attachment; filename="rejets-{job}.csv"'}
        return Response(await rejects_of(database, found), media_type=f"{CSV}; charset=utf-8", headers=headers)

    body = body_of(kind.media_types[0], kind.summary, *kind.media_types[1:])
    file: dict[int | str, dict[str, Any]] = {
        200: {"content": {CSV: {"schema": {"type": "string"}}}, "description": "Lignes refusées"}
    }
    name, reads = kind.name.replace("-", "_"), [requires(read)]
    router.post(
        path,
        status_code=202,
        openapi_extra=body,
        name=f"import_{name}",
        summary=kind.summary,
        dependencies=[requires(write)],
    )(submit)
    router.get(f"{path}/{{job}}", name=f"import_{name}_progress", summary="Où en est un import", dependencies=reads)(
        progress
    )
    router.get(
        f"{path}/{{job}}/rejects",
        name=f"import_{name}_rejects",
        summary="Lignes refusées d'un import",
        dependencies=reads,
        response_class=Response,
        responses=file,
    )(rejects)


async def _receive(request: Request, kind: ImportKind, caller: Principal, clock: Clock, *, dry_run: bool) -> Job:
    database, employer = _transactions(request, caller), _employer(caller)
    crypto: KeyRing = request.app.state.crypto
    received = every_line(request)
    options, first, begun = await _layout(request, kind, received)
    options |= {name: getattr(current(), name) for name in CHAIN}
    async with database() as tx:
        job = await jobs.create(
            tx,
            kind=kind.name,
            client=caller.client,
            employer=employer,
            dry_run=dry_run,
            options=options,
            at=clock.instant(),
        )
    try:
        most = min(CHUNK_LINES, kind.chunk_lines)
        async for number, first_line, count, content in _chunks(begun, received, first, most):
            closed = sealed(crypto, job, number, content)
            async with database() as tx:
                await jobs.add_chunk(
                    tx, job, number, first_line=first_line, lines=count, content=closed, at=clock.instant()
                )
    except TooManyChunksError:
        raise BodyTooLarge from None
    async with database() as tx:
        await jobs.seal(tx, job, at=clock.instant())
    return await _find(database, job, kind)


async def _layout(
    request: Request, kind: ImportKind, received: AsyncIterator[list[bytes]]
) -> tuple[dict[str, Any], int, list[bytes]]:
    """What the job remembers of the file's form, the number of its first record's line, and lines already received."""
    given = media_type_of(request, *kind.media_types)
    parameters = request.headers.get("content-type", "").split(";")[1:]
    charset = charset_of(parameters)
    if kind.plain:
        return {"format": PLAIN, "charset": charset if "charset=" in "".join(parameters).lower() else None}, 1, []
    if given != CSV or kind.columns is None:
        return {"format": JSON_LINES, "charset": charset}, 1, []
    named, *begun = await anext(received, [b""])
    return header(named, kind.columns, charset), 2, begun


async def _chunks(
    begun: list[bytes], received: AsyncIterator[list[bytes]], first: int, most: int
) -> AsyncIterator[tuple[int, int, int, bytes]]:
    """So many lines at a time: the chunk's number, its first line, how many they are, and their text."""
    held: list[bytes] = []
    number, size = 0, 0
    lines: list[bytes] | None = begun
    while lines is not None:
        for line in lines:
            held.append(line)
            size += len(line)
            if len(held) == most or size >= CHUNK_BYTES:
                yield number, first, len(held), b"".join(held)
                number, first, held, size = number + 1, first + len(held), [], 0
        lines = await anext(received, None)
    if held:
        yield number, first, len(held), b"".join(held)


def _employer(caller: Principal) -> str | None:
    """The employer a file is for; None for whoever stands for all. A file is of one employer's agents."""
    if caller.employers is None:
        return None
    if len(caller.employers) == 1:
        return next(iter(caller.employers))
    detail_fr = "Un fichier est celui d'un employeur : nommez-le par l'en-tête X-Acting-Employer."
    detail_en = "A file is one employer's: name it with the header X-Acting-Employer."
    raise Problem(
        422,
        "acting_employer_required",
        "Employeur à préciser",
        "Say which employer",
        detail_fr=detail_fr,
        detail_en=detail_en,
        errors=[FieldError("/header/X-Acting-Employer", detail_fr, detail_en)],
    )


def _transactions(request: Request, caller: Principal) -> Transactions:
    """Short transactions in the caller's tenancy."""
    database: Database = request.app.state.db
    return partial(database.transaction, caller.tenancy)


async def _find(database: Transactions, job: UUID, kind: ImportKind) -> Job:
    async with database() as tx:
        found = await jobs.find(tx, job)
    if found is None or found.kind != kind.name:
        raise import_not_found()
    return found


def import_not_found() -> Problem:
    """The 404 of a job that is unknown, of another kind, or not the caller's to see."""
    return Problem(404, "import_not_found", "Import introuvable", "Import not found")


async def rejects_of(database: Transactions, job: Job) -> str:
    """The lines of a job that were refused, as a CSV file; its last line says so where some were not kept."""
    found: list[Reject] = []
    last = 0
    async with database() as tx:
        while page := await jobs.rejects(tx, job.id, after_line=last, limit=_REJECTS_PAGE):
            # A line may be refused for several reasons: the last line of a full page is read again, whole.
            whole: Sequence[Reject] = [r for r in page if r.line < page[-1].line] if _is_full(page) else page
            found += whole
            last = whole[-1].line
    untold = job.rejected - len({one.line for one in found})
    if untold <= 0:
        return report(found)
    said = f"{untold} lignes refusées de plus ne sont pas dans ce fichier : corrigez, puis renvoyez."
    return report(found) + csv_lines([("", "", "rejects_cut", said)]).decode()


def report(lines: Iterable[Reject]) -> str:
    """Lines of a file with what is said of them, as a CSV file."""
    rows = ((str(one.line), one.pointer.lstrip("/"), one.code, one.detail) for one in lines)
    return csv_lines(chain([("ligne", "champ", "code", "motif")], rows)).decode()


def _is_full(page: Sequence[Reject]) -> bool:
    return len(page) == _REJECTS_PAGE
