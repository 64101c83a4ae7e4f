"""A line of a DSN: `S21.G00.30.019,'M1'`. Any bytes are read: what is no such line is kept with the reason."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

# A line longer than this was cut where it arrived, and is no line of a DSN.
MAX_BYTES: Final = 1 << 12
_LINE: Final = re.compile(r"(S[0-9]{2}\.G[0-9]{2}\.[0-9]{2}\.[0-9]{3}),'(.*)'")


class Why(StrEnum):
    """Why a line is kept raw. All but `BLANK`, `UNKNOWN_RUBRIC` and `OTHER_NORM` are told to the sender as rejects."""

    BLANK = "blank"
    UNREADABLE = "unreadable"
    ENCODING = "encoding"
    TOO_LONG = "line_too_long"
    UNKNOWN_RUBRIC = "unknown_rubric"
    VALUE = "value"
    IDENTITY = "identity"
    PART_TOO_LONG = "part_too_long"
    OTHER_NORM = "other_norm"


TOLD: Final = frozenset(Why) - {Why.BLANK, Why.UNKNOWN_RUBRIC, Why.OTHER_NORM}


@dataclass(frozen=True, slots=True)
class Line:
    """One line by its number in the file. `rubric` '' when it has none that can be read."""

    number: int
    raw: bytes = field(repr=False)
    rubric: str = ""
    value: str = field(default="", repr=False)
    why: Why | None = None

    @property
    def block(self) -> str:
        return self.rubric.rpartition(".")[0]


def read_line(number: int, raw: bytes, charset: str | None = None) -> Line:
    r"""Read one line. Without a charset: UTF-8 where it is such, else Latin-1, the encoding of the norm.

    >>> read_line(1, b"S21.G00.30.019,'M1'\r\n").value, read_line(2, b"S21.G00.30.019 M1").why
    ('M1', <Why.UNREADABLE: 'unreadable'>)
    >>> read_line(3, "S21.G00.06.003,'Orléans'".encode("latin-1")).value
    'Orléans'
    """
    if len(raw) > MAX_BYTES:
        return Line(number, raw, why=Why.TOO_LONG)
    bare = raw.removeprefix(BOM_UTF8).rstrip(b"\r\n")
    if not bare.strip():
        return Line(number, raw, why=Why.BLANK)
    text = _decoded(bare, charset)
    if text is None:
        return Line(number, raw, why=Why.ENCODING)
    found = _LINE.fullmatch(text)
    if found is None:
        return Line(number, raw, why=Why.UNREADABLE)
    return Line(number, raw, found[1], found[2])


def _decoded(raw: bytes, charset: str | None) -> str | None:
    """None when it is not in the charset that was declared, or holds what no text has."""
    try:
        text = raw.decode(charset or "utf-8")
    except UnicodeDecodeError:
        if charset is not None:
            return None
        text = raw.decode("latin-1")
    return None if "\x00" in text else text
