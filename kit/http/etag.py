"""Changes name the version they change: `ETag` on what is read, mandatory `If-Match` on what changes it.

version: ChangedVersion                       # 428 when the header is missing, 422 when it is no version of ours
check_version(version, current)               # 412 when somebody was faster
set_etag(response, current + 1)
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Response

from kit.http.documents import REQUIRED
from kit.http.problem import FieldError, Problem

_ETAG: Final = re.compile(r'^(?:W/)?"([1-9][0-9]{0,17})"$')


def set_etag(response: Response, version: int) -> None:
    response.headers["etag"] = f'"{version}"'


ABOUT: Final = "ETag de la version à modifier."
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=64, description=ABOUT)]
MandatoryIfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=64, description=ABOUT, json_schema_extra={REQUIRED: True}),
]


async def _version(if_match: MandatoryIfMatch = None) -> int:
    return _read(if_match)


def _read(if_match: str | None, by: str = "") -> int:
    if if_match is None:
        raise unnamed(by)
    match = _ETAG.match(if_match.strip())
    if match is None:
        raise _no_etag()
    return int(match[1])


async def _version_if_any(if_match: IfMatch = None) -> int | None:
    return None if if_match is None else _read(if_match)


def version_read_by(operation: str) -> Any:
    """`ChangedVersion` where the version is read elsewhere than nearest by, as `GET /v1/claims/{claim}/file`."""
    about = f"{ABOUT[:-1]}, lu par {operation}."
    header = Header(None, alias="If-Match", max_length=64, description=about, json_schema_extra={REQUIRED: True})

    async def version(if_match: str | None = header) -> int:
        return _read(if_match, operation)

    return Depends(version)


def unnamed(by: str = "") -> Problem:
    """The 428 of a change that names no version. `by`: the operation that reads it."""
    where_fr = f"lu par {by}" if by else "lu (la description d'If-Match dit où, dans /openapi.json)"
    where_en = f"read by {by}" if by else "that was read (If-Match's description in /openapi.json says where)"
    detail_fr = f"Cette opération demande l'en-tête If-Match avec l'ETag {where_fr}."
    detail_en = f"This operation needs an If-Match header with the ETag {where_en}."
    return Problem(
        428,
        "if_match_missing",
        "Version attendue",
        "Version required",
        detail_fr=detail_fr,
        detail_en=detail_en,
        errors=[FieldError("/header/If-Match", detail_fr, detail_en)],
    )


def _no_etag() -> Problem:
    detail_fr = 'If-Match donne un seul ETag, celui qui a été lu, entre guillemets, par exemple "3".'
    detail_en = 'If-Match gives one ETag, the one that was read, in quotes, such as "3".'
    return Problem(
        422,
        "if_match_invalid",
        "Version illisible",
        "Unreadable version",
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
