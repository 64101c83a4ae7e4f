"""What the `relais` command says in one line before it ends."""

from __future__ import annotations

USAGE = 2


class CommandError(Exception):
    """An end with one clear sentence for the person who typed the command, and an exit code."""

    def __init__(self, sentence: str, code: int = USAGE) -> None:
        super().__init__(sentence)
        self.exit_code = code
