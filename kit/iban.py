"""IBAN: the account a payment goes to. It names a person, so it is never printed by accident."""

from __future__ import annotations

import re
from typing import Final, Self

from stdnum import iban as iban_number

IBAN_PATTERN: Final = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"
SHOWN: Final = 4


class Iban:
    """A valid IBAN. Showing it takes a call to `reveal`; logs, errors and reprs get a mask.

    >>> iban = Iban.parse("FR76 3000 6000 0112 3456 7890 189")
    >>> iban, f"{iban}", iban.masked
    (Iban(***), '***', 'FR** **** 0189')
    """

    __slots__ = ("_number",)

    def __init__(self, number: str) -> None:
        self._number = number

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an IBAN, spaces allowed. Raises ValueError, which never holds the number."""
        number = text.replace(" ", "").upper()
        if not re.fullmatch(IBAN_PATTERN, number) or not iban_number.is_valid(number, check_country=False):
            raise ValueError("IBAN attendu : pays, clé et compte")
        return cls(number)

    def reveal(self) -> str:
        """The whole number, for what must hold it: encryption, a payment order."""
        return self._number

    @property
    def masked(self) -> str:
        """The country and the last characters, by which its holder knows it."""
        return f"{self._number[:2]}** **** {self._number[-SHOWN:]}"

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "Iban(***)"
