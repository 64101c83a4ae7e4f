"""What each kind of the work list is called, for the API and for the pages."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import yaml

FILE: Final = Path(__file__).with_name("work_words.yaml")


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def reason(kind: str, due: date | None, today: date) -> str:
    """A kind in plain French, as it reads on a day.

    >>> reason("half-pay-without-claim", date(2026, 5, 2), date(2026, 5, 1))
    'Demi-traitement proche sans sinistre'
    >>> reason("half-pay-without-claim", date(2026, 5, 2), date(2026, 5, 2))
    'Demi-traitement commencé sans sinistre'
    """
    over = _words()["work_late"] if due is not None and due <= today else {}
    return over.get(kind, _words()["work"].get(kind, [kind]))[0]
