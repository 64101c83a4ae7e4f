"""The simulator without an account: open for the accords that are named, bounded, and told to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.dashboard.public import ANYBODY, PublicDoor
from gateway.dashboard.words import Words
from gateway.domain.clients import InvalidClient
from kit.http.problem import Problem
from tests.gateway.dashboard.conftest import Pages
from tests.gateway.dashboard.hands import Hands
from tests.gateway.dashboard.test_pages_look import AGREEMENT, SIMULATION, faults
from tests.platform import TestPlatform

ACCORD = AGREEMENT.rpartition("/")[2]
OPEN = SIMULATION.replace("/app/simulator", "/app/simulation")


@pytest.fixture
def opened(platform: TestPlatform) -> Iterator[Any]:
    """The gateway of an installation that lets anybody simulate its accord."""
    state = platform.apps["gateway"].state
    before = state.settings
    state.settings = before.model_copy(update={"public_simulator": (ACCORD,)})
    state.public_door = PublicDoor(per_second=1_000)
    yield state
    state.settings, state.public_door = before, None


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(("language", "width", "theme"), [("fr", 390, "light"), ("en", 1440, "dark")])
async def test_anybody_simulates_a_leave_and_shares_its_address(
    pages: Pages, language: Any, width: int, theme: str
) -> None:
    page, words = await pages.open(language=language, width=width, theme=theme), Words(language)
    hands = Hands(page, words)
    await page.goto("/app/sign-in")
    await hands.press(page.get_by_role("link", name=words.t("simulator.open")))
    assert await faults(page, "the simulator of anybody") == []
    for field, value in (("tib", "2067,57"), ("nbi", "73,84"), ("ri", "300")):
        await hands.write(f"#{field}", value)
    await page.fill("#start", "2026-02-01")
    await page.fill("#end", "2026-12-31")
    await hands.act(words.t("simulator.go"))
    said = parse_qs(urlsplit(page.url).query)
    assert set(said) <= {"agreement", "regime", "category", "service_start", "tib", "nbi", "ri", "kind", "start", "end"}
    # Somebody else opens the same address.
    other = await pages.open(language=language, width=width, theme=theme)
    await other.goto(page.url)
    rows = other.locator("section:has(svg.picture .target) table tbody tr")
    assert await rows.count() == 11
    june = (await rows.nth(4).inner_text()).split("\t")
    assert (june[0], june[-1]) == (words.month("2026-06"), words.amount("1846.93"))
    assert words.t("simulator.full") in await rows.nth(0).inner_text(), "months at full pay have their row"
    assert words.amount("1944.14") in await other.locator("main").inner_text(), "and the net of a whole month before"
    assert await faults(other, OPEN) == []
    assert [one["name"] for one in await other.context.cookies()] == []


async def test_who_has_an_account_is_given_the_address_for_others(pages: Pages, opened: Any) -> None:
    page, simulation = await pages.signed_in(), f"{SIMULATION}&agreement={ACCORD}"
    await page.goto(simulation)
    await Hands(page).press(page.get_by_role("link", name="Lien à partager sans compte"))
    assert urlsplit(page.url).path == "/app/simulation"
    assert await page.locator(".rail").count() == 0
    opened.settings = opened.settings.model_copy(update={"public_simulator": ()})
    await page.goto(simulation)
    assert await page.get_by_role("link", name="Lien à partager sans compte").count() == 0


async def test_nothing_is_open_unless_the_installation_says_so(pages: Pages, opened: Any) -> None:
    page = await pages.open()
    for settings, path in (
        (opened.settings, f"{OPEN}&agreement=un-autre-accord"),
        (opened.settings.model_copy(update={"public_simulator": ()}), OPEN),
    ):
        opened.settings = settings
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 404
    await page.goto("/app/sign-in")
    assert await page.locator("a[href='/app/simulation']").count() == 0
    pages.met(404)


async def test_what_is_asked_without_an_account_is_bounded(pages: Pages, opened: Any) -> None:
    page = await pages.open()
    for wrong in ("end=2099-01-01", "end=2020-01-01", "start=nonsense", "tib=1e99", "regime=X", "tib=" + "9" * 900):
        answer = await page.context.request.get(f"/app/simulation?kind=CMO&start=2026-02-01&{wrong}")
        assert answer.status == 422, wrong
        assert 'class="note bad"' in await answer.text()
    opened.public_door = PublicDoor(per_second=0.2)  # one, then none for five seconds
    statuses = [(await page.goto(OPEN)).status for _ in range(2)]  # type: ignore[union-attr]
    assert statuses == [200, 429]
    again = await page.context.request.get(OPEN)
    assert 1 <= int(again.headers["retry-after"]) <= 5
    assert "Trop de simulations" in await again.text()
    pages.met(429)


async def test_no_more_run_at_once_than_the_door_has_turns() -> None:
    door = PublicDoor(per_second=1_000)
    async with door.turn("a"), door.turn("b"), door.turn("c"), door.turn("d"):
        with pytest.raises(Problem) as refused:
            async with door.turn("e"):
                pass
    assert refused.value.status == 429
    async with door.turn("e"):
        pass


def test_anybody_reads_nothing_and_no_client_can_take_its_name() -> None:
    with pytest.raises(InvalidClient):
        ANYBODY.check()
    assert ANYBODY.scopes == {"simulations:run"}
    assert ANYBODY.employers == frozenset()
    assert ANYBODY.insurer is None
