"""Shares: rates that are at most one."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from kit.http.types import RateText
from kit.rate import Rate


def _at_most_one(rate: Rate) -> Rate:
    if rate.value > 1:
        raise PydanticCustomError("share", "{message}", {"message": "Au plus 1."})
    return rate


Share = Annotated[RateText, AfterValidator(_at_most_one)]
