"""A contract begins, changes or ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from rules.book import Rules
from services.eligibility.adapters import agents, employments, identities
from services.eligibility.adapters.agents import Link
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.domain.amendment import Change, amended, concluded, ended
from services.eligibility.domain.errors import ContractOverlap, FactNotFound, NotEmployed
from services.eligibility.domain.facts import Spell
from services.eligibility.domain.plausibility import check_conditions, check_day, check_spell


@dataclass(frozen=True, slots=True)
class Added:
    """The contract, the new version of the file, and whether this call entered it."""

    employment: UUID
    version: int
    new: bool


async def add_employment(
    tx: AsyncConnection, file: OpenFile, spell: Spell, recording: Recording, rules: Rules
) -> Added:
    """Enter another contract. The same again changes nothing.

    Raises ContractOverlap when its days are taken, NotEmployed, and what `check_spell` raises.
    """
    _known_matricule(file.links, spell)
    taken = await employments.of_contract(tx, spell.key)
    for other in taken:
        if (other.period, other.conditions, other.service_start) == (
            spell.period,
            spell.conditions,
            spell.service_start,
        ):
            return Added(other.employment, file.version, new=False)
        if other.period.meets(spell.period):
            raise ContractOverlap(pointer="/start")
    check_spell(spell, await identities.born(tx, file.agent), recording.at.date(), rules)
    await employments.add(tx, file.agent, [spell], recording)
    return Added(spell.employment, await changed(tx, file, spell.key.employer), new=True)


async def change_employment(
    tx: AsyncConnection, file: OpenFile, employment: UUID, change: Change, recording: Recording, *, rules: Rules
) -> int:
    """Change a contract from a day on; what was known before stays readable. The new version.

    Raises FactNotFound, NotEmployed, ReversedInterval, ContractOverlap, ConditionsRefused, TooFarAhead.
    """
    today = recording.at.date()
    if change.conditions is not None:
        check_conditions(change.conditions, today, rules)
    check_day(change.since, today, rules, "/from")
    return await _rewrite(tx, file, employment, amended(_own(file, employment), change), recording)


async def end_employment(
    tx: AsyncConnection, file: OpenFile, employment: UUID, end: date, recording: Recording, *, agreed_end: date | None
) -> int:
    """Set the last day of a contract: that it was concluded for, or before that one. The new version.

    Raises FactNotFound, ReversedInterval, ContractOverlap, ConditionsRefused when what ends early is no CDD.
    """
    return await _rewrite(tx, file, employment, concluded(ended(_own(file, employment), end), agreed_end), recording)


async def correct_prior_cover(
    tx: AsyncConnection, file: OpenFile, employment: UUID, *, prior: bool, recording: Recording
) -> int:
    """Say whether the agent had a collective contract of the same kind before this employment (accord art. 2.1).

    It is said of the hire: of every contract under the same matricule. What was known before stays readable; the same
    again changes nothing. The version. Raises FactNotFound.
    """
    key = _own(file, employment)[0].key
    link = next(one for one in file.links if one.key == (key.employer, key.matricule))
    if link.prior_collective_cover is prior:
        return file.version
    await agents.correct_prior_cover(tx, link, recording)
    return await changed(tx, file, key.employer)


async def check_free(tx: AsyncConnection, spells: tuple[Spell, ...]) -> None:
    """Raise ContractOverlap when another employment of the same contract has days of these stretches."""
    others = [s for s in await employments.of_contract(tx, spells[0].key) if s.employment != spells[0].employment]
    if any(other.period.meets(spell.period) for other in others for spell in spells):
        raise ContractOverlap(pointer="/end")


async def _rewrite(
    tx: AsyncConnection, file: OpenFile, employment: UUID, spells: tuple[Spell, ...], recording: Recording
) -> int:
    await check_free(tx, spells)
    await employments.replace(tx, file.agent, employment, spells, recording)
    return await changed(tx, file, spells[0].key.employer)


def _own(file: OpenFile, employment: UUID) -> list[Spell]:
    found = [spell for spell in file.spells if spell.employment == employment]
    if not found:
        raise FactNotFound
    return sorted(found, key=lambda spell: spell.period.start)


def _known_matricule(links: tuple[Link, ...], spell: Spell) -> None:
    if not any((link.employer, link.matricule) == (spell.key.employer, spell.key.matricule) for link in links):
        raise NotEmployed(pointer="/matricule")
