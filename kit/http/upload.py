"""A file sent as the body of a request, read line by line while it arrives: memory does not grow with the file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request

from kit.http.limits import BodyTooLarge
from kit.http.problem import FieldError, Problem

# A line beyond this is no line of an import.
MAX_LINE_BYTES: Final = 65_536


def media_type_of(request: Request, *accepted: str) -> str:
    """The type the body is sent as, without parameters. Raises 415 on one that is not accepted."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given in accepted:
        return given
    *others, last = accepted
    french, english = (f"{', '.join(others)} {word} {last}" if others else last for word in ("ou", "or"))
    raise Problem(
        415,
        "unsupported_media_type",
        "Type de contenu refusé",
        "Unsupported media type",
        detail_fr=f"Le fichier est attendu en {french}.",
        detail_en=f"The file is expected as {english}.",
    )


async def lines(request: Request, media_type: str) -> AsyncIterator[bytes]:
    """The lines of the body, ends included, empty ones too. Raises 415 on another type, 422 on an endless line."""
    media_type_of(request, media_type)
    rest, number = b"", 0
    async for piece in request.stream():
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line + b"\n"
        number += len(whole)
        if len(rest) > MAX_LINE_BYTES:
            raise _too_long(number + 1)
    if rest:
        yield rest


def _too_long(line: int) -> Problem:
    """A line without end, by its number in the file."""
    fr, en = f"La ligne {line} dépasse {MAX_LINE_BYTES} octets.", f"Line {line} is longer than {MAX_LINE_BYTES} bytes."
    return Problem(
        422,
        "line_too_long",
        "Ligne trop longue",
        "Line too long",
        detail_fr=fr,
        detail_en=en,
        errors=[FieldError("", fr, en)],  # the whole body: a file is no JSON, and has no place to point at
    )


async def every_line(request: Request) -> AsyncIterator[list[bytes]]:
    """The lines of the body as `lines` gives them, those of a piece of it at once. No line is endless: what is beyond
    MAX_LINE_BYTES is cut off. Such a line is longer than MAX_LINE_BYTES, which is how its reader knows.
    """
    rest, cut = b"", False
    async for piece in request.stream():
        *whole, rest = (rest + piece).split(b"\n")
        if whole and cut:
            del whole[0]
            cut = False
        found = [line[: MAX_LINE_BYTES + 1] + b"\n" for line in whole]
        if cut:
            rest = b""
        elif len(rest) > MAX_LINE_BYTES:
            found.append(rest[: MAX_LINE_BYTES + 1] + b"\n")
            rest, cut = b"", True
        if found:
            yield found
    if rest:
        yield [rest]


async def content(request: Request, max_bytes: int) -> bytes:
    """A small file, whole. Raises 413 beyond `max_bytes`."""
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > max_bytes:
            raise BodyTooLarge
    return bytes(held)


def body_of(media_type: str, description: str, *others: str) -> dict[str, object]:
    """The `openapi_extra` of an operation that takes such a file."""
    schema = {"type": "string", "description": description}
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in (media_type, *others)}}}
