"""Who an agent is turns out otherwise, or changes: a name, a birth date, a definitive NIR."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.events.outbox import Outgoing
from kit.nir import Nir
from kit.recording import Recording
from services.eligibility.adapters import identities
from services.eligibility.adapters.agents import Identity
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.application.status_payloads import AgentChanged
from services.eligibility.domain.errors import BornAfterHire, NirTaken


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """What is otherwise; None leaves as it was."""

    nir: Nir | None = None
    last_name: str | None = None
    first_name: str | None = None
    birth_date: date | None = None

    def applied_to(self, known: Identity) -> Identity:
        said = {name: getattr(self, name) for name in ("nir", "last_name", "first_name", "birth_date")}
        return replace(known, **{name: value for name, value in said.items() if value is not None})


async def change_identity(
    tx: AsyncConnection, file: OpenFile, what: IdentityChange, crypto: KeyRing, recording: Recording
) -> int:
    """Change who the agent is, for all its employers; the worker tells them. The new version.

    What changes nothing leaves the version as it is. Raises BornAfterHire, NirTaken.
    """
    known = await identities.get(tx, file.agent, crypto)
    now = what.applied_to(known)
    if now == known:
        return file.version
    if any(spell.period.start <= now.birth_date for spell in file.spells):
        raise BornAfterHire(pointer="/birth_date")
    if now.nir != known.nir and not await identities.take_nir(tx, file.agent, crypto.blind_index(now.nir)):
        raise NirTaken(pointer="/nir")
    await identities.replace(tx, file.agent, now, crypto, recording)
    return await changed(tx, file.agent)


async def tell_identities(tx: AsyncConnection, who: list[UUID]) -> list[Outgoing]:
    """Tell every employer of these agents who they have become. Called by the worker, who sees all employers."""
    events: list[Outgoing] = []
    for one in await identities.untold(tx, who):
        data = AgentChanged(
            agent=one.agent, employer=one.employer, matricules=list(one.matricules), birth_date=one.birth_date
        )
        events.append(Outgoing(data, str(one.agent), one.employer, subject=f"/v1/agents/{one.agent}"))
    return events
