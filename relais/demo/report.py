"""What the demo has checked so far, line by line: what was expected, by which source, and what came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rules.sources import source as in_words

Write = Callable[[str], None]


class Stopped(Exception):
    """The demo was to stop at its first failure, and there was one."""


@dataclass(slots=True)
class Report:
    """Counts checks and writes them. With `fail_fast` the first failure raises Stopped."""

    write: Write
    fail_fast: bool = False
    passed: int = 0
    failures: list[str] = field(default_factory=list)

    def title(self, text: str) -> None:
        self.write("")
        self.write(text)

    def note(self, text: str) -> None:
        self.write(f"    {text}")

    def equal(self, label: str, got: Any, expected: Any, source: str) -> None:
        """One check. `expected` comes from `source`, never from the platform."""
        if got == expected:
            self.passed += 1
            self.write(f"  ✓ {label} : {shown(got)}  [{in_words(source)}]")
        else:
            self.fail(f"{label} : attendu {shown(expected)}, obtenu {shown(got)}  [{in_words(source)}]")

    def true(self, label: str, *, holds: bool, source: str) -> None:
        if holds:
            self.passed += 1
            self.write(f"  ✓ {label}  [{in_words(source)}]")
        else:
            self.fail(f"{label} : non  [{in_words(source)}]")

    def fail(self, text: str) -> None:
        self.failures.append(text)
        self.write(f"  ✗ {text}")
        if self.fail_fast:
            raise Stopped(text)

    @property
    def summary(self) -> str:
        return f"{self.passed} vérification(s) juste(s), {len(self.failures)} fausse(s)"


def shown(value: Any) -> str:
    """A value as a person reads it.

    >>> shown({"BASE": "49.20"}), shown(None), shown(["a", "b"])
    ('BASE 49.20', 'rien', 'a, b')
    """
    if value is None:
        return "rien"
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(item)}" for name, item in value.items())
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return ", ".join(shown(item) for item in value) or "rien"
    return str(value)
