"""Instants as a person reads them: those of the API are UTC to the microsecond."""

from __future__ import annotations

from datetime import datetime

from kit.clock import PARIS


def shown(instant: str) -> str:
    """To the second, as a clock in Paris shows it.

    >>> shown("2026-06-30T22:04:05.678901Z")
    '01/07/2026 à 00:04:05'
    """
    return f"{datetime.fromisoformat(instant).astimezone(PARIS):%d/%m/%Y à %H:%M:%S}"
