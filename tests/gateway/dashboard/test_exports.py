"""Lists as files: page by page, whole or said to be cut, with nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from gateway.dashboard.api import ListCut, Refusal
from gateway.dashboard.exports import Column, at_once, exported
from gateway.dashboard.visit import Visit
from gateway.dashboard.words import Words
from kit.http.problem import Problem

COLUMNS = [Column("agents.last_name", lambda row: row["name"]), Column("agent.amount", lambda row: row["amount"])]
PAGES = [[{"name": "=CMD()", "amount": "-12.50"}], [{"name": "LE GALL ; Yann", "amount": "3.00"}]]


def visit(shape: str) -> Visit:
    request = Request({"type": "http", "path_params": {"format": shape}, "headers": [], "query_string": b""})
    return Visit(request, Words("fr"), "light")


async def pages(*, cut: bool = False) -> AsyncIterator[Sequence[Any]]:
    for page in PAGES:
        yield page
    if cut:
        raise ListCut


def files_below(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


async def body_of(shape: str, rows: AsyncIterator[Sequence[Any]]) -> bytes:
    answer = await exported(visit(shape), "liste", COLUMNS, rows)
    assert isinstance(answer, StreamingResponse)
    assert answer.headers["content-disposition"] == f'attachment; filename="liste.{shape}"'
    return b"".join([piece async for piece in answer.body_iterator if isinstance(piece, bytes)])


async def test_pages_become_one_file_under_one_row_of_titles() -> None:
    text = (await body_of("csv", pages())).decode()
    assert text == '\ufeffNom;Montant\n\'=CMD();-12.50\n"LE GALL ; Yann";3.00\n'
    assert (await body_of("csv", at_once([]))).decode() == "\ufeffNom;Montant\n"


async def test_a_workbook_holds_the_same_as_texts() -> None:
    with zipfile.ZipFile(io.BytesIO(await body_of("xlsx", pages()))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert all(f">{cell}<" in sheet for cell in ("Nom", "Montant", "=CMD()", "-12.50", "LE GALL ; Yann", "3.00"))
    assert "<f>" not in sheet, "no formula"


async def test_a_download_that_is_given_up_leaves_nothing_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def broken() -> AsyncIterator[Sequence[Any]]:
        yield PAGES[0]
        assert files_below(tmp_path), "rows wait on disk"
        raise Refusal(503, {"code": "unavailable"})

    with pytest.raises(Refusal):
        await body_of("xlsx", broken())
    assert not files_below(tmp_path)


async def test_a_list_that_is_too_long_says_where_it_is_cut() -> None:
    *_, last = (await body_of("csv", pages(cut=True))).decode().splitlines()
    assert last == "Coupé ici : un fichier a 100\u202f000 lignes au plus. Restreignez la liste."


async def test_what_is_refused_at_once_is_no_file() -> None:
    async def refused() -> AsyncIterator[Sequence[Any]]:
        raise Refusal(403, {"code": "out_of_scope"})
        yield []

    with pytest.raises(Refusal):
        await exported(visit("csv"), "liste", COLUMNS, refused())
    with pytest.raises(Problem) as told:
        await exported(visit("pdf"), "liste", COLUMNS, pages())
    assert told.value.status == 404
