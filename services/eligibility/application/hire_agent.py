"""Agents are hired: a person, an employer, a matricule, a first employment. One or hundreds, in the same statements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import DataKey, KeyRing
from kit.db import data_subjects
from kit.errors import RelaisError
from kit.ids import new_id
from kit.recording import Recording
from rules.book import Rules
from services.eligibility.adapters import agents, hires, redecisions
from services.eligibility.adapters.agents import Identity, Link
from services.eligibility.adapters.hires import Entry, Key, SealedPerson, Statement, seal, seal_new
from services.eligibility.adapters.told import Told
from services.eligibility.application.payloads import AgentHired
from services.eligibility.domain.doubts import Doubt, on_birth, on_hire
from services.eligibility.domain.errors import HireRaced, IdentityMismatch, MatriculeTaken
from services.eligibility.domain.facts import Spell
from services.eligibility.domain.plausibility import check_born, check_spell
from services.eligibility.domain.regime import regime_of
from services.eligibility.domain.standing import Standing

_OTHERWISE_NAMED: Final = (
    Doubt(
        "known_by_another_name",
        "/last_name",
        "Ce NIR est connu aussi sous un autre nom de famille : vérifiez-le. Chaque employeur garde l'identité qu'il a"
        " déclarée la première fois ; si elle a changé, corrigez l'identité de l'agent.",
    ),
)


@dataclass(frozen=True, slots=True)
class Hire:
    """What an HRIS says of somebody hired. `spell` names employer, matricule and conditions; its ids are new."""

    identity: Identity
    spell: Spell
    prior_collective_cover: bool

    @property
    def key(self) -> Key:
        """What names the hire: SIRET and matricule."""
        return self.spell.key.employer, self.spell.key.matricule

    def mark(self, crypto: KeyRing) -> str:
        """A keyed fingerprint of all that was said: the same hire again has the same."""
        held, person, spell = self.spell.conditions, self.identity, self.spell
        said = [
            [person.nir.reveal(), person.last_name, person.first_name, str(person.birth_date)],
            [self.prior_collective_cover, *self.key, spell.key.number, str(spell.period.start), str(spell.period.end)],
            [held.kind, held.contract, str(held.weekly_hours), held.category, held.art_teaching],
            str(spell.service_start),
        ]
        return crypto.blind_index(json.dumps(said), "hire")


@dataclass(frozen=True, slots=True)
class Draft:
    """A hire with all that can be computed without the database; `person` is used where nobody has that NIR.

    `refusal`: what it contradicts, unless it was entered before; `doubts`: what is unlikely in it.

    `told`: what is remembered as told; `data`: what others hear of it, whoever the agent turns out to be.
    """

    hire: Hire
    mark: str
    nir_index: str
    person: SealedPerson
    refusal: RelaisError | None
    doubts: tuple[Doubt, ...]
    told: Told
    data: str

    @classmethod
    def of(cls, hire: Hire, rules: Rules, crypto: KeyRing, today: date) -> Draft:
        """The regime is that of this employment alone: the worker, who sees all jobs, tells otherwise."""
        person, standing = seal_new(new_id(), hire.identity, crypto), _first(hire.spell, rules)
        mark, index = hire.mark(crypto), crypto.blind_index(hire.identity.nir)
        refusal, doubts = _judged(hire, rules, today)
        data = AgentHired.after_agent(standing, hire.identity.birth_date)
        return cls(hire, mark, index, person, refusal, doubts, Told.of([standing]), data)

    def statement(self, agent: UUID, own: DataKey) -> Statement:
        """Who the employer says somebody known is, sealed with the agent's key."""
        sealed = seal(agent, own, self.hire.identity, self.person.identity.name_index)
        return Statement(self.hire.spell.key.employer, agent, self.nir_index, sealed)

    def entry(self, agent: UUID) -> Entry:
        """What is written of it, of the agent that it turned out to be about."""
        person = self.person if agent == self.person.id else None
        return Entry(agent, person, self.nir_index, self.hire.spell, self.told.stretches, self.data)

    def link(self, agent: UUID) -> Link:
        return Link(*self.hire.key, agent, self.hire.prior_collective_cover, self.mark)


def _judged(hire: Hire, rules: Rules, today: date) -> tuple[RelaisError | None, tuple[Doubt, ...]]:
    """What the hire contradicts, or else what is unlikely in it."""
    born = hire.identity.birth_date
    try:
        check_born(born, today)
        check_spell(hire.spell, born, today, rules, "/employment")
    except RelaisError as refusal:
        return refusal, ()
    doubts = *on_birth(hire.identity.nir, born), *on_hire(hire.spell, born, today, rules, "/employment")
    return None, doubts


def _first(spell: Spell, rules: Rules) -> Standing:
    """How an employment stands when it is all there is: one stretch, what `standings` says of a single one."""
    alone = spell.as_employment()
    return Standing(
        employment=spell.employment,
        key=spell.key,
        period=spell.period,
        whole=spell.period,
        conditions=spell.conditions,
        regime=regime_of(alone, [alone], spell.period.start, rules),
        service_start=spell.service_start or spell.period.start,
    )


@dataclass(frozen=True, slots=True)
class Hired:
    """The agent, whether this hire entered it, and what to look at in it."""

    agent: UUID
    new: bool
    doubts: tuple[Doubt, ...] = ()


async def hire_agent(tx: AsyncConnection, hire: Hire, rules: Rules, crypto: KeyRing, recording: Recording) -> Hired:
    """Enter a hire. The same hire again changes nothing.

    Raises MatriculeTaken when the matricule stands for another hire, IdentityMismatch when the NIR is known with
    another date of birth.
    """
    try:
        (outcome,) = await hire_agents(tx, [Draft.of(hire, rules, crypto, recording.at.date())], crypto, recording)
    except HireRaced:
        raise MatriculeTaken(pointer="/matricule") from None
    if isinstance(outcome, RelaisError):
        raise outcome
    return outcome


async def hire_agents(
    tx: AsyncConnection, drafts: Sequence[Draft], crypto: KeyRing, recording: Recording
) -> list[Hired | RelaisError]:
    """Enter hires; what became of each, in their order. One that is refused leaves the others.

    Raises HireRaced when somebody else took one of the matricules meanwhile: try again.
    """
    first: dict[Key, Draft] = {}
    for draft in drafts:
        first.setdefault(draft.hire.key, draft)
    known = await hires.links_of(tx, list(first))
    entered = await _enter(tx, [draft for key, draft in first.items() if key not in known], crypto, recording)
    outcomes: list[Hired | RelaisError] = []
    for draft in drafts:
        key = draft.hire.key
        if first[key] is draft and key in entered:
            outcomes.append(entered[key])
        elif key in known:
            outcomes.append(_again(known[key].agent, known[key].hire_mark, draft))
        else:
            before = entered[key]
            outcomes.append(_again(before.agent, first[key].mark, draft) if isinstance(before, Hired) else before)
    return outcomes


def _again(agent: UUID, mark: str, draft: Draft) -> Hired | MatriculeTaken:
    return Hired(agent, new=False) if mark == draft.mark else MatriculeTaken(pointer="/matricule")


async def _enter(
    tx: AsyncConnection, drafts: Sequence[Draft], crypto: KeyRing, recording: Recording
) -> dict[Key, Hired | RelaisError]:
    """Enter hires whose matricules nobody had, each another; what became of each."""
    refused: dict[Key, Hired | RelaisError] = {d.hire.key: d.refusal for d in drafts if d.refusal is not None}
    drafts = [draft for draft in drafts if draft.refusal is None]
    if not drafts:
        return refused
    new: dict[str, UUID] = {}
    for draft in drafts:
        new.setdefault(draft.nir_index, draft.person.id)
    persons = await hires.take_persons(tx, new)
    linked = await hires.link(tx, [draft.link(persons[draft.nir_index]) for draft in drafts], recording)
    outcomes = refused | await _taken_meanwhile(
        tx, [draft for draft in drafts if draft.hire.key not in linked], persons
    )
    own = [draft for draft in drafts if draft.hire.key in linked]
    made = [draft for draft in own if persons[draft.nir_index] == draft.person.id]
    await hires.enter(tx, AgentHired, [draft.entry(draft.person.id) for draft in made], recording)
    others = [draft for draft in own if persons[draft.nir_index] != draft.person.id]
    mistaken, renamed = await _known_persons(tx, others, persons, crypto, recording)
    outcomes |= dict.fromkeys(mistaken, IdentityMismatch(pointer="/birth_date"))
    right = [draft.entry(persons[draft.nir_index]) for draft in others if draft.hire.key not in mistaken]
    await hires.enter(tx, AgentHired, right, recording)
    done = [draft for draft in own if draft.hire.key not in mistaken]
    await redecisions.ask(tx, *dict.fromkeys(persons[draft.nir_index] for draft in done))
    return outcomes | {
        draft.hire.key: Hired(
            persons[draft.nir_index], new=True, doubts=(*draft.doubts, *_OTHERWISE_NAMED[: draft.hire.key in renamed])
        )
        for draft in done
    }


async def _taken_meanwhile(
    tx: AsyncConnection, drafts: Sequence[Draft], persons: Mapping[str, UUID]
) -> dict[Key, Hired | RelaisError]:
    """What becomes of hires whose matricules somebody took since they were looked up."""
    if not drafts:
        return {}
    if any(persons[draft.nir_index] == draft.person.id for draft in drafts):
        raise HireRaced  # a person who turns out not to be hired must not stay: all of it is undone
    taken = await hires.links_of(tx, [draft.hire.key for draft in drafts])
    return {d.hire.key: _again(taken[d.hire.key].agent, taken[d.hire.key].hire_mark, d) for d in drafts}


async def _known_persons(
    tx: AsyncConnection,
    drafts: Sequence[Draft],
    persons: Mapping[str, UUID],
    crypto: KeyRing,
    recording: Recording,
) -> tuple[list[Key], frozenset[Key]]:
    """Who employers say known persons are. Whoever shares a NIR was born on one day: takes back the links of others.

    Gives their keys, then those of who is known with another last name only: it may have changed. An employer that
    had said who the agent is keeps to it.
    """
    if not drafts:
        return [], frozenset()
    known = {draft.nir_index: persons[draft.nir_index] for draft in drafts}
    await agents.lock(tx, list(known.values()))
    if await hires.take_persons(tx, known) != known:
        raise HireRaced  # a NIR that nobody stated any more was let go meanwhile, and taken by somebody else
    keys = await data_subjects.keys(tx, set(known.values()), crypto)
    if len(keys) < len(set(known.values())):
        raise HireRaced  # erased meanwhile
    said = [draft.statement(known[draft.nir_index], keys[known[draft.nir_index]]) for draft in drafts]
    judged = list(zip(drafts, said, await hires.stated_otherwise(tx, said), strict=True))
    mistaken = [draft.hire.key for draft, _, (born, _) in judged if born]
    if mistaken:
        await hires.unlink(tx, mistaken)
    right = {(one.employer, one.agent): one for _, one, (born, _) in judged if not born}
    new = await hires.state(tx, list(right.values()), recording)
    await hires.count_changes(tx, right.keys() - new)
    return mistaken, frozenset(draft.hire.key for draft, _, (born, named) in judged if named and not born)
