"""Actual duty between leaves: what rebuilds the rights to a CLM or a CGM."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from services.claims.domain.leave import Entry


def duty_days(entries: Sequence[Entry], end: date, start: date) -> int:
    """Days without leave of any kind, after the leave that ends on `end` and before the one that starts on `start`.

    `entries` are all the agent's leaves, in date order. CMO and the other leaves suspend the count.
    """
    between = [entry for entry in entries if end <= entry.end and entry.start <= start]
    return sum((later.start - earlier.end).days - 1 for earlier, later in pairwise(between))
