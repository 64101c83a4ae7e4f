"""What a page says of what it shows, and of what it was sent: each fault at its field, in the words of people."""

from __future__ import annotations

from typing import Any

import pytest

from relais.persons import MANAGER
from tests.gateway.dashboard.conftest import Pages

ASKED = "/app/simulator?regime=CNRACL&category=C&ri=0&kind=CMO&start=2026-02-01&end=2026-03-31"
AGREEMENT = "/app/agreements/la-roche-sur-yon-2025"
# Each field with a fault, and what it says that it is.
FAULTS = """() => Object.fromEntries([...document.querySelectorAll('[aria-invalid=true]')].map((one) =>
    [one.name, document.getElementById(one.getAttribute('aria-describedby').split(' ').at(-1)).textContent]))"""

# A text that cannot be kept.
A_NIR = "Le 1 85 05 78 006 084 91."
COLOURS = "(where) => [...document.querySelectorAll(where)].map((one) => one.className.baseVal)"


@pytest.mark.parametrize(("language", "amount"), [("fr", "un montant en euros"), ("en", "an amount in euros")])
async def test_the_simulator_says_each_fault_at_its_field(pages: Pages, language: str, amount: str) -> None:
    page = await pages.signed_in(MANAGER, language=language)
    await page.goto(f"{ASKED}&tib=abc&nbi=-3&service_start=2010-01-01")
    pages.met(422)
    faults = await page.evaluate(FAULTS)
    assert set(faults) == {"tib", "nbi"}
    assert all(amount in said for said in faults.values()), faults
    assert await page.locator("main [role=alert]").count() == 1
    await page.goto(f"{ASKED[:-10]}2025-01-01&tib=2000")
    pages.met(422)
    assert set(await page.evaluate(FAULTS)) == {"end"}


async def test_older_forms_say_it_at_their_fields_too(pages: Pages, sick_leave: dict[str, Any]) -> None:
    page = await pages.signed_in(MANAGER)
    agent = f"/app/agents/{sick_leave['agent']}/daily-allowances?employer={sick_leave['employer']}"
    for path, form, typed, field in (
        (agent, "#enter", {"daily": "abc", "start": "2026-02-04", "end": "2026-02-05"}, "daily"),
        (f"{AGREEMENT}/committee", "#meet", {"held_on": "2026-02-04", "decisions": A_NIR}, "decisions"),
        (
            f"/app/claims/{sick_leave['id']}",
            "form[action$='/payment']",
            {"amount": "abc", "reference": "V-7"},
            "amount",
        ),
    ):
        await page.goto(path)
        await page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")
        for name, value in typed.items():
            await page.fill(f"{form} [name={name}]", value)
        async with page.expect_navigation():
            await page.click(f"{form} button")
        pages.met(422)
        faults = await page.evaluate(FAULTS)
        assert field in faults, (path, faults)
        assert {name: await page.input_value(f"{form} [name={name}]") for name in typed} == typed


async def test_a_demonstration_says_so_on_every_page(pages: Pages) -> None:
    page = await pages.signed_in()
    for path in ("/app", "/app/account", "/app/simulator"):
        await page.goto(path)
        said = await page.locator(".demo").bounding_box()
        assert said is not None
        assert said["height"] > 10, said
        assert await page.locator("footer a[href='/docs']").is_visible()


async def test_a_month_that_is_none_is_said(pages: Pages, sick_leave: dict[str, Any]) -> None:
    page = await pages.signed_in(MANAGER)
    for path in ("/app/runs", f"/app/runs/{sick_leave['employer']}"):
        await page.goto(f"{path}?month=2026-13")
        assert "aucun mois qui existe" in await page.locator("main [role=alert]").inner_text()
        await page.goto(f"{path}?month=2026-01")
        assert await page.locator("main [role=alert]").count() == 0


async def test_the_colours_of_the_timeline_and_the_readers_of_one_producer_are_told_apart(
    pages: Pages, sick_leave: dict[str, Any]
) -> None:
    page = await pages.signed_in(MANAGER)
    await page.goto(f"/app/agents/{sick_leave['agent']}")
    drawn = await page.evaluate(COLOURS, "#timeline > .scroll rect[class]")
    keyed = await page.evaluate(COLOURS, "#timeline .legend rect[class]")
    assert "f-benefit" in drawn
    assert set(drawn) - set(keyed) <= {"f-empty"}
    await page.goto("/app/integration")
    rows = await page.locator("table:has(caption:text('composants')) tbody tr").evaluate_all(
        "(rows) => rows.map((r) => r.cells[0].textContent + r.cells[1].textContent)"
    )
    assert len(rows) > 5
    assert len(set(rows)) == len(rows)
