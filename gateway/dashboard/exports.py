"""A list as a file, page by page: CSV for anything, a workbook for people. What could be a formula is only text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Final

import xlsxwriter
from starlette.responses import Response, StreamingResponse

from gateway.dashboard.api import EXPORTED_PAGES, PAGE, ListCut
from gateway.dashboard.visit import Visit
from kit.http.problem import Problem
from kit.sheets import BEGINS, csv_lines

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH: Final = 22
_PIECE: Final = 64 * 1024
# Rows as texts, titles first, some at a time.
Tables = AsyncIterator[list[list[str]]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its title, and its text in a row."""

    title: str
    of: Callable[[Any], str]


async def exported(visit: Visit, name: str, columns: Sequence[Column], pages: AsyncIterable[Sequence[Any]]) -> Response:
    """The rows in the format that the path asks for, which leave as they come. Raises 404 for another format.

    What refuses the first page is raised; a list that is longer than a file may be says so in its last row.
    """
    shape = visit.request.path_params["format"]
    if shape not in _SHAPES:
        raise Problem(404, "not_found", "Ressource introuvable", "Not found")
    media, written = _SHAPES[shape]
    tables = _tables(visit, columns, pages)
    pieces = written([await anext(tables)], tables)
    disposition = f'attachment; filename="{name}.{shape}"'
    return StreamingResponse(pieces, media_type=media, headers={"content-disposition": disposition})


async def at_once(rows: Sequence[Any]) -> AsyncIterator[Sequence[Any]]:
    """A list that is all there, as a single page."""
    yield rows


async def _tables(visit: Visit, columns: Sequence[Column], pages: AsyncIterable[Sequence[Any]]) -> Tables:
    """The titles with the first page, then each page."""
    titles = [[visit.words.t(column.title) for column in columns]]
    try:
        async for page in pages:
            yield titles + [[column.of(row) for column in columns] for row in page]
            titles = []
    except ListCut:
        yield [[visit.words.t("export_cut", most=visit.words.count(EXPORTED_PAGES * PAGE))]]
    if titles:
        yield titles


async def _csv(begun: Sequence[list[list[str]]], tables: Tables) -> AsyncIterator[bytes]:
    yield BEGINS
    for table in begun:
        yield csv_lines(table)
    async for table in tables:
        yield csv_lines(table)


async def _workbook(begun: Sequence[list[list[str]]], tables: Tables) -> AsyncIterator[bytes]:
    """Rows wait on disk, not in memory; in a folder that goes with whoever gives the download up."""
    with TemporaryDirectory() as folder, TemporaryFile(dir=folder) as file:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(file, options)
        sheet, bold, line = book.add_worksheet(), book.add_format({"bold": True}), 0
        sheet.set_column(0, len(begun[0][0]) - 1, _WIDTH)
        sheet.freeze_panes(1, 0)

        def write(table: list[list[str]]) -> None:
            nonlocal line
            for row in table:
                for place, cell in enumerate(row):
                    sheet.write_string(line, place, cell, bold if line == 0 else None)
                line += 1

        for table in begun:
            write(table)
        async for table in tables:
            write(table)
        await asyncio.to_thread(book.close)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


_SHAPES: Final = {"csv": ("text/csv; charset=utf-8", _csv), "xlsx": (XLSX, _workbook)}
