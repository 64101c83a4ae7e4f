"""What every part of the accord's document is made of."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.functional_serializers import PlainSerializer
from pydantic_core import PydanticCustomError

from kit.http.types import DateText, RateText, Request, not_a_nir
from kit.period import Period
from services.agreements.domain.terms import exact

# An accord binds a handful of employers; the limit keeps one request from carrying a region's worth of lines.
MAX_ITEMS: Final = 2000
MANY = Field(max_length=MAX_ITEMS)

# What names an accord, a scheme or a convention: a part of their addresses, so of a URL.
KEY_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=KEY_PATTERN), AfterValidator(not_a_nir)]
# That of a convention may be made of those of its scheme and of its insurer.
ConventionKey = Annotated[str, Field(min_length=1, max_length=200, pattern=KEY_PATTERN), AfterValidator(not_a_nir)]

# A rate that is written back as it was read; `RateText` shows four decimals.
ExactRate = Annotated[RateText, PlainSerializer(exact, return_type=str, when_used="json")]


class Part(Request):
    """A part of the document: unknown fields refused, `null` means left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Dated(Part):
    """From a day to a day, both included; `to` null: open."""

    start: DateText = Field(alias="from")
    end: DateText | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise PydanticCustomError("reversed_interval", "{message}", {"message": "La fin précède le début."})
        return self

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)
