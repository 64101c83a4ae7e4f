"""What is told of organisations, under the key of each."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import ConfigDict, Field

from kit.events.envelope import EventData
from services.agreements.application.payloads import TOPIC
from services.agreements.domain.organisation import Organisation


class OrganisationRegistered(EventData):
    """An organisation is known. `key` is a SIRET for employers, a code for the others."""

    type: ClassVar[str] = "fr.psc.agreements.organisation.registered.v1"
    topic: ClassVar[str] = TOPIC

    organisation: str
    kind: str
    name: str
    assumption: bool
    departement: str | None = None
    legal_code: str | None = None
    affiliated: bool | None = None

    @classmethod
    def of(cls, one: Organisation) -> Self:
        return cls(
            organisation=one.key,
            kind=one.kind.value,
            name=one.name,
            assumption=one.assumption,
            departement=one.departement,
            legal_code=None if one.legal_code is None else one.legal_code.value,
            affiliated=one.affiliated,
        )


class OrganisationChanged(OrganisationRegistered):
    """From a day on an organisation is so; the days before keep what was said of them."""

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.agreements.organisation.changed.v1"
    topic: ClassVar[str] = TOPIC

    since: date = Field(alias="from")

    @classmethod
    def of(cls, one: Organisation) -> Self:
        said = OrganisationRegistered.of(one).model_dump()
        return cls.model_validate({**said, "from": one.period.start})
