"""NIR: the number of a person, thirteen characters and a key of two. It is never printed by accident."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NoReturn, Self

from stdnum.fr import nir as nir_number

from kit.period import MONTHS_PER_YEAR

# First 1 or 2 (3, 4: being registered; 7, 8: provisional); Corsica has 2A or 2B for its department.
NIR_PATTERN: Final = r"^[1-478][0-9]{4}([0-9]{2}|2A|2B)[0-9]{8}$"
_NIR: Final = re.compile(NIR_PATTERN)
DSN_LENGTH: Final = 13


class Nir:
    """A valid NIR. Showing it takes a call to `reveal`; logs, errors and reprs get a mask.

    >>> nir = Nir.parse("295109912611193")
    >>> nir, f"{nir}", nir.reveal() == "295109912611193"
    (Nir(***), '***', True)
    """

    __slots__ = ("_number",)

    def __init__(self, number: str) -> None:
        self._number = number

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read fifteen characters, spaces allowed. Raises ValueError, which never holds the number.

        >>> Nir.parse("2 53 07 2B 073 004 70") == Nir.parse("253072B07300470")
        True
        """
        number = text.replace(" ", "").upper()
        if _NIR.fullmatch(number) is None:
            raise ValueError("NIR attendu : treize caractères et une clé de deux chiffres")
        if nir_number.calc_check_digits(number[:DSN_LENGTH]) != number[DSN_LENGTH:]:
            raise ValueError("clé du NIR fausse")
        return cls(number)

    @classmethod
    def from_dsn(cls, text: str) -> Self:
        """Read the thirteen characters of a DSN (S21.G00.30.001) and add their key. Raises ValueError.

        >>> Nir.from_dsn("2951099126111").dsn
        '2951099126111'
        """
        if len(text) != DSN_LENGTH or not text[:5].isdigit() or not text[7:].isdigit():
            raise ValueError("NIR attendu : treize caractères")
        try:
            return cls.parse(text + nir_number.calc_check_digits(text))
        except ValueError:
            raise ValueError("NIR attendu : treize caractères") from None

    def reveal(self) -> str:
        """The fifteen characters, for what must hold them: encryption, the index, a declaration."""
        return self._number

    def may_be_born(self, day: date) -> bool:
        """Whether it may be of somebody born that day: year and month stand in it, unless provisional or not known.

        >>> nir = Nir.parse("295109912611193")
        >>> nir.may_be_born(date(1995, 10, 3)), nir.may_be_born(date(1995, 11, 3)), nir.may_be_born(date(1996, 10, 3))
        (True, False, False)
        """
        if self._number[0] not in "12":
            return True
        month = int(self._number[3:5])
        return int(self._number[1:3]) == day.year % 100 and (month > MONTHS_PER_YEAR or month in (0, day.month))

    @property
    def dsn(self) -> str:
        """The thirteen characters without the key, as a DSN declares them."""
        return self._number[:DSN_LENGTH]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Nir) and self._number == other._number

    def __hash__(self) -> int:
        return hash(self._number)

    def __repr__(self) -> str:
        return "Nir(***)"

    def __str__(self) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        """A pickle would hold the number in clear."""
        raise TypeError("a NIR is not pickled")
