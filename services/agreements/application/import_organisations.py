"""Organisations from a file: each line is one, new lines are registered, known ones changed from their date on."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db.job_runner import Handler
from kit.db.jobs import Chunk, Reject
from kit.http.import_lines import by_itself
from kit.http.validation import problem_of
from kit.recording import Recording
from services.agreements.adapters import organisations
from services.agreements.adapters.organisation_document import COLUMNS, OrganisationDocument, from_line
from services.agreements.application.register_organisation import amend, enter, same
from services.agreements.domain.errors import InvalidFile
from services.agreements.domain.organisation import Organisation

KIND: Final = "organisations"
REQUIRED: Final = frozenset({"kind", "name"})


def read_header(line: bytes) -> dict[str, Any]:
    r"""The columns and the delimiter a file announces. Raises InvalidFile.

    >>> read_header(b"kind;siret;name\n")
    {'columns': ['kind', 'siret', 'name'], 'delimiter': ';'}
    """
    text = _text(line)
    delimiter = ";" if text and ";" in text else ","
    columns = [] if text is None else [cell.strip().lower() for cell in next(csv.reader([text], delimiter=delimiter))]
    unknown = sorted(set(columns) - set(COLUMNS))
    missing = sorted(REQUIRED - set(columns))
    if unknown or missing or len(set(columns)) < len(columns):
        raise InvalidFile(columns=COLUMNS, missing=missing)
    return {"columns": columns, "delimiter": delimiter}


def importer(clock: Clock) -> Handler:
    """The handler of the jobs of this kind."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject]:
        recording = Recording(clock.instant(), chunk.job.client)
        rejects: list[Reject] = []
        found: dict[str, Organisation] = {}
        for line, cells in _rows(chunk):
            with by_itself(line, rejects):
                one = _read(line, cells, rejects)
                if one is None:
                    continue
                said = one.to_domain(clock.day())
                if said.key in found:
                    twice = "Cette organisation figure deux fois dans le fichier."
                    rejects.append(Reject(line, "/", "line_twice", twice))
                else:
                    found[said.key] = said
        await organisations.lock(tx, found)
        known = await organisations.current(tx, found)
        await enter(tx, [one for key, one in found.items() if key not in known], recording)
        await amend(tx, [one for key, one in found.items() if key in known and not same(known[key], one)], recording)
        return rejects

    return apply


def _rows(chunk: Chunk) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Line numbers as an editor shows them (the header is line 1), and the cells; None when they are not cells."""
    columns: list[str] = chunk.job.options["columns"]
    for number, raw in enumerate(chunk.content.splitlines(), start=chunk.first_line + 1):
        text = _text(raw)
        cells = None if text is None else next(csv.reader([text], delimiter=chunk.job.options["delimiter"]), [])
        if cells == []:
            continue
        yield number, None if cells is None or len(cells) != len(columns) else dict(zip(columns, cells, strict=True))


def _read(line: int, cells: Mapping[str, str] | None, rejects: list[Reject]) -> OrganisationDocument | None:
    """The line as an organisation, or None with its reasons added to `rejects`."""
    if cells is None:
        rejects.append(
            Reject(line, "/", "unreadable", "La ligne n'a pas les colonnes annoncées, ou n'est pas en UTF-8.")
        )
        return None
    try:
        return OrganisationDocument.model_validate(from_line(dict(cells)))
    except ValidationError as error:
        refused = problem_of(error.errors()).errors
        rejects.extend(Reject(line, field.pointer or "/", field.code, field.detail_fr) for field in refused)
        return None


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        return None
