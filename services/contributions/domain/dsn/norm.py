"""The rubrics of a DSN that prévoyance reads (norm P26V01, rulebook §6.1), as a table: rubric, name, kind, confidence.

V: read in a dictionary of the norm. K: general knowledge, verified nowhere; what rests on it is said to rest on it. A
rubric that is not here is kept raw. Codes are written with their rubric, so that a reader can look them up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kit.money import Money
from kit.period import Month

KNOWN_NORM: Final = "P26V01"
# An amount as a DSN writes it: a sign, at most two decimals, below a billion euros.
_AMOUNT: Final = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?")
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_DATE: Final = re.compile(r"([0-9]{2})([0-9]{2})((?:19|2[01])[0-9]{2})")
_CODE: Final = re.compile(r"[^\x00-\x1f\x7f]{1,70}")


class Kind(StrEnum):
    """What a value may look like. `IDENTITY` is never mapped, only fingerprinted."""

    CODE = "code"
    AMOUNT = "amount"
    NUMBER = "number"
    DATE = "date"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Rubric:
    """A rubric that is mapped; `verified` when a dictionary of the norm was read for it."""

    code: str
    name: str
    kind: Kind
    verified: bool

    @property
    def block(self) -> str:
        return block_of(self.code)


_TABLE: Final = """
S10.G00.00.006 norm code K
S20.G00.05.001 nature code V
S20.G00.05.002 type code K
S20.G00.05.003 fraction code K
S20.G00.05.005 month date K
S21.G00.06.001 siren code K
S21.G00.11.001 nic code K
S21.G00.15.001 contract code V
S21.G00.15.002 organisation code V
S21.G00.15.003 delegate code V
S21.G00.15.004 staff code V
S21.G00.15.005 adhesion code V
S21.G00.20.001 organisation code K
S21.G00.20.005 amount amount K
S21.G00.55.001 amount amount K
S21.G00.55.002 population code K
S21.G00.55.003 contract code K
S21.G00.55.004 period code K
S21.G00.30.001 nir identity V
S21.G00.30.019 matricule code V
S21.G00.30.020 ntt identity V
S21.G00.40.001 start date K
S21.G00.40.002 status code V
S21.G00.40.007 nature code V
S21.G00.40.009 number code K
S21.G00.40.012 reference_quotity number V
S21.G00.40.013 quotity number V
S21.G00.40.014 modality code V
S21.G00.40.018 sickness_scheme code V
S21.G00.40.020 pension_scheme code V
S21.G00.40.026 employment_status code V
S21.G00.40.028 public_number code V
S21.G00.40.054 full_time_reference number V
S21.G00.40.055 part_time_rate number V
S21.G00.40.057 gross_index number V
S21.G00.40.058 increased_index number V
S21.G00.40.059 nbi_points number V
S21.G00.40.070 step code V
S21.G00.40.079 grade code V
S21.G00.40.080 cti_points number V
S21.G00.50.001 paid_on date K
S21.G00.51.001 start date K
S21.G00.51.002 end date K
S21.G00.51.010 contract_number code K
S21.G00.51.011 type code V
S21.G00.51.013 amount amount K
S21.G00.51.014 rate number V
S21.G00.54.001 type code V
S21.G00.54.002 amount amount K
S21.G00.60.001 reason code V
S21.G00.60.002 last_day_worked date V
S21.G00.60.003 planned_end date V
S21.G00.60.004 subrogation code V
S21.G00.60.010 return_date date V
S21.G00.60.011 return_reason code V
S21.G00.60.012 accident_date date V
S21.G00.62.016 cover_kept code V
S21.G00.65.001 reason code V
S21.G00.65.002 start date V
S21.G00.65.003 end date V
S21.G00.65.004 secondment_position code V
S21.G00.66.001 start date V
S21.G00.66.002 end date V
S21.G00.66.003 amount amount V
S21.G00.70.004 option code V
S21.G00.70.005 population code V
S21.G00.70.012 affiliation code V
S21.G00.70.013 adhesion code V
S21.G00.70.014 start date V
S21.G00.70.015 end date V
S21.G00.71.002 scheme code V
S21.G00.78.001 code code V
S21.G00.78.002 start date K
S21.G00.78.003 end date K
S21.G00.78.004 amount amount K
S21.G00.78.005 affiliation code V
S21.G00.79.001 type code V
S21.G00.79.004 amount amount K
S21.G00.81.001 code code V
S21.G00.81.003 base amount V
S21.G00.81.004 amount amount V
S21.G00.81.007 rate number V
S90.G00.90.001 rubrics number K
"""


def block_of(rubric: str) -> str:
    """The block a rubric is in.

    >>> block_of("S21.G00.30.001")
    'S21.G00.30'
    """
    return rubric.rpartition(".")[0]


def _read_table() -> dict[str, Rubric]:
    rows = (row.split() for row in _TABLE.split("\n") if row)
    return {code: Rubric(code, name, Kind(kind), verified == "V") for code, name, kind, verified in rows}


RUBRICS: Final = _read_table()


def names_of(block: str) -> dict[str, str]:
    """The rubrics of a block by the name they are mapped to, in their order."""
    return {rubric.name: code for code, rubric in RUBRICS.items() if rubric.block == block}


def value_of(kind: Kind, text: str) -> str | None:
    """The value in our own form (amounts with two decimals, ISO dates), or None when it is none of that kind.

    >>> value_of(Kind.AMOUNT, "49.2"), value_of(Kind.DATE, "01062025"), value_of(Kind.AMOUNT, "1,5")
    ('49.20', '2025-06-01', None)
    """
    match kind:
        case Kind.AMOUNT:
            return str(Money.parse(text)) if _AMOUNT.fullmatch(text) else None
        case Kind.NUMBER:
            return str(Decimal(text)) if _NUMBER.fullmatch(text) else None
        case Kind.DATE:
            return _iso(text)
        case _:
            return text if _CODE.fullmatch(text) else None


def written(day: date) -> str:
    """A day as a DSN writes it: JJMMAAAA."""
    return f"{day.day:02d}{day.month:02d}{day.year:04d}"


def month_of(iso_date: str) -> Month:
    """The month of a mapped date."""
    return Month.of(date.fromisoformat(iso_date))


def code_of(qualified: str) -> str:
    """The value in `rubric=value`.

    >>> code_of("S21.G00.81.001=059")
    '059'
    """
    return qualified.partition("=")[2]


def _iso(text: str) -> str | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return None


MONTHLY: Final = code_of("S20.G00.05.001=01")
# Types of declaration (K): in full in place of an earlier one, withdrawn, in place of it with nobody in it.
CANCELS: Final = code_of("S20.G00.05.002=04")
REPLACES: Final = frozenset({code_of("S20.G00.05.002=03"), CANCELS, code_of("S20.G00.05.002=05")})
PREVOYANCE_BASE: Final = code_of("S21.G00.78.001=31")
GROSS_COMPONENT: Final = code_of("S21.G00.79.001=10")
EMPLOYER_COMPONENT: Final = code_of("S21.G00.79.001=04")
INDIVIDUAL: Final = code_of("S21.G00.81.001=059")
