"""Whom an insurer covers: the employers of its lots on a day, for whom persons may be asked for on its behalf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from gateway.adapters import partner_events
from gateway.domain.clients import Client
from kit.db.database import Database, Scope
from kit.http.auth import Principal

# What is asked of the service on behalf of the caller, and nothing else.
ASKED = frozenset({"agents:read"})


@dataclass(frozen=True, slots=True)
class Lots:
    """The employers whose agents may be told, and for an insurer under which accords: pairs of SIRET and accord."""

    employers: frozenset[str] | None
    pairs: frozenset[tuple[str, str]] | None = None

    @classmethod
    async def of(cls, database: Database, caller: Principal, on: date) -> Self:
        """An insurer's on that day; an employer's are its own agents, under any accord."""
        if caller.insurer is None:
            return cls(caller.employers)
        async with database.transaction(Scope.all()) as tx:
            held = [one for one in await partner_events.memberships_of_insurer(tx, caller.insurer) if on in one.valid]
        pairs = frozenset((one.employer, one.agreement) for one in held)
        return cls(frozenset(employer for employer, _ in pairs), pairs)

    def narrowed(self, employer: str) -> Lots:
        """The same, for one employer; nothing when it is not among them."""
        mine = self.employers is None or employer in self.employers
        return Lots(frozenset({employer} if mine else ()), self.pairs)

    def holds(self, employer: str, agreement: str) -> bool:
        return self.pairs is None or (employer, agreement) in self.pairs

    def client(self, caller: Principal) -> Client:
        """Whom the token is for that asks: the caller, who then stands for these employers and reads their agents."""
        return Client(caller.client, caller.client, ASKED, self.employers)
