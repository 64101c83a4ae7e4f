"""Columns instead of rows: read and staged as PostgreSQL's binary COPY writes them, never an object per row.

What is read or staged has no NULL and a fixed width: numbers, dates, months, identifiers. Dates are ordinals as Python
counts them (`date.toordinal`), months as `kit.columns` numbers them, identifiers their sixteen bytes.
"""

from __future__ import annotations

import io
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
# How COPY writes each type. A month is the date of its first day.
_FORMATS: Final = {"uuid": "S16", "bigint": ">i8", "integer": ">i4", "date": ">i4", "month": ">i4"}
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
_EPOCH: Final = date(2000, 1, 1).toordinal()


async def read_columns(tx: AsyncConnection, query: str, *arguments: object, types: Mapping[str, str]) -> Columns:
    """The rows of a query, whose columns have these names and types, in its order. Policies apply as to any query."""
    connection, written = await driver(tx), io.BytesIO()
    await connection.copy_from_query(query, *arguments, output=written, format="binary")
    layout = _layout(types)
    content = written.getbuffer()[len(_SIGNATURE) : -len(_END)]
    rows = np.frombuffer(content, layout)
    found: Columns = {}
    for place, (name, kind) in enumerate(types.items()):
        assert (rows[f"length{place}"] == layout[name].itemsize).all(), f"{name} has a NULL or another type"
        found[name] = rows[name].copy() if kind == "uuid" else rows[name].astype(np.int64)
        if kind == "date":
            found[name] += _EPOCH
        elif kind == "month":
            found[name] = months_of(found[name] + _EPOCH)
    return found


@asynccontextmanager
async def staged_columns(
    tx: AsyncConnection, stage: str, columns: Columns, types: Mapping[str, str]
) -> AsyncIterator[None]:
    """A temporary table of these columns, under no policy: whoever inserts from it passes those of the target."""
    made = ", ".join(f'"{name}" {"date" if kind == "month" else kind}' for name, kind in types.items())
    await tx.execute(text(f"CREATE TEMPORARY TABLE {stage} ({made}) ON COMMIT DROP"))
    content = io.BytesIO(_written(columns, types))
    connection = await driver(tx)
    try:
        await connection.copy_to_table(stage, source=content, columns=list(types), format="binary")
    except asyncpg.PostgresError as error:
        error.detail = error.context = None  # they quote the line
        raise
    yield
    await tx.execute(text(f"DROP TABLE {stage}"))


def _written(columns: Columns, types: Mapping[str, str]) -> bytes:
    layout = _layout(types)
    rows = np.zeros(len(next(iter(columns.values()))), layout)
    rows["fields"] = len(types)
    for place, (name, kind) in enumerate(types.items()):
        rows[f"length{place}"] = layout[name].itemsize
        values = first_days(columns[name]) if kind == "month" else columns[name]
        rows[name] = values - _EPOCH if kind in {"date", "month"} else values
    return b"".join((_SIGNATURE, rows.tobytes(), _END))


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
    digits = np.char.replace(texts, b"-", b"")
    return np.frombuffer(bytes.fromhex(b"".join(digits.tolist()).decode()), "S16")


def id_texts(ids: Ids) -> Ids:
    """The sixteen bytes of identifiers to how they are written, in ASCII.

    >>> id_texts(np.array([bytes(range(16))])).tolist()
    [b'00010203-0405-0607-0809-0a0b0c0d0e0f']
    """
    digits = np.frombuffer(ids.astype("S16").tobytes().hex().encode(), "u1").reshape(-1, 32)
    shown = np.full((len(digits), 36), ord("-"), "u1")
    for start, end, at in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
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
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    other = np.ones(len(every), dtype=bool)
    other[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    places = np.empty(len(every), dtype=np.int64)
    places[order] = np.cumsum(other) - 1
    return every[order[other]], np.split(places, np.cumsum([len(one) for one in ids])[:-1])
