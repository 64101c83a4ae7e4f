"""An agent is hired: a person, an employer, a matricule, a first employment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.events.outbox import publish
from kit.ids import new_id
from kit.recording import Recording
from kit.trace import plain
from rules.book import Rules
from services.eligibility.adapters import agents, employments, redecisions, told
from services.eligibility.adapters.agents import Identity, Link
from services.eligibility.application.payloads import AgentHired, EmploymentPart
from services.eligibility.domain.errors import IdentityMismatch, MatriculeTaken
from services.eligibility.domain.facts import Spell
from services.eligibility.domain.standing import standings


@dataclass(frozen=True, slots=True)
class Hire:
    """What an HRIS says of somebody hired. `spell` names employer, matricule and conditions; its ids are new."""

    identity: Identity
    spell: Spell
    prior_collective_cover: bool

    def mark(self, crypto: KeyRing) -> str:
        """A keyed fingerprint of all that was said: the same hire again has the same."""
        held, person = self.spell.conditions, self.identity
        said = [
            [person.nir.reveal(), person.last_name, person.first_name, person.birth_date, self.prior_collective_cover],
            [self.spell.key.employer, self.spell.key.matricule, self.spell.key.number, self.spell.period],
            [held.kind, held.contract, held.weekly_hours, held.category, held.art_teaching, self.spell.service_start],
        ]
        return crypto.blind_index(json.dumps(plain(said)), "hire")


@dataclass(frozen=True, slots=True)
class Hired:
    """The agent, and whether this hire entered it."""

    agent: UUID
    new: bool


async def hire_agent(tx: AsyncConnection, hire: Hire, rules: Rules, crypto: KeyRing, recording: Recording) -> Hired:
    """Enter a hire. The same hire again changes nothing.

    Raises MatriculeTaken when the matricule stands for another hire, IdentityMismatch when the NIR is known with
    another date of birth.
    """
    key, mark = hire.spell.key, hire.mark(crypto)
    if (known := await agents.link_of(tx, key.employer, key.matricule)) is not None:
        return _again(known, mark)
    agent, made = await agents.take_person(tx, crypto.blind_index(hire.identity.nir), new_id())
    if made:
        await agents.add(tx, agent, hire.identity, crypto, recording)
    link = Link(key.employer, key.matricule, agent, hire.prior_collective_cover, mark)
    if not await agents.link(tx, link, recording):
        taken = await agents.link_of(tx, key.employer, key.matricule)
        assert taken is not None, "a taken matricule is there to read"
        return _again(taken, mark)
    if not made:
        await _same_person(tx, agent, hire.identity, crypto)
    await employments.add(tx, agent, [hire.spell], recording)
    await _tell(tx, agent, hire, rules)
    await redecisions.ask(tx, agent)
    return Hired(agent, new=True)


def _again(known: Link, mark: str) -> Hired:
    if known.hire_mark != mark:
        raise MatriculeTaken(pointer="/matricule")
    return Hired(known.agent, new=False)


async def _same_person(tx: AsyncConnection, agent: UUID, identity: Identity, crypto: KeyRing) -> None:
    """A person another employer entered: whoever shares a NIR was born on one day."""
    await agents.lock(tx, [agent])
    stored = await agents.get(tx, agent, crypto)
    assert stored is not None, "the caller now employs this person"
    if stored.birth_date != identity.birth_date:
        raise IdentityMismatch(pointer="/birth_date")
    await agents.count_change(tx, agent)


async def _tell(tx: AsyncConnection, agent: UUID, hire: Hire, rules: Rules) -> None:
    """Publish the hire with the regime of this employment alone: the worker, who sees all jobs, tells otherwise."""
    key = hire.spell.key
    (first,) = standings([hire.spell], rules)[hire.spell.employment]
    data = AgentHired(
        agent=agent,
        employer=key.employer,
        matricule=key.matricule,
        birth_date=hire.identity.birth_date,
        employment=EmploymentPart.of(first),
    )
    await told.store(tx, [(agent, [first])])
    await publish(tx, data, key=str(agent), employer=key.employer, subject=f"/v1/agents/{agent}")
