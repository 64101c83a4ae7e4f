"""Files that leave the pages have a page that says the same, for who cannot read them (RGAA 13.3, 13.4)."""

from __future__ import annotations

import asyncio
import re
import zlib
from base64 import a85decode
from decimal import Decimal
from typing import Any

import pytest

from gateway.dashboard.words import Words
from kit.ids import new_id
from relais.api import Api
from relais.demo.hiring import titulaire
from tests.gateway.dashboard.conftest import Pages
from tests.gateway.dashboard.test_pages_acts import LOOKS, hired
from tests.gateway.dashboard.test_pages_journeys import text_of
from tests.gateway.dashboard.test_pages_look import faults
from tests.platform import TestPlatform

# An employer and months of which no other test sends pay: a change against the month before would be parked.
CCAS = "99985004300012"
MATRICULE, FIRST, SECOND = "PAPER-1", "2025-10", "2025-11"
AMOUNT = re.compile(r"-?\d{1,3}(?:[ \xa0\u202f]?\d{3})*,\d{2}")
DIGEST = re.compile(r"[0-9a-f]{64}")


def texts(pdf: bytes) -> list[str]:
    """What a PDF of ours shows, piece by piece as it is drawn: streams are ASCII 85 over zlib, texts in cp1252."""
    found = []
    for coded in re.findall(rb"/FlateDecode.*?stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        drawn = zlib.decompress(a85decode(b"<~" + coded.strip(), adobe=True))
        for piece in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", drawn):
            plain = re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), piece)
            found.append(re.sub(rb"\\(.)", rb"\1", plain).decode("cp1252"))
    return found


def bare(text: str) -> str:
    """Without what languages and fonts write differently: spaces, the minus sign."""
    return re.sub(r"\s", "", text).replace("\N{MINUS SIGN}", "-")


def issued_and_corrected(platform: TestPlatform) -> str:
    """A statement with lines of its month and of a corrected one before; its id."""
    with platform.api("demo-hris") as hris:
        hired(hris, MATRICULE, titulaire("2025-02-01"), employer=CCAS)
        for month in (FIRST, SECOND):
            hris.put(f"/v1/pay/{CCAS}/{MATRICULE}/{month}", {"tib": "2111.11", "ri": "123.45"})
        hris.until(lambda: run(hris, FIRST, dry=True), "a month to issue")
        first = run(hris, FIRST)
        path = f"/v1/pay/{CCAS}/{MATRICULE}/{FIRST}"
        etag = hris.respond("GET", path).headers["etag"]
        hris.send("PUT", path, json={"tib": "2222.22", "ri": "123.45"}, headers={"if-match": etag})
        hris.until(lambda: run(hris, SECOND, dry=True), "the next one")
        issued = run(hris, SECOND)[0]
        paid(hris, [*first, issued])
        return str(issued["id"])


def paid(hris: Api, statements: list[dict[str, Any]]) -> None:
    """Nothing stays owed: another test's payment would go to it."""
    total = sum(Decimal(one["total"]["amount"]) for one in statements)
    whom = {"employer": CCAS, **{name: statements[0][name] for name in ("agreement", "insurer")}}
    body = {**whom, "amount": str(total), "received_on": "2025-12-15", "reference": MATRICULE}
    hris.post("/v1/payments", body, key=MATRICULE)


def run(hris: Api, month: str, *, dry: bool = False) -> list[dict[str, Any]]:
    asked = {"employer": CCAS, "month": month, "dry_run": dry}
    statements: list[dict[str, Any]] = hris.post("/v1/runs", asked, key=str(new_id()))["statements"]
    return statements


@pytest.fixture(scope="session")
async def statement(platform: TestPlatform, sick_leave: dict[str, Any]) -> str:
    """After the demonstration has issued what it issues."""
    assert sick_leave
    return await asyncio.to_thread(issued_and_corrected, platform)


async def test_what_a_pdf_says_is_on_a_page(pages: Pages, statement: str) -> None:
    page = await pages.signed_in()
    for where, file in (
        (f"/app/statements/{statement}/page", f"/app/statements/{statement}/file.pdf"),
        ("/app/steering?year=2025", "/app/steering.pdf?year=2025"),
    ):
        pdf = await (await page.context.request.get(file)).body()
        said = texts(pdf)
        wanted = {bare(one) for text in said for one in [*AMOUNT.findall(text), *DIGEST.findall(text)]}
        assert wanted, file
        await page.goto(where)
        shown = bare(await text_of(page, "main"))
        assert {one for one in wanted if one not in shown} == set(), where
        assert await faults(page, where) == []
    await page.goto(f"/app/statements/{statement}")
    await page.get_by_role("link", name="Version accessible").click()
    assert await page.locator("#regularised tbody tr").count() == 1
    assert MATRICULE in await text_of(page, "#lines")


@pytest.mark.usefixtures("statement")
@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_the_account_of_a_year_is_a_page_as_well(pages: Pages, language: Any, width: int, theme: str) -> None:
    page, words = await pages.signed_in(language=language, width=width, theme=theme), Words(language)
    await page.goto("/app/steering?year=2025")
    file = await page.locator("#accounts td a[href$='.csv']").first.get_attribute("href")
    assert file is not None
    csv = await (await page.context.request.get(file)).text()
    amounts = {cell for line in csv.splitlines()[1:] for cell in line.split(";")[4:] if cell}
    assert len(amounts) > 2
    await page.locator("#accounts td a[href$='/2025']").first.click()
    shown = bare(await text_of(page, "main"))
    assert {one for one in amounts if bare(words.amount(one)) not in shown} == set()
    assert await faults(page, "the account of a year") == []
