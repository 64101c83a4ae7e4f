"""How long `relais run` takes until it is ready, the first time and the next.

    python -m tests.bench.startup [--rounds 5]

Each round has a fresh home; the second start of a round finds what the first left. Figures are medians over rounds, and
the ratio of the two says what migrations and the demo data cost. `import` is the bare import of the five components in
one interpreter: the floor below which no start can go. Ends with 1 when the goal is not met.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from kit.settings import COMPONENTS
from relais.plan import module_of
from tests.bench.events import verdict
from tests.relais.running import Command, new_command, platform_running

GOAL_SECONDS = 5.0


def seconds_to_ready(command: Command) -> float:
    """From the command typed to the gateway's 200."""
    began = time.monotonic()
    with platform_running(command):
        return time.monotonic() - began


def seconds_to_import() -> float:
    """One interpreter that imports every component."""
    began = time.monotonic()
    code = ";".join(f"import {module_of(name)}" for name in COMPONENTS)
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: list[tuple[float, float, float]] = []
    for number in range(parser.parse_args().rounds):
        with tempfile.TemporaryDirectory(prefix="relais-startup-") as folder:
            command = new_command(Path(folder))
            measured = seconds_to_import(), seconds_to_ready(command), seconds_to_ready(command)
            command.run("reset", "--yes")
        rounds.append(measured)
        sys.stdout.write(f"round {number + 1}: import {measured[0]:.1f} s, first {measured[1]:.1f} s, ")
        sys.stdout.write(f"second {measured[2]:.1f} s\n")
    imported, first, second = (median(column) for column in zip(*rounds, strict=True))
    sys.stdout.write(f"median: import {imported:.1f} s, first {first:.1f} s, second {second:.1f} s\n")
    sys.stdout.write(f"first / second {first / second:.1f}, second / import {second / imported:.1f} ")
    met = second <= GOAL_SECONDS
    sys.stdout.write(f"(goal: second <= {GOAL_SECONDS:.0f} s on a quiet machine: {verdict(met)})\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
