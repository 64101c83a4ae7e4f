"""What was decided about agents before: read for a set of them in one statement a table, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.among import among
from kit.period import Month
from services.claims.adapters import awards, claim_files, overpayments, overrides, tables
from services.claims.adapters.annuities import Annuity
from services.claims.adapters.asked import Who, rows_of_all
from services.claims.adapters.capitals import Capital, Paying
from services.claims.adapters.claim_files import ClaimFile
from services.claims.adapters.claims import Benefit, Claim, FrozenReference
from services.claims.adapters.overpayments import Standing as Overpaid
from services.claims.domain.overpayment import LaidOut
from services.claims.domain.override import Override

_OF_AGENTS: Final = (tables.half_pay_forecast, tables.claim, tables.annuity, tables.capital)


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one agent at one employer: passages announced, claims oldest first, and the last version of each thing.

    References, months and files are those of a claim; annuities go by recognition, capitals by guarantee, and
    overpayments by what they were paid for. `laid_out`: what was approved and paid of a month of a claim.
    `overrides` and `awards`: what people decided of a month, of an annuity or a capital; `waiting`: of these, what
    another person must approve first.
    """

    forecasts: dict[UUID, date | None] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    references: dict[UUID, FrozenReference] = field(default_factory=dict)
    months: dict[UUID, dict[Month, Benefit]] = field(default_factory=lambda: defaultdict(dict))
    annuities: dict[UUID, Annuity] = field(default_factory=dict)
    capitals: dict[Paying, Capital] = field(default_factory=dict)
    files: dict[UUID, ClaimFile] = field(default_factory=dict)
    overpayments: dict[UUID, list[Overpaid]] = field(default_factory=lambda: defaultdict(list))
    laid_out: dict[tuple[UUID, Month], LaidOut] = field(default_factory=lambda: defaultdict(LaidOut))
    overrides: dict[overrides.Overridden, Override] = field(default_factory=dict)
    awards: dict[UUID, Override] = field(default_factory=dict)
    waiting: set[UUID] = field(default_factory=set)

    def file_of(self, claim: Claim) -> ClaimFile:
        """That of a claim only detected when nobody has touched it."""
        return self.files.get(claim.id) or ClaimFile(claim.id, claim.employer)


async def standing(tx: AsyncConnection, who: Collection[Who]) -> dict[Who, Standing]:
    """What stands of each of these agents."""
    found: dict[Who, Standing] = {one: Standing() for one in who}
    rows = await rows_of_all(tx, _OF_AGENTS, who)
    for one, known in found.items():
        known.forecasts.update((row.leave, row.passes_on) for row in rows[tables.half_pay_forecast][one])
        known.claims.extend(Claim(**row._asdict()) for row in rows[tables.claim][one])
        known.annuities.update(
            (row.recognition, Annuity(**row._asdict())) for row in _versions(rows[tables.annuity][one])
        )
        known.capitals.update(
            ((row.guarantee, row.rest), Capital(**row._asdict())) for row in _versions(rows[tables.capital][one])
        )
    await _of_claims(tx, {claim.id: known for known in found.values() for claim in known.claims})
    things = {thing: known for known in found.values() for thing in _things(known)}
    for owed in await overpayments.of_things(tx, things):
        things[owed.about.thing].overpayments[owed.about.thing].append(owed)
    for said in await awards.standing(tx, things):
        if not said.counts:
            things[said.award].waiting.add(said.award)
        elif (decided := said.counting()) is not None:
            things[said.award].awards[said.award] = decided
    return found


async def _of_claims(tx: AsyncConnection, owner: Mapping[UUID, Standing]) -> None:
    if not owner:
        return
    reference, benefit = tables.claim_reference, tables.benefit
    last = select(reference).ext(distinct_on(reference.c.claim)).where(among(reference.c.claim, owner))
    for row in await tx.execute(last.order_by(reference.c.claim, reference.c.version.desc())):
        owner[row.claim].references[row.claim] = FrozenReference(**row._asdict())
    last = select(benefit).ext(distinct_on(benefit.c.claim, benefit.c.month)).where(among(benefit.c.claim, owner))
    for row in await tx.execute(last.order_by(benefit.c.claim, benefit.c.month, benefit.c.version.desc())):
        owner[row.claim].months[row.claim][row.month] = Benefit(**row._asdict())
    for file in await claim_files.of_claims(tx, owner):
        owner[file.claim].files[file.claim] = file
    for (claim, month), out in (await claim_files.laid_out(tx, owner)).items():
        owner[claim].laid_out[claim, month] = out
    for key, stated in overrides.last_of(await overrides.of_claims(tx, owner)).items():
        if (counting := stated.counting()) is not None:
            owner[key[0]].overrides[key] = counting


def _versions(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Earlier versions first."""
    return sorted(rows, key=lambda row: row.version)


def _things(known: Standing) -> set[UUID]:
    paid = {annuity.annuity for annuity in known.annuities.values()}
    return {claim.id for claim in known.claims} | paid | {capital.capital for capital in known.capitals.values()}
