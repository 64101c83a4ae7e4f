"""Who entered a fact, and when: the second of the two dates every fact has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Recording:
    """The instant (UTC) a fact became known, the client that made it known, and why where a reason is asked for."""

    at: datetime
    by: str
    reason: str | None = None
