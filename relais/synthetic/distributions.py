"""The distributions a synthetic region is drawn from, read once from `distributions.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

FILE = Path(__file__).with_name("distributions.yaml")


@cache
def load() -> Mapping[str, Any]:
    """The file's content. Refuses one that does not call itself an assumption."""
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert content["assumption"] is True, "les distributions sont des hypothèses et doivent le dire"
    return content


def weighted(random: Random, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """One of the rows, by its `weight`."""
    return random.choices(rows, [row["weight"] for row in rows])[0]


def chance(random: Random, share: int, of: int) -> bool:
    """Whether a case of `share` in `of` happens.

    >>> chance(Random(1), 1000, 1000), chance(Random(1), 0, 1000)
    (True, False)
    """
    return random.randrange(of) < share


def years(random: Random, bounds: Sequence[int]) -> int:
    """A number of years from [lowest, most frequent, highest]."""
    lowest, usual, highest = bounds
    return int(random.triangular(lowest, highest, usual))
