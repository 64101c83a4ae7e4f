"""An organisation as it is posted, and as a line of an import says it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kit.http.types import Count, DateText, Flag, LongText, Request, SiretText, Text, example
from kit.period import Period
from kit.whole import whole_number
from services.agreements.adapters.document_parts import Key
from services.agreements.adapters.example_documents import EMPLOYER
from services.agreements.domain.agreement import LegalCode
from services.agreements.domain.organisation import EMPLOYERS, Organisation, OrganisationKind, contradictions_of

Departement = Annotated[str, Field(pattern=r"^(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])$", examples=["85"])]
YES: Final = frozenset({"oui", "true", "1"})
NO: Final = frozenset({"non", "false", "0"})
# The columns of an import, in the order of the example file.
COLUMNS: Final = (
    "kind",
    "siret",
    "code",
    "name",
    "departement",
    "coordinating",
    "legal_code",
    "affiliated",
    "headcount",
    "from",
    "assumption",
)
_FLAGS: Final = frozenset({"coordinating", "affiliated", "assumption"})


class OrganisationDocument(Request):
    """An organisation to register. An employer has a SIRET, the others a code; what is unknown is left out."""

    model_config = example({**EMPLOYER, "departement": "85", "from": "2026-01-01"})

    kind: OrganisationKind
    siret: SiretText | None = None
    code: Key | None = None
    name: Text
    departement: Departement | None = None
    coordinating: Flag = False
    legal_code: LegalCode | None = None
    affiliated: Flag | None = None
    headcount: Count | None = None
    since: DateText | None = Field(None, alias="from")
    assumption: Flag = False

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.kind in EMPLOYERS) != (self.siret is not None) or (self.siret is None) == (self.code is None):
            message = "Un employeur a un SIRET, une autre organisation un code."
            raise PydanticCustomError("key", "{message}", {"message": message})
        return self

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        if wrong := contradictions_of(self.to_domain(date.min)):
            message = f"Le champ {wrong[0]} ne s'applique pas à une organisation de cette nature."
            raise PydanticCustomError("not_of_its_kind", "{message}", {"message": message})
        return self

    def to_domain(self, today: date) -> Organisation:
        """Known from today on unless the request says since when."""
        return Organisation(
            key=self.siret or self.code or "",
            kind=self.kind,
            name=self.name,
            period=Period(self.since or today),
            departement=self.departement,
            coordinating=self.coordinating,
            legal_code=self.legal_code,
            affiliated=self.affiliated,
            headcount=self.headcount,
            assumption=self.assumption,
        )


class OrganisationChange(Request):
    """What changes in an organisation from a day on; what is left out stays as it is."""

    model_config = example(
        {"from": "2026-07-01", "reason": "Délibération du 15 juin 2026.", "name": "Commune nouvelle"}
    )

    since: DateText = Field(alias="from")
    reason: LongText
    name: Text | None = None
    departement: Departement | None = None
    coordinating: Flag | None = None
    legal_code: LegalCode | None = None
    affiliated: Flag | None = None
    headcount: Count | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that are given, by name of the domain."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"since", "reason"}}


def from_line(cells: dict[str, str]) -> dict[str, Any]:
    """A line of an import as the body of a request: an empty cell is left out.

    >>> from_line({"kind": "COMMUNE", "affiliated": "oui", "headcount": "12", "code": ""})
    {'kind': 'COMMUNE', 'affiliated': True, 'headcount': 12}
    """
    return {name: _cell(name, text.strip()) for name, text in cells.items() if text.strip()}


def _cell(name: str, text: str) -> str | bool | int:
    """A text that is not what its column holds stays a text, which the model then refuses."""
    if name in _FLAGS and text.lower() in YES | NO:
        return text.lower() in YES
    if name == "headcount" and (number := whole_number(text)) is not None:
        return number
    return text
