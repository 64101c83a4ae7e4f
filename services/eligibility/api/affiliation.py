"""Who is covered, since when, why."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query

from kit.http.auth import requires
from kit.http.route import Crypto, Now, Tx, service_router
from kit.http.types import DateText, Instant, SiretText
from kit.period import Period
from services.eligibility.adapters import affiliations, identities, options
from services.eligibility.adapters.affiliations import StoredDecision
from services.eligibility.api.common import AgentId
from services.eligibility.api.cover_answers import AffiliationAnswer, DaysAnswer, HeldOptionAnswer, PeriodAnswer
from services.eligibility.application.open_options import open_options
from services.eligibility.domain.documents import period
from services.eligibility.domain.errors import AgentNotFound, EmployerRequired

router = service_router(tags=["Affiliation"])


@router.get(
    "/v1/agents/{agent}/affiliation",
    dependencies=[requires("agents:read")],
    summary="Affiliation d'un agent : depuis quand, et pourquoi",
)
async def read(
    *,
    agent: AgentId,
    tx: Tx,
    crypto: Crypto,
    clock: Now,
    employer: Annotated[SiretText | None, Query(description="SIRET, quand l'agent a plusieurs employeurs.")] = None,
    as_of: Annotated[DateText | None, Query(description="Jour dont dire l'issue ; aujourd'hui sinon.")] = None,
    known_at: Annotated[Instant | None, Query(description="Instant de connaissance ; maintenant sinon.")] = None,
) -> AffiliationAnswer:
    """The cover of an agent: its whole timeline with reasons and articles, and the trace of the decision."""
    if await identities.read(tx, agent, crypto) is None:
        raise AgentNotFound
    day = as_of or clock.day()
    decided = [d for d in await affiliations.latest(tx, agent, known_at) if employer in (None, d.employer)]
    if len({d.employer for d in decided}) > 1:
        raise EmployerRequired(pointer="/query/employer")
    chosen = [one for one in await options.of_agent(tx, agent, known_at) if employer in (None, one.employer)]
    decision = _bearing_on(decided, day)
    held = await open_options(tx, agent, decision, chosen) if decision is not None and known_at is None else {}
    periods = decision.result["timeline"] if decision else []
    return AffiliationAnswer(
        agent=agent,
        employer=decision.employer if decision else employer,
        agreement=decision.inputs["terms"]["agreement"] if decision else None,
        as_of=day,
        outcome=next((p["outcome"] for p in periods if day in period(p)), None),
        periods=[PeriodAnswer.model_validate(p) for p in periods],
        options=[HeldOptionAnswer.of(one, open=_days(held.get(one.id))) for one in chosen],
        references=list(dict.fromkeys(r["reference"] for p in periods for r in p["reasons"])),
        decision=decision.id if decision else None,
        decided_at=decision.recorded_at if decision else None,
        trace=decision.trace if decision else None,
    )


def _days(found: list[Period] | None) -> list[DaysAnswer] | None:
    return None if found is None else [DaysAnswer(start=one.start, end=one.end) for one in found]


def _bearing_on(decided: list[StoredDecision], day: date) -> StoredDecision | None:
    """The decision under the accord in force on a day, or the latest accord's."""
    ordered = sorted(decided, key=lambda d: str(d.inputs["terms"]["effective"]["from"]))
    begun = [d for d in ordered if date.fromisoformat(d.inputs["terms"]["effective"]["from"]) <= day]
    return next(iter([*begun[::-1], *ordered]), None)
