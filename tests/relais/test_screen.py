"""What is said while things happen, to whoever looks, or to nobody any more."""

from __future__ import annotations

import os
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
