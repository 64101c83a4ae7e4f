"""Events as they were published once: a stream that every later version must still read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kit.events.envelope import Envelope

FOLDER: Final = Path(__file__).parent


def streams() -> list[Path]:
    """One file a release, the oldest first."""
    return sorted(FOLDER.glob("*.jsonl"))


def read(path: Path) -> Iterator[Envelope]:
    """Its events, in the order of their writing."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Envelope.read(line.encode())
