"""A person who has a keyboard and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from playwright.async_api import Locator, Page

from gateway.dashboard.words import Words

# More than any page has of what can be reached.
MOST_TABS: Final = 250
# On a page just opened, the link that skips what every page has is the first.
AHEAD: Final = (
    "one => document.activeElement === document.body && one.closest('main') && document.querySelector('.skip')"
)
SKIPS: Final = "document.activeElement.matches('.skip')"
HERE: Final = "one => one === document.activeElement && getComputedStyle(one).outlineStyle !== 'none'"


@dataclass(frozen=True)
class Hands:
    """On a page, in its language. What is reached is reached by Tab, and is seen to be."""

    page: Page
    words: Words = field(default_factory=lambda: Words("fr"))

    async def reach(self, what: str | Locator) -> Locator:
        """Tab until it has the focus, as anybody would; from the beginning again after the end."""
        found = self.page.locator(what).first if isinstance(what, str) else what.first
        if await found.evaluate(AHEAD):
            await self.page.keyboard.press("Tab")
            if await self.page.evaluate(SKIPS):  # after a link to a part of the page, Tab goes on from there
                await self.page.keyboard.press("Enter")
        for _ in range(MOST_TABS):
            if await found.evaluate(HERE):
                return found
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {what} by the keyboard")

    async def press(self, what: str | Locator) -> None:
        """Follow a link, or press a button that leads to another page."""
        await self.reach(what)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def write(self, into: str, text: str) -> None:
        """Into a field, instead of what it holds."""
        await self.reach(into)
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.type(text)

    async def choose(self, among: str, value: str) -> None:
        """In a list, by its arrow."""
        found = await self.reach(among)
        await self.page.keyboard.press("Home")
        for _ in range(MOST_TABS):
            if await found.input_value() == value:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{among} has no {value}")

    async def open(self, what: str | Locator) -> None:
        """Unfold something, or tick it."""
        await self.reach(what)
        await self.page.keyboard.press("Space")

    async def act(self, said: str) -> None:
        """Press the button that says this, and see that what it sent was accepted."""
        await self.press(self.page.get_by_role("button", name=said))
        refused = self.page.locator(".note.bad")
        assert not await refused.count(), await refused.inner_text()

    async def to(self, name: str) -> None:
        """By the rail to one of its pages."""
        await self.press(self.page.locator(".rail").get_by_role("link", name=self.words.t(f"rail.{name}"), exact=True))
