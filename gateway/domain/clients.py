"""A client of the platform: a program that asks for tokens, and what it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from kit.errors import RelaisError
from kit.http.auth import SCOPES
from kit.siret import Siret

ID_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{1,62}$"
# A token carries the employers it stands for; beyond this it no longer fits a header.
MAX_EMPLOYERS: Final = 2_000


class InvalidClient(RelaisError):
    code = "invalid_client_registration"
    title_fr = "Client invalide"
    title_en = "Invalid client"


@dataclass(frozen=True, slots=True)
class Client:
    """`employers` None stands for every employer; an insurer's client has an `insurer` and no employer of its own."""

    id: str
    name: str
    scopes: frozenset[str]
    employers: frozenset[str] | None = field(default_factory=frozenset)
    insurer: str | None = None
    active: bool = True
    assumption: bool = False

    def check(self) -> None:
        """Raise InvalidClient when the client could not be served."""
        if not re.fullmatch(ID_PATTERN, self.id):
            raise InvalidClient(pointer="/id")
        if not self.scopes or not self.scopes <= SCOPES.keys():
            raise InvalidClient(pointer="/scopes")
        if len(self.employers or ()) > MAX_EMPLOYERS or not all(_is_siret(e) for e in self.employers or ()):
            raise InvalidClient(pointer="/employers")
        if self.insurer is not None and (self.employers is None or self.employers):
            raise InvalidClient(pointer="/insurer")


def _is_siret(text: str) -> bool:
    try:
        Siret.parse(text)
    except ValueError:
        return False
    return True
