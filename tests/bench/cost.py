"""What a piece of work costs: by the clock, and in CPU time of this process and of the server process that serves it.

The clock is what people wait for; on a machine that others use too it measures them as well, and CPU time does not.
Besides, by how much a process grows meanwhile, and a folder for the server of a benchmark.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

# Where /proc/<pid>/stat tells user and system ticks, counted after the name in brackets.
_USER: Final = 11
_SYSTEM: Final = 12


def open_folder() -> Path:
    """A new folder, which the server's user may enter: else its data would be elsewhere, and stay there."""
    folder = Path(tempfile.mkdtemp(prefix="relais-bench-"))
    folder.chmod(0o755)
    return folder


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


def resident() -> float:
    """The megabytes that this process holds, from which its `peak` begins again (Linux)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _megabytes("VmRSS")


def peak() -> float:
    """The most megabytes that this process has held since `resident` was asked."""
    return _megabytes("VmHWM")


def _megabytes(what: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{what}:")[2].split()[0]) / 1024
