"""Where a page starts, read from its cursor."""

from __future__ import annotations

from uuid import UUID

from kit.http.pagination import KeyPart, PageRequest
from kit.period import Month


def after_id(page: PageRequest) -> UUID | None:
    """The last id of the page before. Raises 422 `cursor`."""
    return page.start(_id)


def after_month(page: PageRequest) -> tuple[Month, int] | None:
    """The last month and version of the page before. Raises 422 `cursor`."""
    return page.start(_month)


def _id(key: KeyPart) -> UUID:
    return UUID(str(key))


def _month(month: KeyPart, version: KeyPart) -> tuple[Month, int]:
    return Month.parse(str(month)), int(version)
