"""What to look at in facts that were just entered: read beside them, judged by domain/doubts.py. Nothing is changed.

Only the caller's own employers are read, but for the regime, which follows from all jobs together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from rules.book import Rules
from rules.vocabulary import Regime
from services.eligibility.adapters import employments, identities, leaves, told
from services.eligibility.application.elect_option import terms_on
from services.eligibility.application.open_file import OpenFile
from services.eligibility.domain import doubts
from services.eligibility.domain.departure import Departure
from services.eligibility.domain.doubts import Doubt
from services.eligibility.domain.facts import DispenseRequest, Election, Invalidity, LeaveEntry

Doubts = Iterable[Doubt]


async def on_identity(tx: AsyncConnection, file: OpenFile, crypto: KeyRing, pointer: str) -> Doubts:
    """On who the caller's employers say the agent is, where the field there says it."""
    stated = await identities.of_employers(tx, file.agent, crypto)
    return dict.fromkeys(
        doubt for one in stated.values() for doubt in doubts.on_birth(one.nir, one.birth_date, pointer)
    )


async def on_employment(
    tx: AsyncConnection, file: OpenFile, employment: UUID, today: date, rules: Rules, *, begins: bool
) -> Doubts:
    """On a contract as it now stands; `begins`: it was just entered."""
    spells = sorted((spell for _, spell in await employments.of_agents(tx, [file.agent])), key=lambda s: s.period.start)
    own = [spell for spell in spells if spell.employment == employment]
    others = [spell for spell in spells if spell.employment != employment]
    beside = list(doubts.beside(own[-1], others, today, rules))
    if begins:
        born = await identities.born(tx, file.agent)
        return [*doubts.on_hire(own[-1], born, today, rules), *beside]
    return [*doubts.on_contract(own, today, rules), *beside]


async def on_absence(
    tx: AsyncConnection, file: OpenFile, entries: Sequence[LeaveEntry], today: date, *, rules: Rules, long: str = "/end"
) -> Doubts:
    """On a leave or a position as it now stands; one that never was gives none. `long`: what makes it so long."""
    if not entries:
        return ()
    employer, start = entries[-1].employer, entries[-1].period.start
    regimes = await _regimes(tx, file, employer, start)
    return doubts.on_absence(entries, file.spells_with(employer), regimes, today, rules=rules, long=long)


async def on_election(tx: AsyncConnection, one: Election) -> Doubts:
    """On an option chosen."""
    return doubts.on_election(bound=bool(await terms_on(tx, one.employer, one.period.start)))


def on_dispense(file: OpenFile, one: DispenseRequest | None) -> Doubts:
    """On a request to stay out; one that was never made gives none."""
    return () if one is None else doubts.on_dispense(one, file.spells_with(one.employer))


async def on_invalidity(tx: AsyncConnection, file: OpenFile, one: Invalidity) -> Doubts:
    """On a recognition."""
    regimes = await _regimes(tx, file, one.employer, one.period.start)
    return doubts.on_invalidity(one, file.spells_with(one.employer), regimes)


async def on_death(tx: AsyncConnection, file: OpenFile, day: date) -> Doubts:
    """On a death or an IAD."""
    return doubts.on_end(day, file.spells, [entry for _, entry in await leaves.of_agents(tx, [file.agent])])


async def on_departure(tx: AsyncConnection, file: OpenFile, one: Departure) -> Doubts:
    """On a departure."""
    entries = [entry for _, entry in await leaves.of_agents(tx, [file.agent]) if entry.employer == one.employer]
    return doubts.on_end(one.on, (), entries)


async def _regimes(tx: AsyncConnection, file: OpenFile, employer: str, day: date) -> set[Regime]:
    return {regime for period, regime in await told.regimes(tx, file.agent, employer) if day in period}
