"""One of many values, in one statement whatever their number: the driver prepares it once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, any_, literal


def among(column: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether the column holds one of these.

    >>> from sqlalchemy import Text
    >>> str(among(Column("siret", Text), {"1"}))
    'siret = ANY (:param_1)'
    """
    return column == any_(literal(list(values), ARRAY(column.type)))
