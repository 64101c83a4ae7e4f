"""What the statute pays an agent, from the facts known now; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.errors import RelaisError
from kit.period import Period
from rules.book import Rules
from services.claims.adapters import files, progress
from services.claims.domain.entitlement import Entitlement
from services.claims.domain.errors import EmployerRequired
from services.claims.domain.late_notice import halved
from services.claims.domain.part_time import PartTime
from services.claims.domain.spell import Forecast, Spell, forecast, spells


@dataclass(frozen=True, slots=True)
class Law:
    """The rules, and the day on which they are asked."""

    rules: Rules
    today: date


@dataclass(frozen=True, slots=True)
class Entitlements:
    """At one employer (None: no leave is known). `held` says why nothing is decided, when it is so.

    `late`: the days on which pay is halved because a second sick note came late; `part_time` as in the agent's file.
    """

    employer: str | None
    entitlement: Entitlement
    forecasts: tuple[Forecast, ...]
    held: str | None
    late: tuple[Period, ...] = ()
    part_time: tuple[PartTime, ...] = ()


async def entitlements(
    tx: AsyncConnection, agent: UUID, employer: str | None, period: Period, law: Law
) -> Entitlements:
    """The days of a period; none, and the reason, when the facts contradict each other or nobody vouches for the law.

    Raises EmployerRequired when several employers are in scope and none is named.
    """
    known = [one for one in await files.employers_of(tx, agent) if employer in (None, one)]
    if not known:
        return Entitlements(employer, Entitlement(()), (), None)
    if len(known) > 1:
        raise EmployerRequired(pointer="/query/employer")
    file = await files.load(tx, known[0], agent, law.today)
    try:
        found = spells(file, law.rules)
        foreseen = [seen for spell in found if (seen := forecast(file, spell, law.rules)) is not None]
        passages = [seen for seen in foreseen if seen.stands(law.today)]
        late = [days for spell in found for days in _halved(spell, law.rules)]
    except RelaisError as refusal:
        return Entitlements(known[0], Entitlement(()), (), refusal.code)
    stretches = [stretch for spell in found for stretch in spell.entitlement.within(spell.period)]
    held = (await progress.held(tx, agent)).get(known[0])
    decided = Entitlement.of(stretches).within(period)
    return Entitlements(known[0], decided, tuple(passages), held, tuple(late), file.part_time)


def _halved(spell: Spell, rules: Rules) -> Iterator[Period]:
    """The days of a spell for which a second late note halves pay. Raises NoValueAt."""
    late = halved(spell.person, spell.history, rules)
    yield from (days for days in late if days.start in spell.period)
