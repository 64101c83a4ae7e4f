"""Every benchmark, one after the other, or those named: `make bench`, `make bench ARGS='events --rounds 2'`.

    python -m tests.bench [--list] [NAME … [options of that benchmark]]

A benchmark is a module of this folder whose docstring says how it is run alone (`python -m tests.bench.NAME`). Each
prints ratios measured in one run; what it lacks it says and ends with 1, and the next is run all the same.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

HERE = Path(__file__).resolve().parent
USAGE = 2


def benchmarks() -> dict[str, str]:
    """The first line of each benchmark by name."""
    found: dict[str, str] = {}
    for path in sorted(HERE.glob("*.py")):
        about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if f"python -m tests.bench.{path.stem}" in about:
            found[path.stem] = about.splitlines()[0]
    return found


def main(arguments: Sequence[str]) -> int:
    """Exit code 1 when one of them ended badly, 2 for a name that is none."""
    known = benchmarks()
    names = list(takewhile(known.__contains__, arguments))
    options = arguments[len(names) :]
    if options and not names:
        sys.stdout.writelines(f"{name:<16} {about}\n" for name, about in known.items())
        return 0 if list(options) == ["--list"] else USAGE
    failed = 0
    for name in names or known:
        sys.stdout.write(f"\n== {name}: {known[name]}\n")
        sys.stdout.flush()
        failed += subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *options], check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
