"""Reading what a request brings without making objects of all of it: for what runs on each."""

from __future__ import annotations

from collections.abc import Iterable

Header = tuple[bytes, bytes]


def first(headers: Iterable[Header], wanted: bytes) -> bytes | None:
    """The value of a header, as ASGI has them: names in lower case.

    >>> first([(b"accept", b"*/*"), (b"host", b"x")], b"host"), first([], b"host")
    (b'x', None)
    """
    for name, value in headers:
        if name == wanted:
            return value
    return None
