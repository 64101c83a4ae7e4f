"""Nothing that looks like a NIR leaves in a log, an error or a URL that we write."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "[masqué]"
# Sex, year, month, department (2A and 2B in Corsica), commune, order, then the key or not, however separated.
_SEPARATOR: Final = r"[\s._\-\u2010-\u2015]?"
_NIR: Final = (
    rf"[1-478]{_SEPARATOR}[0-9]{{2}}{_SEPARATOR}[0-9]{{2}}{_SEPARATOR}(?:[0-9]{{2}}|2[AB]){_SEPARATOR}"
    rf"[0-9]{{3}}{_SEPARATOR}[0-9]{{3}}(?:{_SEPARATOR}[0-9]{{2}})?"
)
_UUID: Final = r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
NIR_LOOKALIKE: Final = re.compile(rf"(?P<uuid>{_UUID})|(?<![0-9]){_NIR}(?![0-9])", re.IGNORECASE)
# A word of its own, after letters at most: digits in the middle of a digest or of an id are nobody's number.
_STATED: Final = re.compile(rf"(?P<uuid>{_UUID})|(?<![0-9a-z])[a-z]*{_NIR}(?![0-9a-z])", re.IGNORECASE)


def masked(text: str) -> str:
    """The text without what looks like a NIR: 13 or 15 characters. A SIRET has 14 digits and stays.

    >>> masked("agent 1 85 05 78 006 084 36 de 21850191600013")
    'agent [masqué] de 21850191600013'
    >>> masked("/v1/agents/1_75_03_00_582_868_14"), masked("1–75–03–00–582–868–14")
    ('/v1/agents/[masqué]', '[masqué]')
    """
    return NIR_LOOKALIKE.sub(lambda found: found[0] if found["uuid"] else MASK, text)


def states_nir(text: str) -> bool:
    """Whether somebody wrote what looks like a NIR. Ids and digests hold such digits by chance.

    >>> states_nir("voir 1 85 05 78 006 084 36"), states_nir("M1850578006084"), states_nir("21850191600013")
    (True, True, False)
    >>> states_nir("01a222b3-c5a6-7359-8ac4-771835828974"), states_nir("3f1850578006084ab9")
    (False, False)
    """
    return any(found["uuid"] is None for found in _STATED.finditer(text))
