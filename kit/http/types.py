"""Types of the fields of requests and answers: strings outside, value types inside.

    class PayRow(Request):
        month: MonthText
        tib: Amount
        ri: Amount | None = None

Amounts, rates, months and dates sent as JSON numbers are refused. Errors carry a French message and a code;
`kit.http.validation` translates them, and never repeats the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, Strict, model_validator
from pydantic.functional_serializers import PlainSerializer
from pydantic.functional_validators import PlainValidator
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

from kit.iban import Iban
from kit.money import AMOUNT_PATTERN, Money
from kit.nir import NIR_PATTERN, Nir
from kit.period import MONTH_PATTERN, Month
from kit.rate import RATE_PATTERN, Rate
from kit.redaction import states_nir
from kit.siret import SIRET_PATTERN, Siret

# Two centuries hold every career; beyond them date arithmetic overflows.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
# What a month must look like in a path or a query, where a value type cannot stand: its years are those above.
BOUNDED_MONTH_PATTERN: Final = r"^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])$"
DATE_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATE: Final = re.compile(DATE_PATTERN)
# No control character, hence no NUL, which PostgreSQL cannot store.
TEXT_PATTERN: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

HOURS_PATTERN: Final = r"^[0-9]{1,2}(\.[0-9]{1,2})?$"
_HOURS: Final = re.compile(HOURS_PATTERN)

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "amount": (
        "Montant attendu en euros, chaîne sans signe, de deux décimales au plus, par exemple « 1234.56 ».",
        'Amount expected in euros, a string without a sign, at most two decimals, for example "1234.56".',
    ),
    "signed_amount": (
        "Montant attendu en euros, chaîne de deux décimales au plus, par exemple « -13.92 ».",
        'Amount expected in euros, a string with at most two decimals, for example "-13.92".',
    ),
    "hours": (
        "Durée hebdomadaire attendue en heures, chaîne, par exemple « 35.00 ».",
        'Weekly hours expected as a string, for example "35.00".',
    ),
    "rate": (
        "Taux attendu en fraction décimale, chaîne, par exemple « 0.0205 ».",
        'Rate expected as a decimal fraction, a string, for example "0.0205".',
    ),
    "month": (
        f"Mois attendu au format AAAA-MM, de {FIRST_YEAR} à {LAST_YEAR}.",
        f"Month expected as YYYY-MM, from {FIRST_YEAR} to {LAST_YEAR}.",
    ),
    "date": (
        f"Date attendue au format AAAA-MM-JJ, de {FIRST_YEAR} à {LAST_YEAR}.",
        f"Date expected as YYYY-MM-DD, from {FIRST_YEAR} to {LAST_YEAR}.",
    ),
    "instant": (
        f"Instant attendu avec son fuseau, de {FIRST_YEAR} à {LAST_YEAR}.",
        f"Instant expected with its time zone, from {FIRST_YEAR} to {LAST_YEAR}.",
    ),
    "siret": ("SIRET attendu : 14 chiffres et une clé valide.", "SIRET expected: 14 digits with a valid check digit."),
    "share": (
        "Part attendue en fraction décimale de 0 à 1, chaîne, par exemple « 0.4000 ».",
        'Share expected as a decimal fraction from 0 to 1, a string, for example "0.4000".',
    ),
    "nir_as_code": (
        "Un identifiant ne peut pas être un NIR : il figure dans des adresses et des événements.",
        "An identifier cannot be a NIR: it appears in addresses and events.",
    ),
    "nir_in_text": (
        "Un texte libre ne peut pas contenir de NIR : retirez le numéro, l'agent est désigné autrement.",
        "A free text cannot hold a NIR: leave the number out, the agent is named otherwise.",
    ),
    "iban": ("IBAN attendu, avec une clé valide.", "IBAN expected, with a valid key."),
    "nir": ("NIR attendu : 15 caractères et une clé valide.", "NIR expected: 15 characters with a valid key."),
}


def refused(code: str) -> PydanticCustomError:
    """The error of a field type, with its French message."""
    return PydanticCustomError(code, "{message}", {"message": MESSAGES[code][0]})


T = TypeVar("T")


def _reader(code: str, kind: type[T], parse: Callable[[str], T]) -> Callable[[Any], T]:
    def read(value: Any) -> T:
        if isinstance(value, kind):
            return value
        if not isinstance(value, str):
            raise refused(code)
        try:
            return parse(value)
        except ValueError:
            raise refused(code) from None

    return read


def _date(text: str) -> date:
    if _DATE.fullmatch(text) is None:
        raise ValueError("date attendue au format AAAA-MM-JJ")
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("date hors des bornes")
    return day


@lru_cache(maxsize=4096)  # all lines of a file are of a few months
def _month(text: str) -> Month:
    month = Month.parse(text)
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        raise ValueError("mois hors des bornes")
    return month


def _bounded(instant: datetime) -> datetime:
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise refused("instant")
    return instant


def _amount(text: str) -> Money:
    if text.startswith("-"):
        raise ValueError("montant négatif")
    return Money.parse(text)


def _share(text: str) -> Rate:
    rate = Rate.parse(text)
    if rate.value > 1:
        raise ValueError("part supérieure à un")
    return rate


def _hours(value: Any) -> str:
    if not isinstance(value, str) or not _HOURS.fullmatch(value):
        raise refused("hours")
    return value


def not_a_nir(code: str) -> str:
    """The code itself. Raises `nir_as_code` when it looks like a NIR, which nothing may carry in the clear."""
    if states_nir(code):
        raise refused("nir_as_code")
    return code


def without_nir(text: str) -> str:
    """The text itself. Raises `nir_in_text` when a part of it looks like a NIR, with or without its key and spaces."""
    if states_nir(text):
        raise refused("nir_in_text")
    return text


def _string(pattern: str, description: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": description, "examples": [example]})


_AS_TEXT: Final = PlainSerializer(str, return_type=str, when_used="json")

Amount = Annotated[
    Money,
    PlainValidator(_reader("amount", Money, _amount)),
    _AS_TEXT,
    _string(AMOUNT_PATTERN, "Montant en euros.", "1234.56"),
]
SignedAmount = Annotated[
    Money,
    PlainValidator(_reader("signed_amount", Money, Money.parse)),
    _AS_TEXT,
    _string(r"^-?[0-9]{1,11}\.[0-9]{2}$", "Montant en euros.", "1234.56"),
]
RateText = Annotated[
    Rate,
    PlainValidator(_reader("rate", Rate, Rate.parse)),
    _AS_TEXT,
    _string(RATE_PATTERN, "Taux en fraction décimale.", "0.0205"),
]
# A rate that is at most one.
Share = Annotated[
    Rate,
    PlainValidator(_reader("share", Rate, _share)),
    _AS_TEXT,
    _string(RATE_PATTERN, "Part, fraction décimale de 0 à 1.", "0.4000"),
]
MonthText = Annotated[
    Month,
    PlainValidator(_reader("month", Month, _month)),
    _AS_TEXT,
    _string(MONTH_PATTERN, "Mois civil.", "2026-01"),
]
DateText = Annotated[
    date,
    PlainValidator(_reader("date", date, _date)),
    PlainSerializer(date.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-01-01"]}),
]
# An instant with its zone, in a year that every zone and the database can write.
Instant = Annotated[AwareDatetime, AfterValidator(_bounded)]
NirText = Annotated[
    Nir,
    PlainValidator(_reader("nir", Nir, Nir.parse)),
    _AS_TEXT,  # which Nir masks: an answer never shows one
    _string(NIR_PATTERN, "NIR, clé comprise.", "295109912611193"),
]
IbanText = Annotated[
    Iban,
    PlainValidator(_reader("iban", Iban, Iban.parse)),
    _AS_TEXT,  # which Iban masks
    _string(r"^[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,40}$", "IBAN, espaces permises.", "FR7630006000011234567890189"),
]
SiretText = Annotated[
    Siret,
    PlainValidator(_reader("siret", Siret, Siret.parse)),
    _string(SIRET_PATTERN, "SIRET de l'employeur.", "21850191600013"),
]
HoursText = Annotated[
    str,
    PlainValidator(_hours),
    _string(HOURS_PATTERN, "Durée hebdomadaire en heures, deux décimales au plus.", "35.00"),
]
# Short and long free texts, which nobody may write a NIR into; the bound is in characters.
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN), AfterValidator(without_nir)]
LongText = Annotated[str, Field(min_length=1, max_length=4000, pattern=TEXT_PATTERN), AfterValidator(without_nir)]
# An identifier that outsiders choose: a matricule, an agreement's id, an external reference.
Code = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$"), AfterValidator(not_a_nir)
]
# An employer's number of an agent. It stands in addresses: no slash.
MATRICULE_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._:-]*$"
Matricule = Annotated[str, Field(min_length=1, max_length=64, pattern=MATRICULE_PATTERN), AfterValidator(not_a_nir)]
# JSON true or false, and nothing that looks like them.
Flag = Annotated[bool, Strict()]
# A JSON integer, not a string of digits.
Count = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]


def example(content: dict[str, Any]) -> ConfigDict:
    """What a request's `model_config` is, for the documentation to show this content.

    >>> example({"month": "2026-01"})["json_schema_extra"]
    {'examples': [{'month': '2026-01'}]}
    """
    return ConfigDict(json_schema_extra={"examples": [content]})


class Request(BaseModel):
    """The body of a request, or a part of one: unknown fields are refused, `null` means left out, frozen.

    >>> class Example(Request):
    ...     month: MonthText
    ...     ri: Amount | None = None
    >>> Example.model_validate({"month": "2026-01", "ri": None}).model_fields_set
    {'month'}
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, value: Any) -> Any:
        if isinstance(value, dict) and None in value.values():
            return {name: item for name, item in value.items() if item is not None}
        return value


class Answer(BaseModel):
    """The body of an answer, or a part of one; built from value types, serialised to strings."""

    model_config = ConfigDict(frozen=True, from_attributes=True, hide_input_in_errors=True)
