"""A client of the platform: a program that asks for tokens, and what it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kit.errors import RelaisError
from kit.http.auth import SCOPES
from kit.siret import is_siret

ID_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{1,62}$"
DEPARTMENT_PATTERN: Final = r"^([0-9]{2}|2[AB]|97[1-8]|98[4-8])$"
# A token carries the employers it stands for; beyond this it no longer fits a header.
MAX_EMPLOYERS: Final = 2_000


class InvalidClient(RelaisError):
    code = "invalid_client_registration"
    title_fr = "Client invalide"
    title_en = "Invalid client"


class UnknownInsurer(RelaisError):
    """Whoever stood for it would be told nothing, or of another one's lots once somebody takes the code."""

    code = "unknown_insurer"
    title_fr = "Assureur inconnu du registre des organisations"
    title_en = "Insurer unknown to the registry of organisations"


class ClientExists(RelaisError):
    code = "client_exists"
    title_fr = "Un client porte déjà cet identifiant"
    title_en = "A client has this id already"
    status = 409


class UnknownClient(RelaisError):
    code = "unknown_client"
    title_fr = "Client inconnu"
    title_en = "Unknown client"
    status = 404


class DepartmentTooLarge(RelaisError):
    code = "department_too_large"
    title_fr = "Trop d'employeurs dans ce département pour un jeton"
    title_en = "Too many employers in this department for a token"
    status = 409


class BeyondYours(RelaisError):
    code = "scope_beyond_yours"
    title_fr = "Nul n'accorde plus qu'il n'a"
    title_en = "Nobody grants more than he has"
    status = 403


@dataclass(frozen=True, slots=True)
class Client:
    """`employers` None stands for every employer; an insurer's client has an `insurer` and no employer of its own.
    A centre de gestion has a `department` and stands for the employers of it. `delegated` are other employers by
    SIRET, with the scopes that they delegated to it, all of them until `delegated_until` at least.
    """

    id: str
    name: str
    scopes: frozenset[str]
    employers: frozenset[str] | None = field(default_factory=frozenset)
    insurer: str | None = None
    active: bool = True
    assumption: bool = False
    department: str | None = None
    delegated: tuple[tuple[str, frozenset[str]], ...] = ()
    delegated_until: datetime | None = None

    def within(self, other: Client) -> bool:
        """Whether it stands for nothing that `other` does not stand for.

        >>> one, all_of_them = Client("a", "A", frozenset()), Client("b", "B", frozenset(), None)
        >>> one.within(all_of_them), all_of_them.within(one)
        (True, False)
        """
        if other.employers is None:
            return self.insurer is None
        same = (self.insurer, self.department) == (other.insurer, other.department)
        return same and self.employers is not None and self.employers <= other.employers

    def check(self) -> None:
        """Raise InvalidClient when the client could not be served."""
        if not re.fullmatch(ID_PATTERN, self.id):
            raise InvalidClient(
                pointer="/id",
                detail_fr="Minuscules sans accent, chiffres et tirets, 2 à 63 signes.",
                detail_en="Plain lower case, digits and hyphens, 2 to 63 signs.",
            )
        if not self.scopes or not self.scopes <= SCOPES.keys():
            raise InvalidClient(
                pointer="/scopes",
                detail_fr="Une portée connue au moins, et aucune qui ne le soit pas.",
                detail_en="One known scope at least, and none that is not.",
            )
        if len(self.employers or ()) > MAX_EMPLOYERS or not all(is_siret(e) for e in self.employers or ()):
            raise InvalidClient(
                pointer="/employers",
                detail_fr=f"Des SIRET valides, {MAX_EMPLOYERS} au plus.",
                detail_en=f"Valid SIRETs, {MAX_EMPLOYERS} at most.",
            )
        if self.insurer is not None and (self.employers is None or self.employers):
            raise _alone("/insurer")
        if self.department is not None and (self.insurer is not None or self.employers is None or self.employers):
            raise _alone("/department")


def _alone(pointer: str) -> InvalidClient:
    """Employers, all of them, an insurer or a département: one of the four."""
    return InvalidClient(
        pointer=pointer,
        detail_fr="Des employeurs, tous, un assureur ou un département : l'un exclut les autres.",
        detail_en="Employers, all of them, an insurer or a département: one excludes the others.",
    )
