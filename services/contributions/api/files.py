"""Lists that may also be had as files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import Query, Response

from services.contributions.adapters.papers.sheet import Sheet, csv_of, xlsx_of


class ListFormat(StrEnum):
    """The kinds of file of a list."""

    CSV = "csv"
    XLSX = "xlsx"


AskedFormat = Annotated[ListFormat, Query(alias="format", description="Format du fichier.")]
_MEDIA: Final[dict[ListFormat, tuple[str, Callable[[Sheet], bytes]]]] = {
    ListFormat.CSV: ("text/csv; charset=utf-8", csv_of),
    ListFormat.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_of),
}


def documented(description: str) -> dict[int | str, dict[str, Any]]:
    """What the document says of such a file."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    media = {kind.partition(";")[0]: binary for kind, _ in _MEDIA.values()}
    return {200: {"description": description, "content": media}}


async def answer(sheet: Sheet, form: ListFormat) -> Response:
    """The file, made beside the event loop."""
    media, make = _MEDIA[form]
    content = await asyncio.to_thread(make, sheet)
    headers = {"content-disposition": f'attachment; filename="{sheet.name}.{form}"'}
    return Response(content, media_type=media, headers=headers)
