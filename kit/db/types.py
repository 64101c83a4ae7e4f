"""Column types that hold the value types of the kit, so that no adapter converts by hand."""

# ruff: noqa: ARG002 - the arguments are those of TypeDecorator

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, Range
from sqlalchemy.types import TypeDecorator

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate

Id = Uuid
Json = JSONB
Siret = Text
# An instant, with its zone: stored and read in UTC.
Instant = DateTime(timezone=True)


class Written(str):
    """The value of a JSON column, written as JSON already: it goes in as it is."""

    __slots__ = ()


class MoneyColumn(TypeDecorator[Money]):
    """Money as a bigint of cents: what sums and numpy take as it is."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.cents

    def process_result_value(self, value: Any, dialect: Dialect) -> Money | None:
        return None if value is None else Money(int(value))


class RateColumn(TypeDecorator[Rate]):
    """Rate as an exact numeric with six decimals."""

    impl = Numeric(9, 6)
    cache_ok = True

    def process_bind_param(self, value: Rate | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else value.value

    def process_result_value(self, value: Any, dialect: Dialect) -> Rate | None:
        return None if value is None else Rate(value)


class MonthColumn(TypeDecorator[Month]):
    """Month as the date of its first day, so that it sorts and compares in SQL."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> date | None:
        return None if value is None else value.first

    def process_result_value(self, value: Any, dialect: Dialect) -> Month | None:
        return None if value is None else Month.of(value)


class PeriodColumn(TypeDecorator[Period]):
    """Period as a daterange: PostgreSQL keeps `[start, end + 1 day)`, Python sees both ends included."""

    impl = DATERANGE
    cache_ok = True

    def process_bind_param(self, value: Period | None, dialect: Dialect) -> Range[date] | None:
        if value is None:
            return None
        return Range(value.start, None if value.end is None else value.end + timedelta(days=1), bounds="[)")

    def process_result_value(self, value: Any, dialect: Dialect) -> Period | None:
        if value is None:
            return None
        return Period(value.lower, None if value.upper is None else value.upper - timedelta(days=1))
