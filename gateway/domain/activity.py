"""How a client's exchanges go: its calls hour by hour, its last failure, and what somebody should look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

REFUSED: Final = 400
FAILED: Final = 500
# What a list sums up, and what a page shows hour by hour.
RECENT: Final = timedelta(hours=24)
SHOWN: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Hour:
    """Calls in one hour; `refused` of them were the caller's fault (4xx), `failed` ours (5xx)."""

    calls: int = 0
    refused: int = 0
    failed: int = 0

    def with_answer(self, status: int) -> Hour:
        """
        >>> Hour(1).with_answer(503)
        Hour(calls=2, refused=0, failed=1)
        """
        refused, failed = REFUSED <= status < FAILED, status >= FAILED
        return Hour(self.calls + 1, self.refused + refused, self.failed + failed)


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that was none. `operation` is a method and a resource, without what the path names."""

    at: datetime
    status: int
    operation: str

    @classmethod
    def of(cls, at: datetime, status: int, method: str, path: str) -> Failure | None:
        """None for an answer that is one.

        >>> Failure.of(datetime(2026, 1, 1), 404, "GET", "/v1/agents/42").operation
        'GET /v1/agents'
        """
        if status < REFUSED:
            return None
        return cls(at, status, f"{method} {'/'.join(path.split('/', 3)[:3])}")


@dataclass(slots=True)
class Pending:
    """What a client did that is not written yet. `read_to`: how far it has read its feed, where it did."""

    called_at: datetime
    hours: dict[datetime, Hour] = field(default_factory=dict)
    failure: Failure | None = None
    read_to: int | None = None
