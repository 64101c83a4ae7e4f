"""Golden cases on the values of the law: what a source publishes follows from what `rules/` holds."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import prod
from typing import Any

import pytest

from rules.book import RuleBook
from tests.golden.cases import read

BOOK = RuleBook.load()


def number(times: str) -> Decimal:
    """A product of decimals and divisors.

    >>> number("1.4 * 3 / 0.5")
    Decimal('8.4')
    """
    words = f"* {times}".split()
    factors = [Decimal(word) for word in words[1::2]]
    return prod(
        (factor if sign == "*" else 1 / factor for sign, factor in zip(words[::2], factors, strict=True)),
        start=Decimal(1),
    )


@pytest.mark.parametrize("case", read("figures"), ids=lambda case: case["name"])
def test_a_figure_follows_from_the_law(case: dict[str, Any]) -> None:
    equals = Decimal(case["equals"])
    found = BOOK.at(case["rule"], case["day"]).value * number(case.get("times", "1"))
    assert found.quantize(equals, ROUND_HALF_UP) == equals, case["source"]
