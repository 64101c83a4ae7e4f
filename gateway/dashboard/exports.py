"""A list as a file: CSV for anything, a workbook for people. What could be a formula is only text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter
from starlette.responses import Response

from gateway.dashboard.visit import Visit
from kit.http.problem import Problem

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
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
        body, media = _csv(titles, table), "text/csv; charset=utf-8"
    elif shape == "xlsx":
        body, media = _workbook(titles, table), XLSX
    else:
        raise Problem(404, "not_found", "Ressource introuvable", "Not found")
    disposition = f'attachment; filename="{name}.{shape}"'
    return Response(body, media_type=media, headers={"content-disposition": disposition})


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; amounts stay numbers.

    >>> plain("=1+1"), plain("-13.92"), plain("-cmd")
    ("'=1+1", '-13.92', "'-cmd")
    """
    if text.startswith(_FORMULA) and not text[1:].replace(".", "", 1).isdecimal():
        return "'" + text
    return text


def _csv(titles: list[str], table: list[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([titles, *([plain(cell) for cell in row] for row in table)])
    return out.getvalue().encode("utf-8-sig")


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
