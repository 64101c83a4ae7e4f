"""Who entered a fact, and when: the second of the two dates every fact has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Recording:
    """The instant (UTC) a fact became known, and the client that made it known."""

    at: datetime
    by: str
