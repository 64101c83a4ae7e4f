"""What an accord said, version after version: an avenant holds from its day on, and not before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

_GROUPS: Final = ("eligibility", "guarantees", "contribution_base", "exceptions")
_EVE: Final = timedelta(days=1)


def formerly(versions: Iterable[tuple[date | None, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """What was said before the latest version, oldest first, each with its last day `to`.

    `versions` are documents in the order of their recording, each with the day it speaks from (None: all). A later one
    replaces all that earlier ones said from that day on; versions that say the same are one.
    """
    spoken: list[tuple[date, dict[str, Any]]] = []
    for since, document in versions:
        first = since or date.min
        spoken = [one for one in spoken if one[0] < first]
        said = {group: document.get(group) or [] for group in _GROUPS}
        if not spoken or spoken[-1][1] != said:
            spoken.append((first, said))
    ends = [(following - _EVE).isoformat() for following, _ in spoken[1:]]
    return [{**said, "to": end} for (_, said), end in zip(spoken, ends, strict=False)]
