"""A person's own account: what an authenticator reads from the page, in every theme."""

from __future__ import annotations

import pytest
import segno

from gateway.dashboard.words import Words
from kit.http.language import Language
from relais.persons import MANAGER
from tests.gateway.dashboard.conftest import Pages

# What is painted where each module of the code is, without its margin: whether the dark path is on top there.
SEEN = """(svg) => { const side = svg.viewBox.baseVal.width, box = svg.getBoundingClientRect(), n = side - 8;
  const at = (k) => (k + 4.5) * box.width / side;
  return [...Array(n).keys()].map((y) => [...Array(n).keys()].map((x) => document.elementFromPoint(
    box.x + at(x), box.y + at(y)).matches('.qr-dots')))}"""
COLOURS = "(svg) => ['stroke', 'fill'].map((what, n) => getComputedStyle(svg.children[1 - n])[what])"


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_second_factor_is_a_code_that_can_be_read(pages: Pages, theme: str) -> None:
    page = await pages.signed_in(MANAGER, theme=theme)
    await page.goto("/app/account")
    secret = (await page.locator("code").first.inner_text()).replace(" ", "")
    picture = page.locator("svg.qr")
    await picture.scroll_into_view_if_needed()
    assert await picture.evaluate(COLOURS) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    address = f"otpauth://totp/Relais:{MANAGER}?secret={secret}&issuer=Relais"
    wanted = [[bool(dot) for dot in row] for row in segno.make(address, error="m").matrix]
    assert await picture.evaluate(SEEN) == wanted


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_what_a_person_may_do_is_said_in_words_and_by_its_code(pages: Pages, language: Language) -> None:
    page = await pages.signed_in(MANAGER, language=language)
    await page.goto("/app/account")
    listed = await page.locator("main li").all_inner_texts()
    assert f"{Words(language).scope('agents:read')} agents:read" in listed
