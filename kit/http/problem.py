"""Problems: the one shape of every error, RFC 9457, French by default, English on `Accept-Language: en`.

    raise Problem(404, "agent_not_found", "Agent introuvable", "Agent not found")
    raise Problem(422, "validation", "…", "…", errors=[FieldError("/employment/end", "…", "…")])

`kit.app.create_service` installs the handlers. No answer holds a value that the request brought.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from kit.errors import RelaisError
from kit.http.language import Language, preferred
from kit.telemetry import current_trace_id

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:relais:problem:"
MAX_ERRORS: Final = 50


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `pointer` is a JSON pointer into the body, or `/query/<name>` and alike."""

    pointer: str
    detail_fr: str
    detail_en: str = ""
    code: str = ""


class Problem(Exception):
    """An answer that is an error. `retry_in` is in seconds, for what may succeed later;
    `members` are extensions of RFC 9457.

    >>> Problem(404, "agent_not_found", "Agent introuvable", "Agent not found").body("en")["title"]
    'Agent not found'
    """

    def __init__(
        self,
        status: int,
        code: str,
        title_fr: str,
        title_en: str,
        *,
        detail_fr: str = "",
        detail_en: str = "",
        errors: Sequence[FieldError] = (),
        retry_in: float | None = None,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.title = {"fr": title_fr, "en": title_en}
        self.detail = {"fr": detail_fr, "en": detail_en or detail_fr}
        self.errors = tuple(errors)[:MAX_ERRORS]
        self.retry_in = retry_in
        self.headers = dict(headers or {})
        self.members = dict(members or {})

    @classmethod
    def of(cls, error: RelaisError) -> Problem:
        """The problem that a domain error becomes."""
        errors = []
        if error.pointer is not None:
            detail_fr, detail_en = error.detail_fr or error.title_fr, error.detail_en or error.title_en
            errors.append(FieldError(error.pointer, detail_fr, detail_en, error.code))
        return cls(
            error.status,
            error.code,
            error.title_fr,
            error.title_en,
            detail_fr=error.detail_fr,
            detail_en=error.detail_en,
            errors=errors,
            retry_in=error.retry_in,
        )

    def body(self, language: Language = "fr") -> dict[str, Any]:
        """The members of the answer; empty ones are left out."""
        members: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": self.title[language],
            "status": self.status,
            "detail": self.detail[language],
            "code": self.code,
            "errors": [_field(error, language) for error in self.errors],
            "retry_in": self.retry_in,
            "trace_id": current_trace_id(),
            **self.members,
        }
        return {name: value for name, value in members.items() if value not in ("", None, [])}

    def response(self, language: Language = "fr") -> Response:
        headers = {"content-language": language, "cache-control": "no-store", **self.headers}
        if self.retry_in is not None:
            headers["retry-after"] = str(max(1, round(self.retry_in)))
        content = json.dumps(self.body(language), ensure_ascii=False).encode()
        return Response(content, self.status, headers, MEDIA_TYPE)

    def response_for(self, request: HTTPConnection) -> Response:
        """The answer in the language the request asks for."""
        return self.response(preferred(request.headers.get("accept-language")))


def internal_error() -> Problem:
    return Problem(
        500,
        "internal_error",
        "Erreur interne",
        "Internal error",
        detail_fr="L'erreur a été enregistrée ; citez trace_id au support.",
        detail_en="The error was recorded; quote trace_id to support.",
    )


def _field(error: FieldError, language: Language) -> dict[str, str]:
    detail = error.detail_en if language == "en" and error.detail_en else error.detail_fr
    members = {"pointer": error.pointer, "detail": detail}
    return members | ({"code": error.code} if error.code else {})
