"""The people of the demonstration, who sign in to the dashboard: two of a centre, so that four eyes exist, and one HR.

They share one password, printed by `relais run` and kept with the other secrets of the home.
"""

from __future__ import annotations

from gateway.application.sign_in import register_account
from gateway.domain.clients import Client
from kit.clock import Clock
from kit.db.database import Database, Scope
from kit.http.auth import SCOPES
from relais.clients import HRIS_SCOPES, demo_employers, described, is_news

CENTRE = "Centre de gestion de démonstration"
REGISTERED = "persons"
_DELEGATING = frozenset({"delegations:read", "delegations:write"})
MANAGER, APPROVER, HR = "demo-gestion", "demo-direction", "demo-rh"


def demo_persons() -> list[tuple[Client, str]]:
    """Each with the organisation worked for."""
    everything = frozenset(SCOPES) - {"claims:cause"}
    return [
        (Client(MANAGER, "Camille Gestion", everything, None, assumption=True), CENTRE),
        (Client(APPROVER, "Dominique Direction", everything, None, assumption=True), CENTRE),
        (
            Client(HR, "Morgan Ressources", HRIS_SCOPES | _DELEGATING, demo_employers(), assumption=True),
            "Employeurs de démonstration",
        ),
    ]


async def register_persons(database: Database, password: str, clock: Clock) -> bool:
    """Register them unless they are as they should be; whether there was something to do."""
    persons = demo_persons()
    wanted = [(f"{organisation} {described(person)}", password) for person, organisation in persons]
    async with database.transaction(Scope.all()) as tx:
        if not await is_news(tx, REGISTERED, wanted, clock):
            return False
        for person, organisation in persons:
            await register_account(tx, person, organisation, password, clock)
    return True
