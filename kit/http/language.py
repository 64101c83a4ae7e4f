"""French, unless the caller prefers English."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["fr", "en"]
MAX_HEADER: Final = 200


def preferred(accept_language: str | None) -> Language:
    """The language to answer in, from `Accept-Language`.

    >>> preferred(None), preferred("en-GB,en;q=0.9"), preferred("fr;q=0.9,en;q=0.8"), preferred("de")
    ('fr', 'en', 'fr', 'fr')
    """
    weights = {"fr": 0.0, "en": 0.0}
    for item in (accept_language or "")[:MAX_HEADER].split(","):
        tag, _, parameter = item.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(parameter))
    return "en" if weights["en"] > weights["fr"] else "fr"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
