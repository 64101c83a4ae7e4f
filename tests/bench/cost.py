"""What a piece of work costs: by the clock, and in CPU time of this process and of the server process that serves it.

The clock is what people wait for; on a machine that others use too it measures them as well, and CPU time does not.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

# Where /proc/<pid>/stat tells user and system ticks, counted after the name in brackets.
_USER: Final = 11
_SYSTEM: Final = 12


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds."""

    clock: float
    cpu: float

    @classmethod
    def so_far(cls, server: int) -> Self:
        """Now; `server` is the id of the PostgreSQL process of a connection (Linux)."""
        fields = Path(f"/proc/{server}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks = int(fields[_USER]) + int(fields[_SYSTEM])
        return cls(time.perf_counter(), time.process_time() + ticks / os.sysconf("SC_CLK_TCK"))

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.clock - other.clock, self.cpu - other.cpu)
