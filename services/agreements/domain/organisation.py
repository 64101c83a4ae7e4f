"""Who takes part: centres de gestion, employers, unions, insurers and those who manage for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kit.period import Period
from services.agreements.domain.agreement import LegalCode


class OrganisationKind(StrEnum):
    """What an organisation is. Employers are named by a SIRET, the others by a code.

    The carrier of a risk (INSURER) and who manages the contracts for it (MANAGER) are two organisations.
    """

    CDG = "CDG"
    COMMUNE = "COMMUNE"
    EPCI = "EPCI"
    CCAS = "CCAS"
    CIAS = "CIAS"
    DEPARTEMENT = "DEPARTEMENT"
    REGION = "REGION"
    SDIS = "SDIS"
    SYNDICAT_MIXTE = "SYNDICAT_MIXTE"
    OTHER_EMPLOYER = "OTHER_EMPLOYER"
    UNION = "UNION"
    INSURER = "INSURER"
    MANAGER = "MANAGER"


EMPLOYERS: Final = frozenset(OrganisationKind) - {
    OrganisationKind.CDG,
    OrganisationKind.UNION,
    OrganisationKind.INSURER,
    OrganisationKind.MANAGER,
}


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation while it is so. `key` is its SIRET or code; what nobody said is None.

    `affiliated`: whether an employer must be affiliated to its centre de gestion. `headcount` counts agents.
    """

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


def contradictions_of(one: Organisation) -> list[str]:
    """Fields that say what this kind of organisation cannot have, by name.

    >>> from datetime import date
    >>> contradictions_of(Organisation("u", OrganisationKind.UNION, "U", Period(date(2025, 1, 1)), coordinating=True))
    ['coordinating']
    """
    found = []
    if one.coordinating and one.kind is not OrganisationKind.CDG:
        found.append("coordinating")
    if one.legal_code is not None and one.kind is not OrganisationKind.INSURER:
        found.append("legal_code")
    if one.kind not in EMPLOYERS:
        found += [name for name in ("affiliated", "headcount") if getattr(one, name) is not None]
    return found
