"""What is said while things happen, to whoever looks, or to nobody any more."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import pytest
from rich.console import Console

from relais.screen import Screen


def test_a_terminal_that_was_closed_stops_nothing() -> None:
    terminal, other_end = os.openpty()
    closed = os.fdopen(other_end, "w", buffering=1)
    os.close(terminal)
    screen = Screen(Console(file=closed, force_terminal=True))
    screen.say("Arrêt…")
    screen.say("Tout est arrêté")
    with pytest.raises(OSError, match="Input/output"):
        closed.flush()
    with suppress(OSError):
        closed.close()


SPEAKS = """
import sys
from relais.screen import Screen
screen = Screen()
with screen.step("base"):
    screen.say("Arrêt…")
screen.say("Tout est arrêté")
sys.stdout.write("to the end")
"""


def test_a_pipe_that_nobody_reads_stops_nothing() -> None:
    """As `make run 2>&1 | tail` once tail has ended."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", SPEAKS], check=False, stdout=subprocess.PIPE, stderr=writer, text=True)
    os.close(writer)
    assert (done.returncode, done.stdout) == (0, "to the end")
