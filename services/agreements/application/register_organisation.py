"""Enter an organisation in the registry."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.recording import Recording
from services.agreements.adapters import organisations
from services.agreements.domain.errors import AlreadyRegistered
from services.agreements.domain.organisation import Organisation
from services.agreements.events import OrganisationRegistered


async def register_organisation(tx: AsyncConnection, one: Organisation, recording: Recording) -> bool:
    """Whether it is new. The same content again changes nothing; other content raises AlreadyRegistered."""
    await organisations.lock(tx, one.key)
    known = await organisations.current(tx, one.key)
    if known is not None:
        if replace(known, period=one.period) != one:
            raise AlreadyRegistered(pointer="/siret" if one.key.isdigit() else "/code")
        return False
    await organisations.add(tx, one, recording)
    await publish(tx, OrganisationRegistered.of(one), key=one.key, subject=f"/v1/organisations/{one.key}")
    return True
