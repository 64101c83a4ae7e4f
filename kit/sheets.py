"""Lists as spreadsheets read them: CSV with semicolons and a byte order mark, and no text taken for a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

# What a spreadsheet would take for a formula, at the beginning of a text that somebody else chose.
_FORMULA: Final = ("=", "+", "-", "@")
# What it passes over before: blanks, control characters, what has no width.
_UNSEEN: Final = re.compile("[\\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*")
_STARTS_A_CELL: Final = ("\t", "\r")
BEGINS: Final = codecs.BOM_UTF8
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; amounts stay numbers.

    >>> plain("=1+1"), plain("-13.92"), plain("-cmd")
    ("'=1+1", '-13.92', "'-cmd")
    >>> plain(" =1"), plain("＝1+1"), plain("\u200b@SUM(A1)"), plain(" Le Gall")
    ("' =1", "'＝1+1", "'\u200b@SUM(A1)", ' Le Gall')
    """
    # Full-width and small signs are read as the usual ones, by some settings of some programs.
    begins = unicodedata.normalize("NFKC", _UNSEEN.sub("", text, count=1)[:1])
    odd = text.startswith(_STARTS_A_CELL) or begins.startswith(_FORMULA)
    return f"'{text}" if odd and not _NUMBER.fullmatch(text) else text


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows, titles among them, as spreadsheets in French expect them."""
    return BEGINS + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Some of the rows, after those that come before them."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows([plain(cell) for cell in row] for row in rows)
    return written.getvalue().encode()
