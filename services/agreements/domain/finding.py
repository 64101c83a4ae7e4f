"""What a check of an accord says: an error blocks, a doubt warns; each names its place and its article."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Severity(StrEnum):
    """Errors block the registration; warnings travel with the accord."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One remark. `pointer` is a JSON pointer into the document, `reference` an article or a rulebook row.

    `since` is the first day on which it is so, where that is not the accord's first; two days make one remark.
    """

    severity: Severity
    code: str
    pointer: str
    reference: str
    detail_fr: str
    since: date | None = field(default=None, compare=False)


def error(code: str, pointer: str, reference: str, detail_fr: str) -> Finding:
    return Finding(Severity.ERROR, code, pointer, reference, detail_fr)


def warning(code: str, pointer: str, reference: str, detail_fr: str) -> Finding:
    return Finding(Severity.WARNING, code, pointer, reference, detail_fr)
