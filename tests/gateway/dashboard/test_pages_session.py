"""A session says before it ends that it will, and goes on for who asks (RGAA 13.1)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page
from sqlalchemy import text

from gateway.dashboard.words import Words
from gateway.domain.accounts import ABSOLUTE, IDLE
from kit.db.database import Scope
from relais.persons import HR
from tests.gateway.dashboard.conftest import Pages
from tests.gateway.dashboard.hands import Hands
from tests.gateway.dashboard.test_pages_look import faults
from tests.platform import PASSWORD, TestPlatform

MINUTE_MS = 60_000
BEFORE = {"seen": IDLE, "created": ABSOLUTE}


async def aged(platform: TestPlatform, column: str, minutes_left: int) -> None:
    """As if the sessions of HR were last used, or opened, so long ago that they end in some minutes."""
    gateway = await platform.postgres.component("gateway")
    minutes = BEFORE[column].total_seconds() / 60 - minutes_left
    async with gateway.worker.transaction(Scope.all()) as tx:
        ago = f"UPDATE staff_session SET {column}_at = now() - make_interval(mins => :m) WHERE login = :who"
        await tx.execute(text(ago), {"m": int(minutes), "who": HR})


@pytest.mark.parametrize(("language", "width", "theme"), [("fr", 1440, "light"), ("en", 390, "dark")])
async def test_who_is_warned_stays_signed_in_by_one_press(
    pages: Pages, platform: TestPlatform, language: Any, width: int, theme: str
) -> None:
    page, words = await pages.open(language=language, width=width, theme=theme), Words(language)
    await page.clock.install()
    await sign_in(page)
    await page.goto("/app/agents")
    box = page.locator("#session")
    assert not await box.is_visible()
    await page.fill("#search", "what was being typed")
    await page.clock.run_for(28 * MINUTE_MS)
    assert words.t("session.stay") in await box.inner_text()
    assert await faults(page, "a session about to end") == []
    # On the server too it had almost ended, and then has not.
    await aged(platform, "seen", 2)
    await Hands(page, words).reach(box.get_by_role("button"))
    await page.keyboard.press("Enter")
    await box.wait_for(state="hidden")
    assert await page.input_value("#search") == "what was being typed"
    async with (await platform.postgres.component("gateway")).worker.transaction(Scope.all()) as tx:
        seen = text("SELECT max(seen_at) > now() - interval '1 minute' FROM staff_session WHERE login = :who")
        assert (await tx.execute(seen, {"who": HR})).scalar_one()
    # Nobody answers: it says that it is over, and where to begin again.
    await page.clock.run_for(31 * MINUTE_MS)
    assert words.t("session.over") in await box.inner_text()
    assert await box.get_by_role("link").get_attribute("href") == "/app/sign-in?back=/app/agents"


async def test_another_page_of_the_same_browser_puts_the_end_off(pages: Pages) -> None:
    page = await pages.open()
    await page.clock.install()
    await sign_in(page)
    await page.clock.run_for(28 * MINUTE_MS)
    assert await page.locator("#session").is_visible()
    await page.evaluate(
        """() => window.dispatchEvent(new StorageEvent('storage',
            { key: 'relais-session-ends', newValue: String(Date.now() + 1800000) }))"""
    )
    await page.locator("#session").wait_for(state="hidden")


async def test_the_longest_session_ends_for_everybody_and_says_so(pages: Pages, platform: TestPlatform) -> None:
    page, words = await pages.open(), Words("fr")
    await sign_in(page)
    assert ABSOLUTE.total_seconds() >= 20 * 3600, "a limit that nobody can put off is of twenty hours at least"
    await aged(platform, "created", 2)
    await page.goto("/app/agents")
    said = await page.locator("#session").inner_text()
    assert said == words.t("session.last", minutes=2)
    assert await page.locator("#session button").count() == 0
    # So do other pages of a session that is over: they ask to sign in, and then go on there.
    await aged(platform, "created", 0)
    await page.goto("/app/agents?employer=1")
    assert page.url.endswith("/app/sign-in?back=%2Fapp%2Fagents%3Femployer%3D1")


async def sign_in(page: Page) -> None:
    await page.goto("/app/sign-in")
    await page.fill("#login", HR)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_selector(".rail")
