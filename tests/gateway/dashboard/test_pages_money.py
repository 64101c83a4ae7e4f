"""Money that waits for somebody: a change held back and released, a lump sum put on the statements it is for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.dashboard.words import Words
from kit.ids import new_id
from relais.api import Api
from relais.demo.hiring import titulaire
from relais.persons import HR, MANAGER
from tests.gateway.dashboard.conftest import Pages
from tests.gateway.dashboard.hands import Hands
from tests.gateway.dashboard.test_pages_acts import LOOKS, hired
from tests.gateway.dashboard.test_pages_journeys import text_of
from tests.gateway.dashboard.test_pages_look import faults
from tests.platform import TestPlatform

CIAS, CCAS = "99985003500018", "99985004300012"


def issued(hris: Api, employer: str, month: str, *, dry: bool = False) -> dict[str, Any]:
    asked = {"employer": employer, "month": month, "dry_run": dry}
    found: dict[str, Any] = hris.post("/v1/runs", asked, key=str(new_id()))
    return found


def paid_too_much(platform: TestPlatform, month: str) -> str:
    """Somebody whose month of pay has a nought too many: the run holds the contribution back."""
    matricule = f"PARK-{month}"
    with platform.api("demo-hris") as hris:
        agent = hired(hris, matricule, titulaire("2025-02-01"), employer=CIAS)
        hris.put(f"/v1/pay/{CIAS}/{matricule}/{month}", {"tib": "30000.00"})
        hris.until(lambda: issued(hris, CIAS, month, dry=True)["parked"], "a change beyond a bound")
        issued(hris, CIAS, month)
    with platform.api("demo-staff") as staff:
        staff.until(
            lambda: staff.get("/v1/work-items", agent=agent, kind="contributions-parked")["items"], "something to do"
        )
    return agent


def owing_two_months(platform: TestPlatform) -> list[str]:
    """The two statements of an employer that owes 41.00 for each month, the older first."""
    with platform.api("demo-hris") as hris:
        hired(hris, "LUMP-1", titulaire("2025-02-01"), employer=CCAS)
        found = []
        for month in ("2026-03", "2026-04"):
            hris.put(f"/v1/pay/{CCAS}/LUMP-1/{month}", {"tib": "2000.00"})

            def due(month: str = month) -> Any:
                return issued(hris, CCAS, month, dry=True)["statements"]

            hris.until(due, f"{month} to issue")
            (statement,) = issued(hris, CCAS, month)["statements"]
            assert statement["total"]["amount"] == "41.00"
            found.append(str(statement["id"]))
        return found


@pytest.mark.parametrize("look", LOOKS)
async def test_a_change_held_back_is_released_with_a_reason_and_then_issued(
    pages: Pages, platform: TestPlatform, look: tuple[Any, int, str]
) -> None:
    language, width, theme = look
    month = f"2026-{LOOKS.index(look) + 3:02}"
    agent = await asyncio.to_thread(paid_too_much, platform, month)
    page, words = await pages.signed_in(MANAGER, language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto("/app?kind=contributions-parked")
    await hands.press(page.locator(f"tr:has(a[href='/app/agents/{agent}']) a.button"))
    assert page.url.split("#")[0].endswith(f"/app/runs/parked?employer={CIAS}")
    await page.goto(page.url.split("#")[0])
    assert await faults(page, "changes held back") == []
    row = page.locator(f"tr:has(a[href='/app/agents/{agent}'])").first
    assert words.amount("615.00") in await row.inner_text()
    many = await page.locator(f"tr:has(a[href='/app/agents/{agent}'])").count()
    for left in range(many, 0, -1):
        await hands.open(row.locator("summary"))
        await hands.write(f"#{await row.locator('input[name=reason]').get_attribute('id')}", "Rappel de carrière")
        await hands.press(row.get_by_role("button", name=words.t("parked.release_go")))
        assert words.t("parked.released") in await text_of(page, ".note.good")
        assert await page.locator(f"tr:has(a[href='/app/agents/{agent}'])").count() == left - 1
    await page.goto(f"/app/runs/parked?employer={CIAS}&state=RELEASED")
    assert "Rappel de carrière" in await text_of(page, f"tr:has(a[href='/app/agents/{agent}'])")
    await page.goto(f"/app/runs/{CIAS}?month={month}")
    await hands.act(words.t("runs.simulate"))
    assert words.amount("615.00").replace("\u202f", " ").replace("\xa0", " ") in await text_of(page, "#preview .facts")


async def test_a_lump_sum_goes_to_what_it_names_and_the_rest_to_the_oldest(
    pages: Pages, platform: TestPlatform
) -> None:
    older, newer = await asyncio.to_thread(owing_two_months, platform)
    page, words = await pages.signed_in(HR, width=390, theme="dark"), Words("fr")
    hands = Hands(page, words)
    await page.goto(f"/app/statements/{older}")
    await hands.press(page.get_by_role("link", name=words.t("payments.record")))
    await hands.write("#amount", "60")
    await hands.write("#reference", "LOT-1")
    await hands.reach("#how-oldest")
    await page.keyboard.press("ArrowDown")
    assert await page.locator("#how-named").is_checked()
    # More than the sum is refused, and what was typed stays.
    await hands.write(f"input[name='part-{newer}']", "70")
    await hands.press(page.get_by_role("button", name=words.t("payments.record_go")))
    assert await text_of(page, ".note.bad") != ""
    assert await page.input_value("#reference") == "LOT-1"
    assert await page.locator("#how-named").is_checked()
    pages.met(422)
    await hands.write(f"input[name='part-{newer}']", "10,00")
    await hands.act(words.t("payments.record_go"))
    assert await text_of(page, ".head .tag") == words.t("payments.is_waiting")
    assert await faults(page, "a lump sum") == []
    shown = await text_of(page, "#allocations tbody")
    assert "10,00" in shown
    await hands.act(words.t("payments.allocate_go"))
    assert await text_of(page, ".head .tag") == words.t("payments.is_allocated")
    for statement, left in ((older, "0.00"), (newer, "22.00")):
        await page.goto(f"/app/statements/{statement}")
        assert await page.locator("#payments dd.big").inner_text() == words.amount(left)
