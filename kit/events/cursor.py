"""Where a reader is in a feed: `<epoch>:<position>`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

CURSOR_PATTERN: Final = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9]{1,18}$"


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Everything up to `position` (1, 2, 3…) of `epoch` was read; the epoch is new after each restore of a producer.

    >>> cursor = Cursor.parse("019a0000-0000-7000-8000-000000000000:42")
    >>> cursor.position, str(cursor)
    (42, '019a0000-0000-7000-8000-000000000000:42')
    """

    epoch: UUID
    position: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError when it is no cursor."""
        if not re.fullmatch(CURSOR_PATTERN, text):
            raise ValueError("curseur attendu au format <époque>:<position>")
        epoch, _, position = text.partition(":")
        return cls(UUID(epoch), int(position))

    def __str__(self) -> str:
        return f"{self.epoch}:{self.position}"
