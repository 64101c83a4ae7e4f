"""A file sent as the body of a request, read line by line while it arrives: memory does not grow with the file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request

from kit.http.problem import Problem

# A line beyond this is no line of an import.
MAX_LINE_BYTES: Final = 65_536


async def lines(request: Request, media_type: str) -> AsyncIterator[bytes]:
    """The lines of the body, ends included, empty ones too. Raises 415 on another type, 422 on an endless line."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise Problem(
            415,
            "unsupported_media_type",
            "Type de contenu refusé",
            "Unsupported media type",
            detail_fr=f"Le fichier est attendu en {media_type}.",
            detail_en=f"The file is expected as {media_type}.",
        )
    rest = b""
    async for piece in request.stream():
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > MAX_LINE_BYTES:
            raise Problem(422, "line_too_long", "Ligne trop longue", "Line too long")
    if rest:
        yield rest


def body_of(media_type: str, description: str) -> dict[str, object]:
    """The `openapi_extra` of an operation that takes such a file."""
    schema = {"type": "string", "description": description}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}
