"""Money: euro cents as an integer, never a float. One rounding rule, named once: half up, to the cent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, Self

from kit.rate import Rate

CENTS_PER_EURO: Final = 100
# What a request may hold: no sign, no exponent, at most two decimals, below a billion euros.
AMOUNT_PATTERN: Final = r"^[0-9]{1,9}(\.[0-9]{1,2})?$"
_AMOUNT: Final = re.compile(AMOUNT_PATTERN)


def round_half_up(value: Fraction | int) -> int:
    """The nearest integer, halves away from zero.

    >>> round_half_up(Fraction(5, 2)), round_half_up(Fraction(-5, 2)), round_half_up(Fraction(7, 3))
    (3, -3, 2)
    """
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return magnitude if value >= 0 else -magnitude


@lru_cache(maxsize=4096)
def _ratio(factor: Decimal | Fraction | int) -> tuple[int, int]:
    """A factor as numerator and denominator, the latter above zero: the rates of the law come again and again."""
    return factor.as_integer_ratio()


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in euro cents; negative for a deduction or a delta.

    >>> Money.parse("2400.00") * Rate.parse("0.0205")
    Money('49.20')
    >>> Money.parse("10") - Money(25), -Money(5), Money.sum([Money(1), Money(2)])
    (Money('9.75'), Money('-0.05'), Money('0.03'))
    """

    cents: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"1234.5"`` or ``"-3.00"``. Raises ValueError on an exponent or a third decimal.

        >>> Money.parse("1234.5").cents
        123450
        """
        unsigned = text.removeprefix("-")
        if not _AMOUNT.fullmatch(unsigned):
            raise ValueError("montant attendu en euros, deux décimales au plus, par exemple 1234.56")
        euros, _, decimals = unsigned.partition(".")
        cents = int(euros) * CENTS_PER_EURO + int(f"{decimals:0<2}")
        return cls(-cents if text.startswith("-") else cents)

    @classmethod
    def rounded(cls, euros: Decimal | Fraction) -> Self:
        """Round an exact number of euros half up to the cent.

        >>> Money.rounded(Decimal("0.005")), Money.rounded(Fraction(1, 3))
        (Money('0.01'), Money('0.33'))
        """
        return cls(round_half_up(Fraction(euros) * CENTS_PER_EURO))

    @classmethod
    def zero(cls) -> Self:
        return cls(0)

    @classmethod
    def sum(cls, amounts: Iterable[Self]) -> Self:
        return cls(sum(a.cents for a in amounts))

    @property
    def euros(self) -> Decimal:
        return (Decimal(self.cents) / CENTS_PER_EURO).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __neg__(self) -> Money:
        return Money(-self.cents)

    def __mul__(self, factor: Rate | Fraction | int) -> Money:
        """Multiply, then round half up to the cent, once."""
        top, bottom = _ratio(factor.value if isinstance(factor, Rate) else factor)
        exact = self.cents * top
        magnitude = (2 * abs(exact) + bottom) // (2 * bottom)
        return Money(magnitude if exact >= 0 else -magnitude)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        euros, cents = divmod(abs(self.cents), CENTS_PER_EURO)
        return f"{sign}{euros}.{cents:02d}"

    def __repr__(self) -> str:
        return f"Money('{self}')"

    def floored_at_zero(self) -> Money:
        """The amount, or zero when it is negative."""
        return self if self.cents > 0 else Money(0)
