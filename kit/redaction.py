"""Nothing that looks like a NIR leaves in a log, an error or a URL that we write."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "[masqué]"
# Sex, year, month, department (2A and 2B in Corsica), commune, order, then the key or not, however separated.
_SEPARATOR: Final = r"[\s.\-]?"
NIR_LOOKALIKE: Final = re.compile(
    rf"(?<![0-9])[1-478]{_SEPARATOR}[0-9]{{2}}{_SEPARATOR}[0-9]{{2}}{_SEPARATOR}(?:[0-9]{{2}}|2[AB]){_SEPARATOR}"
    rf"[0-9]{{3}}{_SEPARATOR}[0-9]{{3}}(?:{_SEPARATOR}[0-9]{{2}})?(?![0-9])",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text without what looks like a NIR: 13 or 15 characters. A SIRET has 14 digits and stays.

    >>> masked("agent 1 85 05 78 006 084 36 de 21850191600013")
    'agent [masqué] de 21850191600013'
    """
    return NIR_LOOKALIKE.sub(MASK, text)
