"""Pages in a real browser, over the whole platform with the demonstration's sick leave played on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from gateway.application.sign_in import register_account
from gateway.domain.clients import Client
from kit.clock import SystemClock
from kit.db.database import Scope
from relais.clients import HRIS_SCOPES, demo_employers
from relais.demo import accord, hiring, sickness
from relais.demo.play import play
from relais.demo.report import Report
from relais.demo.world import CITY
from relais.persons import MANAGER
from relais.synthetic.identity import fictitious_siret
from tests.gateway.dashboard.chromium import REQUIRED, executable
from tests.platform import PASSWORD, TestPlatform

# Without a browser these are left out, unless RELAIS_REQUIRE names it: then they fail.
collect_ignore_glob = [] if executable() or REQUIRED else ["test_pages_*.py"]


@dataclass
class Pages:
    """Opens pages. `complaints` is what the console said that it should not have."""

    platform: TestPlatform
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def open(self, *, width: int = 1440, theme: str = "light", language: str = "fr") -> Page:
        """A page of a new visitor."""
        height = 900 if width > 800 else 844
        context = await self.browser.new_context(
            base_url=self.platform.gateway,
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            locale=language,
            extra_http_headers={"accept-language": language},
        )
        page = await context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def met(self, status: int) -> None:
        """The browser complained that it met this status, as it should; other complaints stay."""
        expected = f"the server responded with a status of {status} "
        others = [one for one in self.complaints if expected not in one]
        assert len(others) < len(self.complaints), f"no {status} was met"
        self.complaints[:] = others

    async def signed_in(self, login: str = MANAGER, **how: Any) -> Page:
        """A page of somebody signed in, on the work list."""
        page = await self.open(**how)
        await page.goto("/app/sign-in")
        await page.fill("#login", login)
        await page.fill("#password", PASSWORD)
        await page.press("#password", "Enter")
        await page.wait_for_selector(".rail")
        return page


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    found = executable()
    assert found is not None, "RELAIS_REQUIRE=browser: apt-get install chromium"
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture(scope="session")
async def sick_leave(platform: TestPlatform) -> dict[str, Any]:
    """The claim that the demonstration's sick leave opened, with something due."""
    report = Report(lambda _line: None)
    steps = (accord.play, hiring.play, sickness.play)
    await asyncio.to_thread(play, platform.gateway, platform.clients, report, steps=steps)
    assert report.failures == []

    return await asyncio.to_thread(_due, platform)


def _due(platform: TestPlatform) -> dict[str, Any]:
    with platform.api("demo-staff") as staff:
        mine = [claim for claim in staff.get("/v1/claims")["items"] if claim["employer"] in demo_employers()]
        for claim in mine:
            if staff.get(f"/v1/claims/{claim['id']}/file")["due"] != "0.00":
                found: dict[str, Any] = claim
                return found
    raise AssertionError("the demonstration opens a claim for which something is due")


OUTSIDER = "demo-ailleurs"


@pytest.fixture(scope="session")
async def foreign(platform: TestPlatform, sick_leave: dict[str, Any]) -> list[str]:
    """Pages of the demonstration's employers, for whom `OUTSIDER`, who may read as much, does not stand."""
    outsider = Client(
        OUTSIDER, "Ailleurs Ressources", HRIS_SCOPES, frozenset({fictitious_siret(99_000)}), assumption=True
    )
    gateway = await platform.postgres.component("gateway")
    async with gateway.worker.transaction(Scope.all()) as tx:
        await register_account(tx, outsider, "Un autre employeur", PASSWORD, SystemClock())
    return await asyncio.to_thread(_pages_of, platform, sick_leave["id"])


def _pages_of(platform: TestPlatform, claim: str) -> list[str]:
    with platform.api("demo-staff") as staff:
        found = [f"/app/claims/{claim}"]
        for what in ("agents", "statements", "payments", "overpayments"):
            found += [f"/app/{what}/{row['id']}" for row in staff.get(f"/v1/{what}")["items"][:1]]
        benefit = staff.get("/v1/benefits", claim=claim)["items"][0]
        return [*found, f"/app/decisions/{benefit['decision']}", f"/app/runs/{CITY}?month=2026-01"]


@pytest.fixture
async def pages(platform: TestPlatform, browser: Browser, sick_leave: dict[str, Any]) -> AsyncIterator[Pages]:
    """Whatever a test opened is closed after it, and nothing may have complained."""
    found = Pages(platform, browser)
    yield found
    for context in browser.contexts:
        await context.close()
    assert found.complaints == []
