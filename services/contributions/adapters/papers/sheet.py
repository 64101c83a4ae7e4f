"""A list as a file: CSV, or a workbook of one sheet. The same list always gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

import xlsxwriter

from kit import sheets
from kit.money import Money

Cell = str | int | Money | None
_AMOUNT: Final = "#,##0.00"
# A date of creation that does not change.
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns and rows; amounts as money, so that each form writes them its own way."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_of(sheet: Sheet) -> bytes:
    """Semicolons and a byte order mark, as spreadsheets in French expect; amounts with a point, as in answers."""
    rows = ([_text(cell) for cell in row] for row in sheet.rows)
    return sheets.csv_of(chain([sheet.columns], rows))


def xlsx_of(sheet: Sheet) -> bytes:
    """A workbook; rows are written as they come, none is kept."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": _NEVER.replace(tzinfo=None), "title": sheet.name})
    page, amount = book.add_worksheet(), book.add_format({"num_format": _AMOUNT})
    write_rows(page, [sheet.columns], amount)
    write_rows(page, sheet.rows, amount, first=1)
    book.close()
    return written.getvalue()


def write_rows(page: Any, rows: Iterable[Sequence[Cell]], amount: Any, first: int = 0) -> None:
    """Rows from the one numbered `first` on."""
    for number, row in enumerate(rows, start=first):
        for place, cell in enumerate(row):
            if isinstance(cell, Money):
                page.write_number(number, place, cell.euros, amount)
            elif isinstance(cell, int):
                page.write_number(number, place, cell)
            elif cell is not None:
                page.write_string(number, place, cell)


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)
