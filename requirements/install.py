"""Installs a lock and shows how far it is: one line that moves on a terminal, one every few seconds elsewhere.

    python requirements/install.py requirements/run.txt

Run by the environment's own Python, before anything is installed in it: the standard library alone. What pip says is
shown whole when it fails, and not at all otherwise.
"""

import re
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

# pip says one of these of each package; its name follows.
LOOKED_AT = re.compile(r"(?:Collecting|Requirement already satisfied:) (\S+)")
LAST_STEP = "Installing collected packages"
BETWEEN_LOOKS_S = 0.5
BETWEEN_LINES_S = 5.0


def main(lock: str) -> int:
    """The exit code of pip."""
    total = sum("==" in line for line in Path(lock).read_text(encoding="utf-8").splitlines())
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    command += ["install", "--progress-bar=off", "--require-hashes", "-r", lock]
    said, seen, shown = [], 0, Shown()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603 - our own arguments
        for line in pip.stdout or ():
            said.append(line)
            if package := LOOKED_AT.match(line):
                seen += 1
                shown.line(f"{seen}/{total} {package[1]}")
            elif line.startswith(LAST_STEP):
                _follow(pip, total, shown)
    shown.line("")
    if pip.returncode:
        sys.stderr.writelines(said)
    return pip.returncode


class Shown:
    """What is shown of how far it is: on a terminal each line replaces the last, elsewhere some are left out."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()

    def line(self, text: str) -> None:
        now = time.monotonic()
        told = f"  {text} ({now - self._began:.0f} s)" if text else ""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{told}")
        elif told and now - self._last >= BETWEEN_LINES_S:
            self._last = now
            sys.stderr.write(f"{told}\n")
        sys.stderr.flush()


def _follow(pip: subprocess.Popen[str], total: int, shown: Shown) -> None:
    """Pip says nothing while it writes the packages, which takes the longest: count those that are there."""
    packages = Path(sysconfig.get_path("purelib"))
    while pip.poll() is None:
        there = len(list(packages.glob("*.dist-info")))
        shown.line(f"installation {min(there, total)}/{total}")
        time.sleep(BETWEEN_LOOKS_S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
