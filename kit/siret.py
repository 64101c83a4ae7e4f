"""SIRET: nine digits of the legal person (SIREN) and five of the establishment. It is public."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Self

from stdnum.fr import siret as siret_number

SIRET_PATTERN: Final = r"^[0-9]{14}$"
_SIRET: Final = re.compile(SIRET_PATTERN)


class Siret(str):
    """A valid SIRET, which is also the text that tables and interfaces hold. La Poste has a check of its own.

    >>> Siret.parse("73282932000074"), Siret.parse("35600000049837").siren
    (Siret('73282932000074'), '356000000')
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read fourteen digits. Raises ValueError when they are not, or their check fails."""
        if _SIRET.fullmatch(text) is None:
            raise ValueError("SIRET attendu : quatorze chiffres")
        if not _checks(text):
            raise ValueError("clé du SIRET fausse")
        return cls(text)

    @property
    def siren(self) -> str:
        """The legal person's nine digits."""
        return self[:9]

    def __repr__(self) -> str:
        return f"Siret('{self}')"


def is_siret(text: str) -> bool:
    """Whether a text is one.

    >>> is_siret("73282932000074"), is_siret("73282932000075"), is_siret("anne")
    (True, False, False)
    """
    return _SIRET.fullmatch(text) is not None and _checks(text)


@lru_cache(maxsize=1 << 12)
def _checks(number: str) -> bool:
    """Whether its check digits are right. A file names the same employer on thousands of lines."""
    return bool(siret_number.is_valid(number))
