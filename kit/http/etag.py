"""Changes name the version they change: `ETag` on what is read, mandatory `If-Match` on what changes it.

version: ChangedVersion                       # 428 when the header is missing, 422 when it is no version of ours
check_version(version, current)               # 412 when somebody was faster
set_etag(response, current + 1)
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends, Header, Response

from kit.http.documents import REQUIRED
from kit.http.problem import FieldError, Problem

_ETAG: Final = re.compile(r'^(?:W/)?"([1-9][0-9]{0,17})"$')


def set_etag(response: Response, version: int) -> None:
    response.headers["etag"] = f'"{version}"'


_ABOUT: Final = "ETag de la version à modifier."
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=64, description=_ABOUT)]
MandatoryIfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=64, description=_ABOUT, json_schema_extra={REQUIRED: True}),
]


async def _version(if_match: MandatoryIfMatch = None) -> int:
    if if_match is None:
        raise unnamed()
    match = _ETAG.match(if_match.strip())
    if match is None:
        raise outdated()
    return int(match[1])


async def _version_if_any(if_match: IfMatch = None) -> int | None:
    return None if if_match is None else await _version(if_match)


def unnamed() -> Problem:
    """The 428 of a change that names no version."""
    detail_fr = "Cette opération demande l'en-tête If-Match avec l'ETag lu."
    detail_en = "This operation needs an If-Match header with the ETag that was read."
    return Problem(
        428,
        "if_match_missing",
        "Version attendue",
        "Version required",
        detail_fr=detail_fr,
        detail_en=detail_en,
        errors=[FieldError("/header/If-Match", detail_fr, detail_en)],
    )


def outdated() -> Problem:
    return Problem(
        412,
        "version_outdated",
        "Version dépassée",
        "Version outdated",
        detail_fr="La ressource a changé depuis sa lecture ; relisez-la.",
        detail_en="The resource changed since it was read; read it again.",
    )


def check_version(given: int, current: int) -> None:
    """Raise 412 unless the caller read the current version. Call it with the row locked."""
    if given != current:
        raise outdated()


ChangedVersion = Annotated[int, Depends(_version)]
# For a PUT that may also create: None when the header is left out, and then `unnamed()` is raised on a change only.
ReadVersion = Annotated[int | None, Depends(_version_if_any)]
