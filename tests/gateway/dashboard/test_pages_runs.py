"""A month's contributions in a browser: simulated, compared, issued, paid, closed and reopened."""

from __future__ import annotations

import asyncio
import re
from random import Random
from typing import Any

import pytest

from kit.ids import new_id
from relais.persons import HR, MANAGER
from relais.synthetic.identity import fictitious_nir
from tests.gateway.dashboard.conftest import Pages
from tests.gateway.dashboard.hands import Hands
from tests.gateway.dashboard.test_pages_journeys import act, text_of
from tests.platform import TestPlatform

EMPLOYER, MONTH = "99985002700015", "2026-03"
PAGE = f"/app/runs/{EMPLOYER}?month={MONTH}"


def somebody_is_paid(platform: TestPlatform) -> None:
    """As the employer's software says; once a dry run sees it."""
    employment = {"kind": "TITULAIRE", "start": "2025-09-01", "weekly_hours": "35.00", "category": "C"}
    who = {"employer": EMPLOYER, "matricule": "COCKPIT-1", "last_name": "COCKPIT", "first_name": "Alix"}
    nir = fictitious_nir(Random("cockpit"), 1980, 5)
    with platform.api("demo-hris") as hris:
        body = {
            **who,
            "nir": nir,
            "birth_date": "1980-05-02",
            "employment": {**employment, "service_start": "2020-01-01"},
        }
        hris.post("/v1/agents", body, key="cockpit-hire")
        hris.put(f"/v1/pay/{EMPLOYER}/COCKPIT-1/{MONTH}", {"tib": "2000.00"})
        hris.put(f"/v1/pay/{EMPLOYER}/NOBODY-1/{MONTH}", {"tib": "2000.00"})

        def foreseen() -> list[Any]:
            asked = {"employer": EMPLOYER, "month": MONTH, "dry_run": True}
            statements: list[Any] = hris.post("/v1/runs", asked, key=str(new_id()))["statements"]
            return statements

        hris.until(foreseen, "a month to issue")


@pytest.fixture(scope="session")
async def paid_month(platform: TestPlatform) -> None:
    await asyncio.to_thread(somebody_is_paid, platform)


@pytest.mark.usefixtures("paid_month")
async def test_a_month_is_simulated_issued_and_paid(pages: Pages) -> None:
    page = await pages.signed_in(HR)
    hands = Hands(page)
    await page.goto("/app/runs?month=" + MONTH)
    await hands.press(f"a[href='{PAGE}']")
    await act(page, "Simuler le mois")
    foreseen = await text_of(page, "#preview .facts div:nth-child(3) dd")
    assert "sous des matricules que personne ne porte encore" in await text_of(page, "#anomalies")
    # What the address keeps is the answer itself, and nothing is issued unconfirmed.
    await page.reload()
    assert await text_of(page, "#preview .facts div:nth-child(3) dd") == foreseen
    await hands.open("#confirmed")
    await act(page, "Émettre les bordereaux")
    assert await text_of(page, "#preview .facts div:nth-child(2) dd") == foreseen
    await hands.press("#statements a")
    assert await text_of(page, "#payments .facts dd.big") == foreseen
    for shape, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        file = await page.context.request.get(f"{page.url}/file.{shape}")
        assert (await file.body()).startswith(begins), shape
        assert file.headers["content-disposition"].endswith(f'.{shape}"')
    await hands.press(page.get_by_role("link", name="Enregistrer un paiement"))
    await hands.write("#amount", foreseen.removesuffix("€"))
    await hands.write("#reference", "VIR-COCKPIT-1")
    await act(page, "Enregistrer et affecter")
    await hands.press("#allocations a")
    assert "Soldé" in await text_of(page, "#payments h2")
    csv = await (await page.context.request.get("/app/payments.csv")).text()
    assert "VIR-COCKPIT-1" in csv
    await page.goto(f"/app/steering?year={MONTH[:4]}")
    account = await page.get_attribute("#accounts a[href$='.csv']", "href")
    assert account is not None
    yearly = await (await page.context.request.get(account)).text()
    assert re.search(r"\nbordereaux;;;[1-9]\d*;;\d+\.\d\d;", yearly), "the account of a contract's year"


@pytest.mark.usefixtures("paid_month")
async def test_every_employer_is_simulated_and_a_month_closed_and_reopened(pages: Pages) -> None:
    page = await pages.signed_in(MANAGER, language="en")
    hands = Hands(page)
    await page.goto("/app/runs?month=" + MONTH)
    await act(page, "Simulate every employer")
    await page.wait_for_selector("#every .tag.good")
    assert "Pay of nobody" in await text_of(page, f"tr:has(a[href='{PAGE}'])")
    await hands.press(page.get_by_role("link", name="To look at"))
    assert await page.locator("tbody tr").count() >= 1
    await page.goto(PAGE)
    await hands.open(page.get_by_text("Close the month…"))
    await hands.open("#close-confirmed")
    await act(page, "Close")
    assert await text_of(page, ".head .tag") == "Closed"
    await hands.open(page.get_by_text("Reopen the month…"))
    await hands.write("#reason", "A correction is on its way")
    await act(page, "Reopen")
    assert "A correction is on its way" in await text_of(page, "#closing")


@pytest.mark.usefixtures("paid_month")
async def test_contributions_open_on_a_month_that_has_something(pages: Pages, platform: TestPlatform) -> None:
    def known(query: dict[str, str]) -> str:
        with platform.api("demo-staff") as staff:
            return str(staff.get("/v1/runs/overview", **query)["month"])

    page = await pages.signed_in(MANAGER)
    asked: tuple[tuple[str, dict[str, str]], ...] = (
        ("/app/runs", {}),
        (f"/app/runs/{EMPLOYER}", {"employer": EMPLOYER}),
    )
    for path, query in asked:
        await page.goto(path)
        assert await page.input_value("#month") == await asyncio.to_thread(known, query)
