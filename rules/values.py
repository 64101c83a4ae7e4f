"""One dated value of a rule: its text as the file writes it, and what that text means in its unit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from kit.money import Money
from kit.rate import Rate
from rules.errors import WrongUnit
from rules.vocabulary import Confidence

MONEY_UNITS: Final = frozenset({"EUR", "EUR/hour", "EUR/day", "EUR/month", "EUR/year"})
WHOLE_UNITS: Final = frozenset({"count", "hours", "days", "weeks", "months", "years", "index points"})
DECIMAL_UNITS: Final = frozenset({"ratio", "hours/week", "EUR/point/year"})
# rate: a fraction of one; choice: one word of a closed list; table: rows of cells that have units themselves.
UNITS: Final = MONEY_UNITS | WHOLE_UNITS | DECIMAL_UNITS | {"rate", "date", "choice", "table"}

Meaning = Money | Rate | Decimal | int | date | str


def meaning(text: str, unit: str) -> Meaning:
    """Read a value's text in its unit. Raises ValueError when it cannot be one.

    >>> meaning("0.1110", "rate"), meaning("1823.03", "EUR/month"), meaning("2027-12-31", "date")
    (Rate('0.1110'), Money('1823.03'), datetime.date(2027, 12, 31))
    """
    if unit == "rate":
        return Rate.parse(text)
    if unit in MONEY_UNITS:
        return Money.parse(text)
    if unit in WHOLE_UNITS:
        return int(text)
    if unit == "date":
        return date.fromisoformat(text)
    if unit in DECIMAL_UNITS:
        try:
            return Decimal(text)
        except InvalidOperation:
            raise ValueError(f"{text} is no decimal number") from None
    return text


class Row(Mapping[str, str]):
    """A row of a table rule; cells read in the unit their column declares, None where the row leaves one out."""

    __slots__ = ("_meanings", "_texts")

    def __init__(self, texts: Mapping[str, str], columns: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        self._meanings = {name: meaning(text, columns[name]) for name, text in texts.items()}

    def __getitem__(self, column: str) -> str:
        return self._texts[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def integer(self, column: str) -> int:
        found = self._meanings[column]
        if not isinstance(found, int):
            raise WrongUnit(f"{column} is no whole number")
        return found

    def date(self, column: str) -> date | None:
        """The cell as a date, or None when the row leaves it open."""
        found = self._meanings.get(column)
        if found is not None and not isinstance(found, date):
            raise WrongUnit(f"{column} is no date")
        return found


@dataclass(frozen=True, slots=True)
class RuleValue:
    """What a rule says from `start` to `end` (None: still in force), and who vouches for it."""

    id: str
    text: str
    unit: str
    start: date
    end: date | None
    reference: str
    confidence: Confidence
    meaning: Meaning
    rows: tuple[Row, ...] = ()

    @property
    def value(self) -> Decimal:
        """The number, whatever its unit. Raises WrongUnit on a date, a choice or a table."""
        match self.meaning:
            case Rate() as rate:
                return rate.value
            case Money() as money:
                return money.euros
            case Decimal() | int() as number:
                return Decimal(number)
        raise self._wrong("a number")

    @property
    def rate(self) -> Rate:
        if isinstance(self.meaning, Rate):
            return self.meaning
        raise self._wrong("a rate")

    @property
    def money(self) -> Money:
        if isinstance(self.meaning, Money):
            return self.meaning
        raise self._wrong("an amount")

    @property
    def integer(self) -> int:
        if isinstance(self.meaning, int):
            return self.meaning
        raise self._wrong("a whole number")

    @property
    def date(self) -> date:
        if isinstance(self.meaning, date):
            return self.meaning
        raise self._wrong("a date")

    @property
    def choice(self) -> str:
        if self.unit == "choice":
            return self.text
        raise self._wrong("a choice")

    def parameter(self) -> dict[str, str]:
        """What interfaces and traces show of it."""
        return {"id": self.id, "value": self.text, "from": self.start.isoformat(), "reference": self.reference}

    def _wrong(self, what: str) -> WrongUnit:
        return WrongUnit(f"{self.id} is in {self.unit}, not {what}")


def rows_text(rows: object) -> str:
    """A table's rows in one text form, so that every value has a text.

    >>> rows_text([{"kind": "CMO", "regime": "CNRACL"}])
    '[{"kind":"CMO","regime":"CNRACL"}]'
    """
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
