"""Who an agent is turns out otherwise, or changes: a name, a birth date, a definitive NIR."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.events.outbox import Outgoing, publish_many
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
    """Change who the caller's employers say the agent is, and tell it; other employers keep to what they state.

    The new version; what changes nothing leaves it as it is. Raises BornAfterHire, NirTaken.
    """
    known = await identities.of_employers(tx, file.agent, crypto)
    changes = {employer: now for employer, one in known.items() if (now := what.applied_to(one)) != one}
    if not changes:
        return file.version
    for employer, now in changes.items():
        if any(spell.period.start <= now.birth_date for spell in file.spells_with(employer)):
            raise BornAfterHire(pointer="/birth_date")
        if now.nir != known[employer].nir and not await identities.take_nir(
            tx, file.agent, crypto.blind_index(now.nir)
        ):
            raise NirTaken(pointer="/nir")
        await identities.replace(tx, file.agent, now, crypto, recording, employer=employer)
    await publish_many(tx, [_told(file, employer, now.birth_date) for employer, now in changes.items()])
    return await changed(tx, file, *changes)


def _told(file: OpenFile, employer: str, born: date) -> Outgoing:
    held = sorted(link.matricule for link in file.links if link.employer == employer)
    data = AgentChanged(agent=file.agent, employer=employer, matricules=held, birth_date=born)
    return Outgoing(data, str(file.agent), employer, subject=f"/v1/agents/{file.agent}")
