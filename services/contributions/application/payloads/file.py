"""What is told of files."""

from __future__ import annotations

from typing import ClassVar

from kit.events.file_applied import FileApplied


class ImportApplied(FileApplied):
    """Pay of a file is recorded, or a DSN is kept and compared."""

    type: ClassVar[str] = "fr.psc.contributions.import.applied.v1"
    topic: ClassVar[str] = "psc.contributions.import.v1"
