"""Lists as spreadsheets read them: CSV with semicolons and a byte order mark, and no text taken for a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

# What a spreadsheet would take for a formula, at the beginning of a text that somebody else chose.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
BEGINS: Final = codecs.BOM_UTF8
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; amounts stay numbers.

    >>> plain("=1+1"), plain("-13.92"), plain("-cmd")
    ("'=1+1", '-13.92', "'-cmd")
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows, titles among them, as spreadsheets in French expect them."""
    return BEGINS + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Some of the rows, after those that come before them."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows([plain(cell) for cell in row] for row in rows)
    return written.getvalue().encode()
