"""`GET /v1/statistics/absence`: days of leave of a year by kind and length, where enough agents had them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from kit.http.auth import requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import FIRST_YEAR, LAST_YEAR, Answer, SiretText
from kit.small_groups import hidden
from services.claims.adapters import statistics

router = service_router(tags=["Statistiques"], dependencies=[requires("claims:read")])


class AbsenceRow(Answer):
    """Leaves of one kind, from `longer` days on. The three counts are null where too few agents had one."""

    kind: str
    longer: int
    agents: int | None
    leaves: int | None
    days: int | None


class AbsenceAnswer(Answer):
    """`least_group` is how many agents a figure must be of to be shown. `lengths`: from how many days on, by class."""

    year: int
    employer: str | None
    least_group: int
    lengths: list[int]
    items: list[AbsenceRow]


@router.get("/v1/statistics/absence", summary="Jours de congé d'une année par nature et par durée, sans petits groupes")
async def absence(
    tx: Tx,
    rules: Rules,
    clock: Now,
    year: Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Année civile.", examples=[2026])],
    employer: Annotated[SiretText | None, Query(description="SIRET de l'employeur ; tout le périmètre sinon.")] = None,
) -> AbsenceAnswer:
    """The kind of a leave is health data: what few had is not counted, whoever asks."""
    found = await statistics.absence(tx, year, clock.day(), employer)
    least = rules.at("statistics.least_group", clock.day()).integer
    kept_back = hidden([one.agents for one in found], least)
    items = [
        AbsenceRow(kind=one.kind, longer=one.longer, agents=None, leaves=None, days=None)
        if place in kept_back
        else AbsenceRow.model_validate(one)
        for place, one in enumerate(found)
    ]
    lengths = [*statistics.LENGTHS]
    return AbsenceAnswer(year=year, employer=employer, least_group=least, lengths=lengths, items=items)
