"""Figures as answers show them."""

from __future__ import annotations

from kit.http.types import Answer, SignedAmount


class AmountsAnswer(Answer):
    """A line or a sum of lines: base, contribution, and its two shares. Negative: taken back."""

    base: SignedAmount
    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount
