"""A list as a file: CSV for anything, a workbook for people. What could be a formula is only text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter
from starlette.responses import Response

from gateway.dashboard.visit import Visit
from kit.http.problem import Problem
from kit.sheets import csv_of

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH: Final = 22


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its title, and its text in a row."""

    title: str
    of: Callable[[Any], str]


def exported(visit: Visit, name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """The rows in the format that the path asks for. Raises 404 for another."""
    titles = [visit.words.t(column.title) for column in columns]
    table = [[column.of(row) for column in columns] for row in rows]
    shape = visit.request.path_params["format"]
    if shape == "csv":
        body, media = csv_of([titles, *table]), "text/csv; charset=utf-8"
    elif shape == "xlsx":
        body, media = _workbook(titles, table), XLSX
    else:
        raise Problem(404, "not_found", "Ressource introuvable", "Not found")
    disposition = f'attachment; filename="{name}.{shape}"'
    return Response(body, media_type=media, headers={"content-disposition": disposition})


def _workbook(titles: list[str], table: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    sheet.set_column(0, len(titles) - 1, _WIDTH)
    sheet.freeze_panes(1, 0)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, bold)
    for line, row in enumerate(table, 1):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell)
    book.close()
    return out.getvalue()
