"""How a month stands for each employer, before and after it is issued: what a person looks at before deciding."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Depends, Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import BOUNDED_MONTH_PATTERN, Answer, MonthText, SignedAmount, SiretText
from kit.period import Month
from services.contributions.adapters import run_overview
from services.contributions.adapters.run_overview import Asked, Forecast, Standing
from services.contributions.domain.bounds import Bounds

router = service_router(tags=["Cotisations"], dependencies=[requires("contributions:read")])
Attention = Literal["PARKED", "REFUSED", "HELD", "UNKNOWN_AGENTS", "UNUSUAL"]


async def _month(
    month: Annotated[
        str | None,
        Query(pattern=BOUNDED_MONTH_PATTERN, description="Mois, AAAA-MM ; absent, le dernier connu."),
    ] = None,
) -> Month | None:
    return None if month is None else Month.parse(month)


class ForecastAnswer(Answer):
    """What the last dry run of every employer found: `amount` would be issued, `regularised` of it for earlier months.

    `held` months about which nothing can be said yet, `unknown` months of pay of nobody known, `parked` changes beyond
    their bound. `refused`: why nothing would be issued.
    """

    amount: SignedAmount
    regularised: SignedAmount
    lines: int
    agents: int
    held: int
    unknown: int
    parked: int
    refused: str | None
    recorded_at: datetime

    @classmethod
    def of(cls, found: Forecast) -> Self:
        shown: dict[str, Any] = {name: getattr(found, name) for name in cls.model_fields}
        return cls(**shown)


class StandingAnswer(Answer):
    """An employer in a month. `previous`: issued by the statements of the month before; `difference`: issued and
    foreseen less that, null while there is neither. `attention`: what somebody should look at.
    """

    siret: str
    statements: int
    previous: SignedAmount
    issued: SignedAmount
    forecast: ForecastAnswer | None
    difference: SignedAmount | None
    parked: int
    closed: bool
    attention: list[Attention]

    @classmethod
    def of(cls, found: Standing) -> Self:
        names = ("statements", "previous", "issued", "difference", "parked", "closed")
        shown: dict[str, Any] = {name: getattr(found, name) for name in names}
        forecast = None if found.forecast is None else ForecastAnswer.of(found.forecast)
        return cls(siret=found.employer, forecast=forecast, attention=[*found.attention], **shown)


class OverviewTotals(Answer):
    """The sums of every employer asked for, and how many of them are closed, foreseen, and to be looked at."""

    employers: int
    attention: int
    closed: int
    forecasts: int
    statements: int
    previous: SignedAmount
    issued: SignedAmount
    forecast: SignedAmount
    difference: SignedAmount
    parked: int


class OverviewAnswer(Page[StandingAnswer]):
    """A page of employers; `totals` are those of all that are asked for, on every page."""

    month: MonthText
    totals: OverviewTotals


@router.get("/v1/runs/overview", summary="Où en est un mois, employeur par employeur, face au mois précédent")
async def overview(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    rules: Rules,
    clock: Now,
    month: Annotated[Month | None, Depends(_month)],
    employer: Annotated[SiretText | None, Query(description="SIRET de l'employeur.")] = None,
    attention: Annotated[bool, Query(description="Seulement ceux qu'il faut regarder.")] = False,
) -> OverviewAnswer:
    """Employers by SIRET. A difference is unusual beyond the share of the month before at which a run asks somebody.

    Without a month it is the last one, this one at most, with pay, a statement or a forecast; without any, this one.
    """
    this = Month.of(clock.day())
    month = month or await run_overview.latest(tx, this, employer) or this
    asked = Asked(month, Bounds.at(month, rules).month_share, employer, attention)
    found, whole = await run_overview.page(tx, asked, page.fetch, page.start(str))
    shown = paged(request, response, page, [StandingAnswer.of(one) for one in found], lambda one: (one.siret,))
    totals = OverviewTotals.model_validate(whole)
    return OverviewAnswer(items=shown.items, next=shown.next, month=month, totals=totals)
