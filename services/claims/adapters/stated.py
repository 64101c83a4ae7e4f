"""What is stated here and bears on decisions: revaluations, allowances, part-time work, replacements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Period
from kit.rate import Rate
from services.claims.adapters.asked import Who, rows_of
from services.claims.adapters.handling_tables import (
    annuity_revaluation,
    daily_allowance,
    part_time,
    replacement,
    temporary_invalidity,
)
from services.claims.domain.annuity import Revaluation
from services.claims.domain.daily_allowances import AllowanceKind, Notified, Stop


@dataclass(frozen=True, slots=True)
class StatedRevaluation:
    """By how much an accord's insurer raises annuities from a day on."""

    agreement: str
    starts: date
    rate: Rate
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class StatedAllowance:
    """What social security was notified to pay a day, net, over an interval, and what of it can be checked."""

    employer: str
    agent: UUID
    starts: date
    ends: date
    kind: str
    daily: Money
    stop_start: date | None
    waiting_waived: bool
    long_illness: bool
    checked: bool
    recorded_at: datetime
    recorded_by: str

    @property
    def notified(self) -> Notified:
        stop = None
        if self.stop_start is not None:
            stop = Stop(self.stop_start, (), self.waiting_waived, self.long_illness)
        return Notified(AllowanceKind(self.kind), Period(self.starts, self.ends), self.daily, stop)


@dataclass(frozen=True, slots=True)
class StatedPartTime:
    """Part-time work that was authorised; `ends` None: still in force."""

    employer: str
    agent: UUID
    starts: date
    ends: date | None
    quotity: Rate
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class StatedTemporaryInvalidity:
    """The AIT that was notified, a month."""

    employer: str
    agent: UUID
    starts: date
    ends: date
    invalidity_group: int
    monthly: Money
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class StatedReplacement:
    """Who was replaced in his post; `ends` None: still. `withdrawn`: it was said by mistake."""

    employer: str
    agent: UUID
    starts: date
    ends: date | None
    withdrawn: bool
    recorded_at: datetime
    recorded_by: str


OfDays = StatedAllowance | StatedPartTime | StatedReplacement | StatedTemporaryInvalidity
S = TypeVar("S", bound=OfDays)
# Where each kind of statement about an agent's days is kept.
OF_DAYS: Final[dict[type[Any], Table]] = {
    StatedAllowance: daily_allowance,
    StatedPartTime: part_time,
    StatedReplacement: replacement,
    StatedTemporaryInvalidity: temporary_invalidity,
}


async def revalue(tx: AsyncConnection, stated: StatedRevaluation) -> None:
    """The last statement about a day counts."""
    await _put(tx, annuity_revaluation, stated)


async def revaluations(tx: AsyncConnection, agreements: Collection[str]) -> dict[str, tuple[Revaluation, ...]]:
    """By accord, in date order."""
    table = annuity_revaluation
    query = select(table).where(table.c.agreement.in_(sorted(agreements))).order_by(table.c.agreement, table.c.starts)
    found: defaultdict[str, list[Revaluation]] = defaultdict(list)
    for row in await tx.execute(query):
        found[row.agreement].append(Revaluation(row.starts, row.rate))
    return {agreement: tuple(raised) for agreement, raised in found.items()}


async def keep(tx: AsyncConnection, stated: OfDays) -> None:
    """The last statement of a kind about a first day counts."""
    await _put(tx, OF_DAYS[type(stated)], stated)


async def about(tx: AsyncConnection, kind: type[S], employer: str, agent: UUID) -> list[S]:
    """What was stated of this kind about an agent, in date order."""
    table = OF_DAYS[kind]
    mine = (table.c.employer == employer) & (table.c.agent == agent)
    rows = await tx.execute(select(table).where(mine).order_by(table.c.starts))
    return [kind(**row._asdict()) for row in rows]


async def allowances(tx: AsyncConnection, who: Collection[Who]) -> dict[Who, list[StatedAllowance]]:
    """What was notified about these agents, in date order."""
    rows = await rows_of(tx, daily_allowance, who)
    return {one: [StatedAllowance(**row._asdict()) for row in rows[one]] for one in who}


async def _put(tx: AsyncConnection, table: Table, record: Any) -> None:
    row = {one.name: getattr(record, one.name) for one in fields(record)}
    key = [column.name for column in table.primary_key]
    new = insert(table).values(**row)
    changes = {name: new.excluded[name] for name in row if name not in key}
    await tx.execute(new.on_conflict_do_update(index_elements=key, set_=changes))
