"""JSON as two parties must read it the same: no duplicate key, no NaN, no NUL, no lone surrogate, no giant number."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, Final

from kit.http.problem import FieldError, Problem
from kit.http.validation import pointer
from kit.whole import MAX_DIGITS

# A lone surrogate cannot be written in UTF-8, a NUL cannot be stored by PostgreSQL.
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_MAY_BE_UNSTORABLE: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def loads(body: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises a Problem: 400 when it is not JSON, 422 when it is ambiguous.

    >>> loads(b'{"a": 1}')
    {'a': 1}
    """
    try:
        value = _DECODER.decode(body.decode("utf-8"))
        if _MAY_BE_UNSTORABLE.search(body):
            _check_text(value, ("body",))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise malformed() from None
    except RecursionError:
        raise too_deep() from None
    return value


def malformed() -> Problem:
    return Problem(
        400,
        "malformed_json",
        "JSON illisible",
        "Malformed JSON",
        detail_fr="Le corps de la demande n'est pas un texte JSON en UTF-8.",
        detail_en="The body of the request is not a JSON text in UTF-8.",
    )


def too_deep() -> Problem:
    detail_fr, detail_en = "Le corps de la demande imbrique trop de niveaux.", "The body nests too many levels."
    return Problem(
        422,
        "too_deep",
        "JSON trop profond",
        "JSON nested too deeply",
        detail_fr=detail_fr,
        detail_en=detail_en,
        errors=[FieldError("", detail_fr, detail_en)],
    )


def _ambiguous(detail_fr: str, detail_en: str, location: Sequence[object] = ()) -> Problem:
    return Problem(
        422,
        "ambiguous_json",
        "JSON ambigu",
        "Ambiguous JSON",
        detail_fr=detail_fr,
        detail_en=detail_en,
        errors=[FieldError(pointer(location), detail_fr, detail_en)],
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _ambiguous("Un même champ est donné deux fois.", "The same field is given twice.")
    return value


def _no_constant(_name: str) -> Any:
    raise malformed()


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise _ambiguous("Un nombre entier a trop de chiffres.", "An integer has too many digits.")
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _ambiguous("Un nombre est hors des bornes.", "A number is out of bounds.")
    return value


# Made once: json.loads makes one a call.
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer, parse_float=_decimal
)


def _check_text(value: Any, location: tuple[object, ...]) -> None:
    if isinstance(value, str) and UNSTORABLE.search(value):
        raise _ambiguous("Un texte contient un caractère interdit.", "A text holds a forbidden character.", location)
    if isinstance(value, list):
        for index, item in enumerate(value):
            _check_text(item, (*location, index))
    if isinstance(value, dict):
        for name, item in value.items():
            _check_text(name, location)
            _check_text(item, (*location, name))
