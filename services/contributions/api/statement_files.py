"""A statement as a file: CSV, workbook, or a PDF to be signed. As what was issued, its files never change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import Query, Response

from kit.http.auth import requires
from kit.http.route import Tx, service_router
from kit.http.subject import about
from services.contributions.adapters.papers.csv_paper import csv_of
from services.contributions.adapters.papers.paper import Paper
from services.contributions.adapters.papers.pdf_paper import pdf_of
from services.contributions.adapters.papers.xlsx_paper import xlsx_of
from services.contributions.api.parameters import StatementId
from services.contributions.api.statements import LineAnswer, StatementAnswer
from services.contributions.application.print_statement import paper_of

router = service_router(tags=["Cotisations"], dependencies=[requires("contributions:read")])


class Format(StrEnum):
    """The kinds of file."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


def _json_of(paper: Paper) -> bytes:
    lines = ",".join(LineAnswer.of(line).model_dump_json() for line in paper.lines)
    return f'{{"statement":{StatementAnswer.of(paper.statement).model_dump_json()},"lines":[{lines}]}}'.encode()


MEDIA: Final[dict[Format, tuple[str, Callable[[Paper], bytes]]]] = {
    Format.JSON: ("application/json", _json_of),
    Format.CSV: ("text/csv; charset=utf-8", csv_of),
    Format.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_of),
    Format.PDF: ("application/pdf", pdf_of),
}
FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Le bordereau, en fichier",
        "content": {
            media.partition(";")[0]: {
                "schema": {"type": "object"} if form is Format.JSON else {"type": "string", "format": "binary"}
            }
            for form, (media, _) in MEDIA.items()
        },
    }
}


@router.get(
    "/v1/statements/{statement}/file",
    response_class=Response,
    responses=FILES,
    summary="Un bordereau en fichier : JSON, CSV, classeur ou PDF à signer",
)
async def file(
    statement: StatementId, tx: Tx, form: Annotated[Format, Query(alias="format", description="Format du fichier.")]
) -> Response:
    """The whole statement; the PDF holds the digest of the CSV."""
    paper = await paper_of(tx, statement)
    media, make = MEDIA[form]
    content = await asyncio.to_thread(make, paper)
    headers = {"content-disposition": f'attachment; filename="{paper.name}.{form}"'}
    response = Response(content, media_type=media, headers=headers)
    about(response, *dict.fromkeys(line.delta.key.agent for line in paper.lines))
    return response
