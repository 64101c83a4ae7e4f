"""What a person sees while things happen: one line per step, with its time, moving where the terminal can."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.markup import escape


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Whoever read has gone: nothing is said any more. rich would end the program, while it stops as well.

        What is still held back goes nowhere: Python would end with 120 because it could not be written.
        """
        self.quiet = True
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


class Screen:
    """Steps and sentences on the error output, so that the standard output stays for results."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or _Console(stderr=True, highlight=False)

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Announce a step, then say that it is done and how long it took; nothing when it fails."""
        began = time.monotonic()
        if not self._console.is_terminal:
            self.say(f"  {escape(label)}…")  # where nothing moves, a step that is long would look like none
        with self._console.status(f"{escape(label)}…"):
            yield
        self.say(f"  [green]✓[/] {escape(label)} [dim]({time.monotonic() - began:.1f} s)[/]")

    def say(self, text: str = "") -> None:
        """A sentence; nobody hears it where the terminal or the pipe was closed, and nothing stops for that."""
        with suppress(OSError):
            self._console.print(text, soft_wrap=True)
