"""The regional scheme as a document. What nobody has published is null, and stays so."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kit.http.types import Code, Count, DateText, Flag, LongText, Text, example
from services.agreements.adapters.document_parts import (
    MANY,
    MAX_ITEMS,
    ConventionKey,
    Dated,
    ExactRate,
    Key,
    Part,
)
from services.agreements.adapters.example_documents import SCHEME
from services.agreements.adapters.terms_document import TermPath, TermsDocument
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
    """A convention de participation: who carries the risk, who manages it, and, once ended, why."""

    id: ConventionKey | None = None
    insurer: Code
    manager: Code | None = None
    lot: Count | None = None
    ended: LongText | None = None
    assumption: Flag = False

    def to_domain(self, key: str) -> domain.Convention:
        return domain.Convention(key, self.insurer, self.manager, self.lot, self.period, self.ended, self.assumption)


class SchemeDocument(Part):
    """A regional accord and its market.

    `terms` are offered to the accords, which take what they do not state; `locks` are paths of those they may not state
    otherwise.
    """

    model_config = example(SCHEME)

    scheme: Key
    title: Text
    signed_on: DateText
    coordinator: Code
    centres: Annotated[list[Code], MANY]
    unions: Annotated[list[Text], MANY]
    minimum_employer_share: ExactRate
    levels: Annotated[list[ExactRate], MANY]
    market: Dated
    rates_guaranteed_to: DateText | None = None
    awards: list[AwardDocument] = Field(default_factory=list, max_length=100)
    lots: list[LotDocument] = Field(default_factory=list, max_length=100)
    conventions: list[ConventionDocument] = Field(default_factory=list, max_length=100)
    terms: TermsDocument = TermsDocument()
    locks: list[TermPath] = Field(default_factory=list, max_length=MAX_ITEMS)
    source: Text

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        if len(dict(self.named())) < len(self.conventions):
            message = "Deux conventions portent le même identifiant."
            raise PydanticCustomError("convention_twice", "{message}", {"message": message})
        return self

    def named(self) -> list[tuple[str, ConventionDocument]]:
        """The conventions by id: the one given, or one made of scheme, insurer and lot.

        Several of one insurer for one lot, or for lots that nobody has published, are told apart by their place.
        """
        made: Counter[str] = Counter()
        found = []
        for one in self.conventions:
            key = f"{self.scheme}.{one.insurer}.{one.lot or 0}"
            made[key] += 1
            found.append((one.id or (key if made[key] == 1 else f"{key}.{made[key]}"), one))
        return found

    def with_names(self) -> Self:
        """The document with the id of each convention in it, so that what is said of them later leaves it as it is."""
        return self.model_copy(
            update={"conventions": [one.model_copy(update={"id": key}) for key, one in self.named()]}
        )

    def on(self, day: date) -> Self:
        """The document with the conventions that run on a day alone, each with its id."""
        named = self.with_names()
        return named.model_copy(update={"conventions": [one for one in named.conventions if day in one.period]})

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
            tuple(
                domain.Convention(key, c.insurer, c.manager, c.lot, c.period, c.ended, c.assumption)
                for key, c in self.named()
            ),
            self.rates_guaranteed_to,
        )

    def dump(self) -> dict[str, Any]:
        """The document as JSON holds it."""
        return self.model_dump(mode="json", by_alias=True)
