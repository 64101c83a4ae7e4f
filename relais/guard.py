"""The guard: a small process that ends the others when the supervisor dies without a word (SIGKILL, power of the OOM).

It reads `+ <pid> <signal>` and `- <pid>` lines from the supervisor. When that pipe closes, whatever is still listed
gets its signal, and after a grace period SIGKILL. It keeps the home's lock until then: nobody starts on top of it.
Run as `python -I -S guard.py`: the standard library alone, a few megabytes, ready in milliseconds.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable

GRACE_SECONDS = 8.0
POLL_SECONDS = 0.05


def read_orders(lines: Iterable[str]) -> dict[int, int]:
    """Processes left to end, each with the signal it understands, once the orders are over.

    >>> read_orders(["+ 10 15", "+ 11 2", "- 10"])
    {11: 2}
    """
    listed: dict[int, int] = {}
    for line in lines:
        match line.split():
            case ["+", pid, number]:
                listed[int(pid)] = int(number)
            case ["-", pid]:
                listed.pop(int(pid), None)
    return listed


def deliver(pid: int, number: int) -> bool:
    """Send a signal; false when the process is gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(listed: dict[int, int], *, pause: Callable[[float], None] = time.sleep) -> None:
    """Ask each process to end, wait, then force those that stay."""
    left = [pid for pid, number in listed.items() if deliver(pid, number)]
    deadline = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < deadline:
        pause(POLL_SECONDS)
        left = [pid for pid in left if deliver(pid, 0)]
    for pid in left:
        deliver(pid, signal.SIGKILL)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end(read_orders(sys.stdin))
