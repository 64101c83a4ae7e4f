"""What is told of files."""

from __future__ import annotations

from typing import ClassVar

from kit.events.file_applied import FileApplied


class ImportApplied(FileApplied):
    """Agents, leaves or opening balances of a file are entered."""

    type: ClassVar[str] = "fr.psc.eligibility.import.applied.v1"
    topic: ClassVar[str] = "psc.eligibility.import.v1"
