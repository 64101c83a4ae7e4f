"""Who takes part: centres de gestion, employers, unions, insurers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kit.period import Period
from services.agreements.domain.agreement import LegalCode


class OrganisationKind(StrEnum):
    """What an organisation is. Employers are named by a SIRET, the others by a code."""

    CDG = "CDG"
    COMMUNE = "COMMUNE"
    EPCI = "EPCI"
    CCAS = "CCAS"
    CIAS = "CIAS"
    DEPARTEMENT = "DEPARTEMENT"
    REGION = "REGION"
    SDIS = "SDIS"
    OTHER_EMPLOYER = "OTHER_EMPLOYER"
    UNION = "UNION"
    INSURER = "INSURER"


EMPLOYERS: Final = frozenset(OrganisationKind) - {
    OrganisationKind.CDG,
    OrganisationKind.UNION,
    OrganisationKind.INSURER,
}


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation while it is so. `key` is its SIRET or code; what nobody said is None."""

    key: str
    kind: OrganisationKind
    name: str
    period: Period
    departement: str | None = None
    coordinating: bool = False
    legal_code: LegalCode | None = None
    affiliated: bool | None = None
    headcount: int | None = None
    assumption: bool = False
