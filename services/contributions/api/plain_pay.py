"""Lines of pay of nothing but amounts, read without an object of pydantic's each.

What is read here is what `PayItem` reads; of everything else, and of whatever is wrong, `PayItem` has the word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from pydantic import TypeAdapter

from kit.http.types import MATRICULE_PATTERN, Code, MonthText, SiretText
from kit.money import Money
from kit.redaction import states_nir
from services.contributions.domain.intake import PlainPay

_FIELDS: Final = frozenset(PlainPay._fields)
_MATRICULE: Final = re.compile(MATRICULE_PATTERN)
_MATRICULE_MOST: Final = 64
# What is shorter cannot hold one, key or no key.
_NIR_LEAST: Final = 13
_SIRET: Final = TypeAdapter[str](SiretText)
_MONTH: Final = TypeAdapter[Any](MonthText)
_CODE: Final = TypeAdapter[str](Code)


def read_plain(fields: Mapping[str, Any]) -> PlainPay | None:
    """The pay of a line, or None where it is not as plain as that, or not right."""
    if not fields.keys() <= _FIELDS:
        return None
    get = fields.get
    try:
        tib, cabinet, gross = _cents(get("tib")), _cents(get("cabinet")) or 0, _cents(get("gross"))
        matricule, employment = fields["matricule"], get("employment")
        if not _is_matricule(matricule) or (tib is None and not cabinet and gross is None):
            return None
        return PlainPay(
            _siret(fields["employer"]),
            matricule,
            "" if employment is None else _code(employment),
            _first_day(fields["month"]),
            tib or 0,
            _cents(get("nbi")) or 0,
            _cents(get("ri")) or 0,
            _cents(get("sft")) or 0,
            _cents(get("ir")) or 0,
            _cents(get("tpp")),
            cabinet,
            gross,
        )
    except (KeyError, TypeError, ValueError):
        return None


def _is_matricule(text: str) -> bool:
    fits = len(text) <= _MATRICULE_MOST and _MATRICULE.fullmatch(text) is not None
    return fits and not (len(text) >= _NIR_LEAST and states_nir(text))


@lru_cache(maxsize=4096)  # of an index or a rate, so the same ones come again
def _cents(text: object) -> int | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise TypeError
    cents = Money.parse(text).cents
    if text.startswith("-"):
        raise ValueError
    return cents


@lru_cache(maxsize=4096)
def _siret(text: str) -> str:
    return _SIRET.validate_python(text)


@lru_cache(maxsize=4096)
def _first_day(text: str) -> date:
    first: date = _MONTH.validate_python(text).first
    return first


@lru_cache(maxsize=4096)
def _code(text: str) -> str:
    return _CODE.validate_python(text)
