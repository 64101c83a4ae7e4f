"""What an employer's annuities and capitals are due for a month, and what decisions changed of the months before it.

Nobody notes here what an insurer pays of them, so what a file asked for is what had been decided when it was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Column, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.among import among
from kit.db.schema import KIT
from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee
from services.claims.adapters.annuities import Annuity
from services.claims.adapters.awards import Award
from services.claims.adapters.capitals import Capital
from services.claims.adapters.tables import annuity, capital

MAX_AWARDS: Final = 20_000
V = TypeVar("V", Annuity, Capital)


@dataclass(frozen=True, slots=True)
class AwardDue:
    """`due`: for the month; `arrears`: for those before it, less what an earlier file asked for them.

    `day`: from which an annuity runs, or on which a capital falls due. `insurer`: whose contract covers it, by the
    accord; None: unknown.
    """

    agent: UUID
    award: UUID
    decision: UUID
    guarantee: Guarantee
    day: date
    insurer: str | None
    due: Money
    arrears: Money


async def award_dues(tx: AsyncConnection, employer: str, month: Month, drawn_at: datetime | None) -> list[AwardDue]:
    """By annuity, then by capital; none of which nothing is to be paid nor taken back.

    `drawn_at`: when the file of the month before was drawn; None: there was none.
    """
    found: list[tuple[Award, Money, Money]] = []
    for now, then in await _known(tx, annuity.c.annuity, Annuity, employer, drawn_at):
        asked = Money.zero() if then is None else then.due_to(month.previous())
        found.append((now, now.monthly_in(month), now.due_to(month.previous()) - asked))
    for one, before in await _known(tx, capital.c.capital, Capital, employer, drawn_at):
        asked = Money.zero() if before is None else before.due_to(month.previous())
        earlier = one.due_to(month.previous())
        found.append((one, one.due_to(month) - earlier, earlier - asked))
    told = [line for line in found if line[1] or line[2]]
    accords = await _insurers(tx, [award.id for award, _, _ in told])
    return [_line(award, due, arrears, accords.get(award.id, ())) for award, due, arrears in told]


def _line(award: Award, due: Money, arrears: Money, insurers: Sequence[Mapping[str, Any]]) -> AwardDue:
    if isinstance(award, Annuity):
        key, guarantee, day, covered = award.annuity, Guarantee.BASE, award.starts, award.starts
    else:
        key, guarantee, day = award.capital, Guarantee(award.guarantee), award.due
        covered = award.kept or award.due
    return AwardDue(award.agent, key, award.id, guarantee, day, _insurer(insurers, covered), due, arrears)


def _insurer(insurers: Sequence[Mapping[str, Any]], day: date) -> str | None:
    """Who insures an accord on a day, of those it names."""
    on = day.isoformat()
    held = (one for one in insurers if one["from"] <= on and (one.get("to") is None or on <= one["to"]))
    return next((str(one["code"]) for one in held), None)


async def _known(
    tx: AsyncConnection, thing: Column[UUID], kind: type[V], employer: str, drawn_at: datetime | None
) -> list[tuple[V, V | None]]:
    """The last version of each thing of an employer, by thing, with the last that had been recorded by an instant."""
    table = thing.table
    last = select(table).ext(distinct_on(thing)).where(table.c.employer == employer)
    last = last.order_by(thing, table.c.version.desc()).limit(MAX_AWARDS)
    now = {getattr(row, thing.name): kind(**row._asdict()) for row in await tx.execute(last)}
    then: dict[UUID, V] = {}
    if drawn_at is not None:
        rows = await tx.execute(last.where(table.c.recorded_at <= drawn_at))
        then = {getattr(row, thing.name): kind(**row._asdict()) for row in rows}
    return [(one, then.get(key)) for key, one in now.items()]


async def _insurers(tx: AsyncConnection, decisions: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The insurers that the accord of each decision named, as the decision read it."""
    table = KIT.decision
    named = table.c.inputs["terms"]["insurers"]
    rows = await tx.execute(select(table.c.id, named.label("insurers")).where(among(table.c.id, decisions)))
    return {row.id: row.insurers or [] for row in rows}
