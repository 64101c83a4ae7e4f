"""What contributions publish, and what they read of accords and of agents' files.

Handlers store what they learn and runs read what is there: an accord, its agents and their pay may come in any order.
"""

from __future__ import annotations

from typing import Final

from kit.events.consumer import Subscription
from kit.events.envelope import EventData
from services.contributions.application import follow_agents, follow_agreements
from services.contributions.application.payloads.month import MonthWasClosed, MonthWasReopened
from services.contributions.application.payloads.pay import PayCorrected, PayRecorded
from services.contributions.application.payloads.payment import PaymentRecorded, PaymentWasCancelled
from services.contributions.application.payloads.statement import StatementAdjusted, StatementIssued
from services.contributions.application.payloads.work import WorkItemClosed, WorkItemOpened

PUBLISHES: Final[tuple[type[EventData], ...]] = (
    PayRecorded,
    PayCorrected,
    StatementIssued,
    StatementAdjusted,
    PaymentRecorded,
    PaymentWasCancelled,
    MonthWasClosed,
    MonthWasReopened,
    WorkItemOpened,
    WorkItemClosed,
)

_ELIGIBILITY: Final = "fr.psc.eligibility"


def subscriptions() -> list[Subscription]:
    """Terms of accords; matricules, statuses, cover and options of agents."""
    return [
        Subscription(
            producer="agreements",
            topics=("psc.agreements.agreement.v1",),
            handlers={"fr.psc.agreements.agreement.published.v1": follow_agreements.terms_published},
            projections={"agreement_terms": "agreement"},
        ),
        Subscription(
            producer="eligibility",
            topics=("psc.eligibility.agent.v1",),
            handlers={
                f"{_ELIGIBILITY}.agent.hired.v1": follow_agents.hired,
                f"{_ELIGIBILITY}.employment.changed.v1": follow_agents.employment_changed,
                f"{_ELIGIBILITY}.option.elected.v1": follow_agents.option_elected,
                f"{_ELIGIBILITY}.option.cancelled.v1": follow_agents.option_cancelled,
                **{
                    f"{_ELIGIBILITY}.affiliation.{moved}.v1": follow_agents.affiliation_moved
                    for moved in ("started", "suspended", "resumed", "ended")
                },
            },
            projections={
                "agent_matricule": "agent",
                "employment": "agent",
                "affiliation": "agent",
                "option_election": "agent",
            },
        ),
    ]
