"""Contrasts of the design system, computed from its own file: text, and what pictures and fields are drawn in."""

from __future__ import annotations

import re
from itertools import product

import pytest

from tests.postgres import ROOT

CSS = (ROOT / "gateway/dashboard/assets/relais.css").read_text(encoding="utf-8")
LIGHT, DARK = ":root {", ':root[data-theme="dark"] {'
TEXT, DRAWN = 4.5, 3.0  # RGAA 3.2 and 3.3, WCAG 1.4.3 and 1.4.11
WRITTEN = [
    *product(("ink", "ink-soft", "accent", "bad", "warn", "good"), ("surface", "paper")),
    *((f"{meaning}", f"{meaning}-soft") for meaning in ("good", "warn", "bad", "accent")),
    *product(("ink", "ink-soft"), ("sunken", "accent-soft")),
    ("accent-ink", "accent"),
    ("rail-ink", "rail"),
]
SHOWN = [*product(("full", "half", "none", "benefit", "other", "line-strong", "accent"), ("surface",))]


def colours(selector: str) -> dict[str, str]:
    start = CSS.index(selector)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", CSS[start : CSS.index("}", start)]))


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_and_drawings_stand_out(theme: str) -> None:
    held = colours(LIGHT) | colours(theme)
    wanted = [(*pair, TEXT) for pair in WRITTEN] + [(*pair, DRAWN) for pair in SHOWN]
    found = {(ink, paper): contrast(held[ink], held[paper]) for ink, paper, _ in wanted}
    assert {pair: round(found[pair[:2]], 2) for pair in wanted if found[pair[:2]] < pair[2]} == {}


def test_the_system_asks_for_the_dark_theme_that_one_may_choose() -> None:
    assert colours(':root:not([data-theme="light"])') == colours(DARK)
