"""`GET /v1/statistics/contributions`: what was issued, paid and decided in a year, employer by employer."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query

from kit.http.auth import requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import FIRST_YEAR, LAST_YEAR, Answer, SignedAmount
from services.contributions.adapters import statistics

# Employers of a region and their accords, several times over.
MOST: Final = 10_000
router = service_router(tags=["Statistiques"], dependencies=[requires("contributions:read")])


class IssuedAnswer(Answer):
    """Contributions on the statements of the year's months; `paid` is what was received in the year."""

    employer: str
    agreement: str
    insurer: str | None
    statements: int
    amount: SignedAmount
    employer_share: SignedAmount
    agent_share: SignedAmount
    paid: SignedAmount


class DecidedAnswer(Answer):
    """`agents` had a benefit. `income` and `capitals` are of the year, `annuities` of one month at its end."""

    employer: str
    agreement: str
    agents: int
    income: SignedAmount
    capitals: SignedAmount
    annuities: SignedAmount


class YearAnswer(Answer):
    """Whoever publishes sums of these shows none that is of fewer agents than `least_group`."""

    year: int
    least_group: int
    contributions: list[IssuedAnswer]
    benefits: list[DecidedAnswer]


@router.get(
    "/v1/statistics/contributions", summary="Cotisations et prestations d'une année, par employeur et par accord"
)
async def contributions(
    tx: Tx,
    rules: Rules,
    clock: Now,
    year: Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Année civile.", examples=[2026])],
) -> YearAnswer:
    issued = await statistics.issued(tx, year, MOST)
    decided = await statistics.decided(tx, year, MOST)
    return YearAnswer(
        year=year,
        least_group=rules.at("statistics.least_group", clock.day()).integer,
        contributions=[IssuedAnswer.model_validate(one) for one in issued],
        benefits=[DecidedAnswer.model_validate(one) for one in decided],
    )
