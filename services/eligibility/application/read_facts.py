"""Read all that is known of some agents, in a number of statements that does not depend on how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.eligibility.adapters import agents, deaths, departures, dispenses, employments, leaves
from services.eligibility.adapters.agents import Link
from services.eligibility.adapters.deaths import StoredDeath
from services.eligibility.domain.death import DeathKind
from services.eligibility.domain.facts import Cut, DispenseRequest, LeaveEntry, Spell, file_of
from services.eligibility.domain.file import AgentFile


@dataclass(slots=True)
class Facts:
    """All that is known of one agent, with whichever employer."""

    spells: list[Spell] = field(default_factory=list)
    entries: list[LeaveEntry] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    deaths: list[StoredDeath] = field(default_factory=list)
    dispenses: list[DispenseRequest] = field(default_factory=list)
    cut: list[Cut] = field(default_factory=list)

    def employers(self) -> list[str]:
        """The employers with whom the agent has, or had, an employment."""
        return sorted({spell.key.employer for spell in self.spells})

    def death_with(self, employer: str, kind: DeathKind) -> StoredDeath | None:
        """What an employer should know: what it announced itself, else the earliest that others did, not denied."""
        stated = [one for one in self.deaths if one.death.kind is kind and (one.announced or one.denied)]
        own = next((one for one in stated if one.employer == employer), None)
        if own is not None and own.announced:
            return own
        others = [one for one in stated if one.announced and (own is None or one.death.on != own.death.on)]
        first = min(others, key=lambda one: (one.death.on, one.employer), default=None)
        return None if first is None else replace(first, employer=employer)

    def died_on(self, employer: str) -> date | None:
        """The day of the death, as far as it holds for cover with an employer; an IAD is none."""
        held = self.death_with(employer, DeathKind.DEATH)
        return None if held is None else held.death.on

    def file_with(self, employer: str) -> AgentFile:
        """The file that cover with one employer is decided on."""
        prior = any(link.prior_collective_cover for link in self.links if link.employer == employer)
        return file_of(employer, self.spells, self.entries, self.dispenses, self.cut, prior_collective_cover=prior)


async def read_facts(tx: AsyncConnection, who: Sequence[UUID]) -> dict[UUID, Facts]:
    """The facts known now of each of these agents."""
    facts = {agent: Facts() for agent in who}
    for agent, spell in await employments.of_agents(tx, who):
        facts[agent].spells.append(spell)
    for agent, entry in await leaves.of_agents(tx, who):
        facts[agent].entries.append(entry)
    for link in await agents.links(tx, list(who)):
        facts[link.agent].links.append(link)
    for agent, request in await dispenses.of_agents(tx, who):
        facts[agent].dispenses.append(request)
    for agent, cut in await departures.cuts(tx, who):
        facts[agent].cut.append(cut)
    for stored in await deaths.of_agents(tx, who):
        facts[stored.agent].deaths.append(stored)
    return facts
