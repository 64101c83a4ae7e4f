"""The lines of a file do not depend on how the network cut it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from kit.http import upload

MOST = 4


@given(st.lists(st.text(alphabet="ab\n", max_size=12).map(str.encode), max_size=6))
def test_every_line_is_there_once_and_none_is_endless(pieces: list[bytes]) -> None:
    *whole, last = b"".join(pieces).split(b"\n")
    expected = [line[: MOST + 1] + b"\n" for line in whole]
    if last:
        expected.append(last if len(last) <= MOST else last[: MOST + 1] + b"\n")
    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    left.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        return left.pop(0)

    async def read() -> list[bytes]:
        request = Request({"type": "http", "headers": []}, receive)
        return [line async for lines in upload.every_line(request) for line in lines]

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(upload, "MAX_LINE_BYTES", MOST)
        assert asyncio.run(read()) == expected
