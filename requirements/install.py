"""Installs a lock and shows how far it is: one line that moves on a terminal, a few lines elsewhere.

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
LINES_ELSEWHERE = 5
BETWEEN_LOOKS_S = 0.5


def main(lock: str) -> int:
    """The exit code of pip."""
    total = sum("==" in line for line in Path(lock).read_text(encoding="utf-8").splitlines())
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    command += ["install", "--progress-bar=off", "--require-hashes", "-r", lock]
    said, seen = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603 - our own arguments
        for line in pip.stdout or ():
            said.append(line)
            if package := LOOKED_AT.match(line):
                seen += 1
                _show(f"{seen}/{total} {package[1]}", often=seen % max(total // LINES_ELSEWHERE, 1) != 0)
            elif line.startswith(LAST_STEP):
                _follow(pip, total)
    _show("")
    if pip.returncode:
        sys.stderr.writelines(said)
    return pip.returncode


def _follow(pip: subprocess.Popen[str], total: int) -> None:
    """Pip says nothing while it writes the packages, which takes the longest: count those that are there."""
    packages, last = Path(sysconfig.get_path("purelib")), -1
    while pip.poll() is None:
        there = len(list(packages.glob("*.dist-info")))
        if there != last:
            _show(f"installation {min(there, total)}/{total}", often=there % max(total // LINES_ELSEWHERE, 1) != 0)
        last = there
        time.sleep(BETWEEN_LOOKS_S)


def _show(text: str, *, often: bool = False) -> None:
    """Replace the line on a terminal; elsewhere write those that do not come often."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K  {text}" if text else "\r\033[K")
    elif text and not often:
        sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
