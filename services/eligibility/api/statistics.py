"""`GET /v1/statistics/cover`: how many agents are employed and covered, employer by employer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import Query

from kit.http.auth import requires
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, DateText
from services.eligibility.adapters import statistics

# Employers of a region, several times over.
MOST: Final = 10_000
router = service_router(tags=["Statistiques"], dependencies=[requires("agents:read")])


class EmployedAnswer(Answer):
    employer: str
    agents: int


class CoveredAnswer(Answer):
    employer: str
    agreement: str
    agents: int


class CoverAnswer(Answer):
    """Agents employed and agents covered on a day; an employer without an agent is in neither list."""

    as_of: date
    employed: list[EmployedAnswer]
    covered: list[CoveredAnswer]


@router.get("/v1/statistics/cover", summary="Agents employés et couverts un jour donné, par employeur et par accord")
async def cover(
    tx: Tx,
    clock: Now,
    as_of: Annotated[DateText | None, Query(description="Jour compté ; aujourd'hui sinon.")] = None,
) -> CoverAnswer:
    day = as_of or clock.day()
    employed = await statistics.employed(tx, day, MOST)
    covered = await statistics.covered(tx, day, MOST)
    return CoverAnswer(
        as_of=day,
        employed=[EmployedAnswer.model_validate(one) for one in employed],
        covered=[CoveredAnswer.model_validate(one) for one in covered],
    )
