"""What an accord said of cover, version after version: an avenant holds from its day on, and not before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

_GROUPS: Final = ("eligibility", "guarantees", "exceptions")
_EVE: Final = timedelta(days=1)


def formerly(versions: Iterable[tuple[date | None, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """What was said of cover before the latest version, oldest first, each with its last day `to`.

    `versions` are documents in the order of their recording, each with the day it speaks from (None: all). A later one
    replaces all that earlier ones said from that day on; versions that say the same of cover are one.
    """
    spoken: list[tuple[date, dict[str, Any]]] = []
    for since, document in versions:
        first = since or date.min
        spoken = [one for one in spoken if one[0] < first]
        said = _of_cover(document)
        if not spoken or spoken[-1][1] != said:
            spoken.append((first, said))
    ends = [(following - _EVE).isoformat() for following, _ in spoken[1:]]
    return [{**said, "to": end} for (_, said), end in zip(spoken, ends, strict=False)]


def _of_cover(document: Mapping[str, Any]) -> dict[str, Any]:
    """The groups that say who is covered, and whom guarantees are open to; rates carry their own dates."""
    said = {group: document.get(group) or [] for group in _GROUPS}
    said["guarantees"] = [_offered(one) for one in said["guarantees"]]
    said["exceptions"] = [_exception(one) for one in said["exceptions"]]
    return said


def _exception(one: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: one[name] for name in ("employer", "from", "to", "eligibility")}
    return {**kept, "guarantees": [_offered(guarantee) for guarantee in one["guarantees"]]}


def _offered(guarantee: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": guarantee["code"], "populations": guarantee["populations"]}
