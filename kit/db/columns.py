"""Columns instead of rows, in PostgreSQL's binary formats: read whole, staged by COPY, never an object per row.

What is read or staged has no NULL and a fixed width: numbers, dates, months, identifiers. Dates are ordinals as Python
counts them (`date.toordinal`), months as `kit.columns` numbers them, identifiers their sixteen bytes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, Final

import asyncpg
import numpy as np
import numpy.typing as npt
import uuid_utils
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.columns import Column, first_days, months_of
from kit.db.database import driver

Columns = dict[str, npt.NDArray[Any]]
Ids = npt.NDArray[np.bytes_]
# How PostgreSQL writes each type, and which of its functions does. A month is the date of its first day.
_FORMATS: Final = {"uuid": "S16", "bigint": ">i8", "integer": ">i4", "date": ">i4", "month": ">i4"}
_SENDERS: Final = {
    "uuid": "uuid_send",
    "bigint": "int8send",
    "integer": "int4send",
    "date": "date_send",
    "month": "date_send",
}
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
_EPOCH: Final = date(2000, 1, 1).toordinal()

# Between the hyphens of an identifier: which of its digits, and where they are written.
_GROUPS: Final = ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24))


async def read_columns(tx: AsyncConnection, query: str, *arguments: object, types: Mapping[str, str]) -> Columns:
    """The rows of a query, whose columns have these names and types, in its order. Policies apply as to any query.

    The server strings each column together, and sends it at once: a message a row would cost most of the time. Each
    is a row of its own, as none may hold a gigabyte: there is room for 67 million rows.
    """
    names = ", ".join(f"c{place}" for place in range(len(types)))
    strung = ", ".join(
        f"string_agg({_SENDERS[kind]}(c{place}), '') AS c{place}" for place, kind in enumerate(types.values())
    )
    apart = ", ".join(f"({place}, c{place})" for place in range(len(types)))
    asked = f"""
        SELECT part.place, part.content, whole.count
          FROM (SELECT count(*), {strung} FROM ({query}) AS said ({names})) AS whole
         CROSS JOIN LATERAL (VALUES {apart}) AS part (place, content)
    """  # noqa: S608 - our own names
    found = {place: (content, count) for place, content, count in await (await driver(tx)).fetch(asked, *arguments)}
    return {name: _read(kind, *found[place]) for place, (name, kind) in enumerate(types.items())}


def _read(kind: str, content: bytes | None, count: int) -> npt.NDArray[Any]:
    values = np.frombuffer(content or b"", _FORMATS[kind])
    assert len(values) == count, "a column has a NULL"
    if kind == "uuid":
        return values
    if kind == "date":
        return values.astype(np.int64) + _EPOCH
    return months_of(values.astype(np.int64) + _EPOCH) if kind == "month" else values.astype(np.int64)


@asynccontextmanager
async def staged_columns(
    tx: AsyncConnection, stage: str, columns: Columns, types: Mapping[str, str]
) -> AsyncIterator[None]:
    """A temporary table of these columns, under no policy: whoever inserts from it passes those of the target."""
    made = ", ".join(f'"{name}" {"date" if kind == "month" else kind}' for name, kind in types.items())
    await tx.execute(text(f"CREATE TEMPORARY TABLE {stage} ({made}) ON COMMIT DROP"))
    connection, content = await driver(tx), _written(columns, types)
    try:
        await connection.copy_to_table(stage, source=content, columns=list(types), format="binary")
    except asyncpg.PostgresError as error:
        error.detail = error.context = None  # they quote the line
        raise
    yield
    await tx.execute(text(f"DROP TABLE {stage}"))


def _written(columns: Columns, types: Mapping[str, str]) -> bytearray:
    layout, count = _layout(types), len(next(iter(columns.values())))
    content = bytearray(len(_SIGNATURE) + count * layout.itemsize + len(_END))
    content[: len(_SIGNATURE)], content[-len(_END) :] = _SIGNATURE, _END
    rows = np.frombuffer(content, layout, count, len(_SIGNATURE))
    rows["fields"] = len(types)
    for place, (name, kind) in enumerate(types.items()):
        rows[f"length{place}"] = layout[name].itemsize
        values = first_days(columns[name]) if kind == "month" else columns[name]
        rows[name] = values - _EPOCH if kind in {"date", "month"} else values
    return content


def _layout(types: Mapping[str, str]) -> np.dtype[Any]:
    """A row of binary COPY: how many fields, then the length and the bytes of each."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for place, (name, kind) in enumerate(types.items()):
        fields += [(f"length{place}", ">i4"), (name, _FORMATS[kind])]
    return np.dtype(fields)


def id_bytes(texts: Ids) -> Ids:
    """Identifiers as written, ASCII, to their sixteen bytes.

    >>> id_bytes(id_texts(np.array([bytes(range(16))]))).tolist() == [bytes(range(16))]
    True
    """
    shown = np.frombuffer(texts.astype("S36").tobytes(), "u1").reshape(-1, 36)
    digits = shown[:, [place for start, end, at in _GROUPS for place in range(at, at + end - start)]]
    return np.frombuffer(bytes.fromhex(digits.tobytes().decode()), "S16")


def id_texts(ids: Ids) -> Ids:
    """The sixteen bytes of identifiers to how they are written, in ASCII.

    >>> id_texts(np.array([bytes(range(16))])).tolist()
    [b'00010203-0405-0607-0809-0a0b0c0d0e0f']
    """
    digits = np.frombuffer(ids.astype("S16").tobytes().hex().encode(), "u1").reshape(-1, 32)
    shown = np.full((len(digits), 36), ord("-"), "u1")
    for start, end, at in _GROUPS:
        shown[:, at : at + end - start] = digits[:, start:end]
    return shown.view("S36").reshape(-1)


def new_ids(count: int) -> Ids:
    """New identifiers (UUIDv7) in a row: the first is made as `kit.ids.new_id` does, each other is one more.

    >>> ids = new_ids(3)
    >>> len(set(ids.tolist())), {one[6] >> 4 for one in ids.tolist()}, sorted(ids.tolist()) == ids.tolist()
    (3, {7}, True)
    """
    first = uuid_utils.uuid7().bytes
    made = np.empty((count, 2), dtype=">u8")
    made[:, 0] = int.from_bytes(first[:8], "big")
    # The bits after the variant are random; without the highest of them, so many can be added without a carry.
    made[:, 1] = (int.from_bytes(first[8:], "big") & ~(1 << 61)) + np.arange(count, dtype=np.uint64)
    return made.view("S16").reshape(-1)


def ranked(*ids: Ids) -> tuple[Ids, list[Column]]:
    """All the identifiers, each once and in order; and of each given array, their places among them.

    >>> some, others = np.array([bytes([3] * 16), bytes([1] * 16)]), np.array([bytes([3] * 16)])
    >>> [places.tolist() for places in ranked(some, others)[1]]
    [[1, 0], [1]]
    """
    every = np.concatenate([one.astype("S16") for one in ids])
    high, low = np.frombuffer(every.tobytes(), ">u8").reshape(-1, 2).T.astype(np.uint64)
    begins = _differs(high, low)  # the same one comes many times in a row: once is enough to put it in its place
    every, high, low = every[begins], high[begins], low[begins]
    order = np.lexsort((low, high))
    other = _differs(high[order], low[order])
    places = np.empty(len(every), dtype=np.int64)
    places[order] = np.cumsum(other) - 1
    ends = np.cumsum([len(one) for one in ids])[:-1]
    return every[order[other]], np.split(places[np.cumsum(begins) - 1], ends)


def _differs(high: npt.NDArray[np.uint64], low: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Whether each identifier is another than the one before it."""
    other = np.ones(len(high), dtype=bool)
    other[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    return other
