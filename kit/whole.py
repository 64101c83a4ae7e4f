"""Whole numbers as a cell, a form or a query brings them: bounded, for Python raises on more than 4300 digits."""

from __future__ import annotations

from typing import Final

# What a bigint of PostgreSQL holds, and what two parties read the same.
MAX_DIGITS: Final = 18


def whole_number(text: str) -> int | None:
    """The number that so many digits at most write, and nothing else; None of any other text.

    >>> whole_number("42"), whole_number("-1"), whole_number("²"), whole_number(""), whole_number("9" * 5000)
    (42, None, None, None, None)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None
