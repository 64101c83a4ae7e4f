"""Statements as files: complete, the same each time, and readable by the programs they are for."""

from __future__ import annotations

import csv
import io
import zipfile
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from kit.db.database import Scope
from kit.http.subject import HEADER
from services.contributions.adapters.papers.csv_paper import csv_of
from services.contributions.adapters.papers.paper import digest
from services.contributions.adapters.papers.pdf_paper import _euros, pdf_of
from services.contributions.adapters.papers.xlsx_paper import xlsx_of
from services.contributions.application.print_statement import paper_of
from tests.services.client import Service
from tests.services.contributions.facts import AGGLOMERATION, CITY
from tests.services.contributions.world import World

CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


async def issued(world: World) -> str:
    """A statement with a regularisation, as the second of its contract."""
    agent = await world.member("M1")
    await world.elect(agent, "RI_FULL_PAY", "2025-06-01")
    await world.pay("M1", "2025-05", tib="2000.00")
    await world.run("2025-05")
    await world.pay("M1", "2025-05", 1, tib="1900.00")
    await world.pay("M1", "2025-06", tib="2400.00")
    (statement,) = (await world.run("2025-06")).statements
    return str(statement.id)


async def test_every_format_holds_the_whole_statement(service: Service, world: World) -> None:
    statement = await issued(world)
    path = f"/v1/statements/{statement}/file"
    async with service.caller("contributions:read", employers=[CITY]) as client:
        got = {form: await client.get(path, params={"format": form}) for form in ("json", "csv", "xlsx", "pdf")}
        assert {form: answer.status_code for form, answer in got.items()} == dict.fromkeys(got, 200)
        for form, answer in got.items():
            assert answer.headers["content-disposition"].endswith(f'bordereau-{CITY}-2025-06-0002.{form}"')
            (agent,) = await world.rows("SELECT agent FROM agent_matricule")
            assert answer.headers[HEADER] == str(agent["agent"]), "the audit trail names everybody in it"
        assert (await client.get(path, params={"format": "docx"})).status_code == 422
        assert (await client.get(path)).status_code == 422
    rows = list(csv.DictReader(io.StringIO(got["csv"].content.decode("utf-8-sig")), delimiter=";"))
    assert [
        (row["mois"], row["matricule"], row["garantie"], row["cotisation"], row["regularisation"]) for row in rows
    ] == [
        ("2025-05", "M1", "BASE", "-2.05", "oui"),
        ("2025-06", "M1", "BASE", "49.20", "non"),
        ("2025-06", "M1", "RI_FULL_PAY", "6.00", "non"),
    ]
    assert [row["financement_a_preciser"] for row in rows] == ["non", "non", "oui"]
    whole = got["json"].json()
    assert (whole["statement"]["amount"], [line["amount"] for line in whole["lines"]]) == (
        "53.15",
        ["-2.05", "49.20", "6.00"],
    )
    assert got["pdf"].content.startswith(b"%PDF-")
    async with service.caller("contributions:read", employers=[AGGLOMERATION]) as other:
        assert (await other.get(path, params={"format": "csv"})).status_code == 404


async def test_a_workbook_adds_up(world: World) -> None:
    statement = await issued(world)
    async with world.database.api.transaction(Scope.all()) as tx:
        paper = await paper_of(tx, UUID(statement))
    with zipfile.ZipFile(io.BytesIO(xlsx_of(paper))) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet2.xml"))
    rows = [[cell.findtext(f"{CELL}v") for cell in row] for row in sheet.iter(f"{CELL}row")]
    assert [row[7] for row in rows[1:]] == ["-2.05", "49.20", "6.00"]


async def test_the_same_statement_gives_the_same_files_and_the_pdf_binds_the_lines(world: World) -> None:
    statement = await issued(world)
    async with world.database.api.transaction(Scope.all()) as tx:
        paper = await paper_of(tx, UUID(statement))
    for make in (csv_of, xlsx_of, pdf_of):
        assert make(paper) == make(paper)
    assert len(digest(csv_of(paper))) == 64
    assert [str(month) for month in paper.regularised] == ["2025-05"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("0.00", "0,00"), ("-0.05", "-0,05"), ("1234567.80", "1\xa0234\xa0567,80"), ("-999.10", "-999,10")],
)
def test_amounts_are_written_as_in_french(text: str, shown: str) -> None:
    assert _euros(text) == shown
