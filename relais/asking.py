"""A question to whoever typed the command, in French: o or n, and n where nothing is said."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.prompt import Confirm

from relais.errors import CommandError


class _Question(Confirm):
    choices: list[str] = ["o", "n"]  # noqa: RUF012 - as Confirm declares it
    validate_error_message = "Répondez o (oui) ou n (non)."

    def process_response(self, value: str) -> bool:
        return super().process_response(value.strip().lower()[:1])


def confirmed(question: str) -> bool:
    """Whether the answer is yes. Raises CommandError where nobody can answer: no terminal."""
    if not sys.stdin.isatty():
        raise CommandError("Personne ne peut confirmer ici : ajoutez --yes.")
    return _Question.ask(question, default=False, console=Console(stderr=True, highlight=False))
