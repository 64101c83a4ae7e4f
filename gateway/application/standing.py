"""Whom a client stands for now: a centre de gestion, for the employers of its département; and who delegates to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import delegations, departments
from gateway.domain.clients import MAX_EMPLOYERS, Client, DepartmentTooLarge
from gateway.domain.delegations import TooManyDelegations, delegated, delegates_of
from kit.events.envelope import Envelope
from kit.siret import is_siret


async def standing(tx: AsyncConnection, client: Client, today: date) -> Client:
    """The client with the employers it stands for, and those that delegate to it today; `tx` sees all of them.

    Raises DepartmentTooLarge or TooManyDelegations rather than leave some out.
    """
    if client.department is not None:
        employers = await departments.employers_in(tx, client.department)
        if len(employers) > MAX_EMPLOYERS:
            raise DepartmentTooLarge
        client = replace(client, employers=employers)
    delegates = delegates_of(client)
    if not delegates:
        return client
    room = MAX_EMPLOYERS - len(client.employers or ())
    found = await delegations.in_force(tx, delegates, today, room + 1)
    if len(found) > room:
        raise TooManyDelegations
    return replace(client, delegated=delegated(client, found))


async def organisation_told(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """An employer is in a département; other organisations are in none that matters here."""
    department, key = data.get("departement"), str(data["organisation"])
    if isinstance(department, str) and is_siret(key):
        await departments.say(tx, key, department, envelope.sequence)
