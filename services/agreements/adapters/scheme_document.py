"""The regional scheme as a document. What nobody has published is null, and stays so."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from kit.http.types import Code, Count, DateText, Flag, RateText, Text
from services.agreements.adapters.document_parts import MANY, Dated, Part
from services.agreements.domain import scheme as domain


class LotDocument(Part):
    """A lot of the market."""

    number: Count
    holder: Text | None = None
    population: Text | None = None


class AwardDocument(Part):
    """How many lots a holder has been given, where which ones is not published."""

    holder: Text
    lots: Count


class ConventionDocument(Dated):
    """A convention de participation."""

    insurer: Code
    lot: Count | None = None
    assumption: Flag = False


class SchemeDocument(Part):
    """A regional accord and its market."""

    scheme: Code
    title: Text
    signed_on: DateText
    coordinator: Code
    centres: Annotated[list[Code], MANY]
    unions: Annotated[list[Text], MANY]
    minimum_employer_share: RateText
    levels: Annotated[list[RateText], MANY]
    market: Dated
    awards: list[AwardDocument] = Field(default_factory=list, max_length=100)
    lots: list[LotDocument] = Field(default_factory=list, max_length=100)
    conventions: list[ConventionDocument] = Field(default_factory=list, max_length=100)
    source: Text

    def to_domain(self) -> domain.Scheme:
        """The scheme with value types, as far as accords are checked against it."""
        return domain.Scheme(
            self.scheme,
            self.title,
            self.signed_on,
            self.minimum_employer_share,
            tuple(self.levels),
            self.market.period,
            tuple(domain.Lot(lot.number, lot.holder, lot.population) for lot in self.lots),
            tuple(domain.Convention(c.insurer, c.lot, c.period, c.assumption) for c in self.conventions),
        )

    def dump(self) -> dict[str, Any]:
        """The document as JSON holds it."""
        return self.model_dump(mode="json", by_alias=True)
