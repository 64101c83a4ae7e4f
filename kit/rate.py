"""Rate: an exact decimal fraction (0.0205 is 2.05 %)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Self

RATE_PATTERN: Final = r"^[0-9](\.[0-9]{1,6})?$"


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """A fraction of one, exact.

    >>> Rate.parse("0.0205"), Rate.parse("0.5").text(2), Rate.parse("0.5").complement()
    (Rate('0.0205'), '0.50', Rate('0.5000'))
    """

    value: Decimal

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a decimal string. Raises ValueError on a sign, an exponent or more than six decimals."""
        if not re.fullmatch(RATE_PATTERN, text):
            raise ValueError("taux attendu en fraction décimale, par exemple 0.0205")
        return cls(Decimal(text))

    def complement(self) -> Rate:
        """What is left of one."""
        return Rate(1 - self.value)

    def text(self, decimals: int = 4) -> str:
        """The rate with a fixed number of decimals, as interfaces show it."""
        return str(self.value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Rate('{self}')"
