"""Whom a client or a person stands for, as requests say it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.domain.clients import DEPARTMENT_PATTERN, MAX_EMPLOYERS, Client, InvalidClient
from kit.http import types
from kit.http.types import SiretText


class Standing(types.Request):
    """One of the four; none stands for nobody."""

    employers: Annotated[list[SiretText], Field(max_length=MAX_EMPLOYERS)] = Field(default_factory=list)
    all_employers: Annotated[types.Flag, Field(description="Représente tous les employeurs.")] = False
    insurer: Annotated[str | None, Field(max_length=63, pattern=types.TEXT_PATTERN)] = None
    department: Annotated[
        str | None,
        Field(pattern=DEPARTMENT_PATTERN, description="Représente les employeurs de ce département."),
    ] = None

    def standing_for(self, key: str, name: str, scopes: frozenset[str], *, active: bool = True) -> Client:
        """Who it is. Raises InvalidClient when it names employers and all of them."""
        if self.all_employers and self.employers:
            raise InvalidClient(
                pointer="/all_employers",
                detail_fr="Tous les employeurs, ou ceux qui sont nommés : l'un exclut l'autre.",
                detail_en="All employers, or those that are named: one excludes the other.",
            )
        employers = None if self.all_employers else frozenset(str(siret) for siret in self.employers)
        return Client(key, name, scopes, employers, self.insurer, active, department=self.department)
