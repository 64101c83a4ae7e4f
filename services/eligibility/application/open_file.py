"""Open an agent's file to change it: locked, with the employers the caller stands for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import data_subjects
from kit.db.data_subjects import Subject
from services.eligibility.adapters import agents, employments, identities, redecisions
from services.eligibility.adapters.agents import Link
from services.eligibility.domain.errors import AgentNotFound, EmployerRequired, NotEmployed
from services.eligibility.domain.facts import Spell


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An agent's file as far as the caller sees it, nobody else changing it until commit."""

    agent: UUID
    version: int
    links: tuple[Link, ...]
    spells: tuple[Spell, ...]
    subject: Subject

    def employer(self, named: str | None) -> str:
        """The employer meant: the one named, or the only one. Raises NotEmployed, EmployerRequired."""
        known = sorted({link.employer for link in self.links})
        if named is not None and named not in known:
            raise NotEmployed(pointer="/employer")
        if named is None and len(known) > 1:
            raise EmployerRequired(pointer="/employer")
        return named or known[0]

    def spells_with(self, employer: str) -> list[Spell]:
        return [spell for spell in self.spells if spell.key.employer == employer]


async def open_file(tx: AsyncConnection, agent: UUID) -> OpenFile:
    """Lock a file and read its employments.

    Raises AgentNotFound, also when it is not the caller's to see, and PersonErased. A restriction lets facts come: what
    the law has decided of goes on (docs/adr/0015-restriction-and-erasure.md).
    """
    if agent not in await agents.lock(tx, [agent]):
        raise AgentNotFound
    subject = (await data_subjects.of(tx, [agent]))[agent]
    subject.check(allowed=True)
    links = await agents.links(tx, [agent])
    spells = [spell for _, spell in await employments.of_agents(tx, [agent])]
    return OpenFile(agent, await identities.version(tx, agent), tuple(links), tuple(spells), subject)


async def changed(tx: AsyncConnection, file: OpenFile, *employers: str) -> int:
    """A fact is recorded with these employers: outdate what they read, and let cover be decided again.

    The new version. Other employers of the agent see no change, and their ETags stay.
    """
    await redecisions.ask(tx, file.agent)
    await identities.count_change(tx, file.agent, employers)
    return await identities.version(tx, file.agent)
