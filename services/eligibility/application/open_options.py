"""On which days the options that an agent has chosen give cover."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Period
from rules.vocabulary import AffiliationOutcome
from services.eligibility.adapters import told
from services.eligibility.adapters.affiliations import StoredDecision
from services.eligibility.domain.documents import period
from services.eligibility.domain.facts import Election
from services.eligibility.domain.options import days_open
from services.eligibility.domain.terms_document import read_terms


async def open_options(
    tx: AsyncConnection, agent: UUID, decision: StoredDecision, elections: Sequence[Election]
) -> dict[UUID, list[Period]]:
    """The days of each choice made with the decision's employer, as the decision and the regimes stand now."""
    employer = decision.employer
    terms = read_terms(decision.inputs["terms"], period(decision.inputs["bound"]))
    assert terms is not None, "a decision was taken under an accord that binds"
    regimes = await told.regimes(tx, agent, employer)
    stretches = [period(p) for p in decision.result["timeline"] if p["outcome"] == AffiliationOutcome.AFFILIATED]
    covered = Period(stretches[0].start, stretches[-1].end) if stretches else None
    return {
        one.id: days_open(one.period, one.guarantee, covered, regimes, terms)
        for one in elections
        if one.employer == employer
    }
