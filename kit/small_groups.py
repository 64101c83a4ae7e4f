"""Groups too small to be shown: what is said of them would be said of somebody."""

from __future__ import annotations

from collections.abc import Sequence


def hidden(persons: Sequence[int], least: int) -> frozenset[int]:
    """The places of the groups not to show, given how many persons each holds and the least that may be shown.

    Those of fewer; and, so that a total less what is shown tells of no small group either, the smallest of the others
    until those hidden hold `least` persons together. A group of nobody tells of nobody.

    >>> sorted(hidden([12, 3, 40, 0], 5)), sorted(hidden([12, 3, 4], 5)), sorted(hidden([12, 40], 5))
    ([0, 1], [1, 2], [])
    """
    found = {place for place, count in enumerate(persons) if 0 < count < least}
    rest = sorted((count, place) for place, count in enumerate(persons) if count >= least)
    together = sum(persons[place] for place in found)
    for count, place in rest:
        if not found or together >= least:
            break
        found.add(place)
        together += count
    return frozenset(found)
