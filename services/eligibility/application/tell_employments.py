"""Tell what differs in employments: hours with one employer may change the regime with another."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing
from rules.book import Rules
from services.eligibility.adapters import told
from services.eligibility.adapters.told import Told
from services.eligibility.application.payloads import EmploymentChanged
from services.eligibility.application.read_facts import Facts
from services.eligibility.domain.standing import Standing, standings, untold


async def tell_employments(tx: AsyncConnection, facts: dict[UUID, Facts], rules: Rules) -> list[Outgoing]:
    """The events that bring whoever followed so far up to date; what they say is remembered as told."""
    known = await told.of_agents(tx, list(facts))
    events: list[Outgoing] = []
    changed: list[tuple[UUID, Told]] = []
    for agent, own in facts.items():
        for employment, stretches in standings(own.spells, rules).items():
            news = untold(known.get(employment, []), stretches)
            if news:
                changed.append((agent, Told.of(stretches)))
            events += [_event(agent, standing) for standing in news]
    await told.store(tx, changed)
    return events


def _event(agent: UUID, standing: Standing) -> Outgoing:
    data = EmploymentChanged.of(agent, standing)
    return Outgoing(data, str(agent), standing.key.employer, subject=f"/v1/agents/{agent}")
