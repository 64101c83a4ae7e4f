"""Where a page starts, read from its cursor."""

from __future__ import annotations

from uuid import UUID

from kit.http.pagination import PageRequest
from kit.http.problem import FieldError, Problem
from kit.period import Month


def after_id(page: PageRequest) -> UUID | None:
    """The last id of the page before. Raises 422 `cursor`."""
    if page.after is None:
        return None
    try:
        return UUID(str(page.after[0]))
    except ValueError:
        raise _unknown() from None


def after_month(page: PageRequest) -> tuple[Month, int] | None:
    """The last month and version of the page before. Raises 422 `cursor`."""
    if page.after is None:
        return None
    try:
        month, version = page.after
        return Month.parse(str(month)), int(version)
    except ValueError:
        raise _unknown() from None


def _unknown() -> Problem:
    error = FieldError("/query/cursor", "Curseur inconnu.", "Unknown cursor.", "cursor")
    return Problem(422, "cursor", "Curseur inconnu", "Unknown cursor", errors=[error])
