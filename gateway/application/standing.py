"""Whom a client stands for now: a centre de gestion, for the employers that are in its département today."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import departments
from gateway.domain.clients import MAX_EMPLOYERS, Client, DepartmentTooLarge
from kit.events.envelope import Envelope
from kit.siret import is_siret


async def standing(tx: AsyncConnection, client: Client) -> Client:
    """The client with the employers it stands for. Raises DepartmentTooLarge rather than leave some out."""
    if client.department is None:
        return client
    employers = await departments.employers_in(tx, client.department)
    if len(employers) > MAX_EMPLOYERS:
        raise DepartmentTooLarge
    return replace(client, employers=employers)


async def organisation_told(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """An employer is in a département; other organisations are in none that matters here."""
    department, key = data.get("departement"), str(data["organisation"])
    if isinstance(department, str) and is_siret(key):
        await departments.say(tx, key, department, envelope.sequence)
