"""`python -m tests.linters`: print what departs from the rules of the house; exit 1 when something does."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.linters.run import project_findings


def main() -> int:
    found = project_findings(Path.cwd())
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
