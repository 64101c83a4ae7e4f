"""What contributions publish, and what they read of accords, of agents' files and of claims.

Handlers store what they learn and runs read what is there: an accord, its agents and their pay may come in any order.
"""

from __future__ import annotations

from typing import Final

from kit.events.consumer import Subscription
from kit.events.envelope import EventData
from services.contributions.application import follow_agents, follow_agreements, follow_claims, protect_person
from services.contributions.application.payloads.file import ImportApplied
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
    ImportApplied,
)

_ELIGIBILITY: Final = "fr.psc.eligibility"
_CLAIMS: Final = "fr.psc.claims"


def subscriptions() -> list[Subscription]:
    """Terms of accords; matricules, statuses, cover and options of agents; what claims decided, for yearly accounts."""
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
                f"{_ELIGIBILITY}.agent.erased.v1": protect_person.erased,
                f"{_ELIGIBILITY}.employment.changed.v1": follow_agents.employment_changed,
                f"{_ELIGIBILITY}.option.elected.v1": follow_agents.option_elected,
                f"{_ELIGIBILITY}.option.cancelled.v1": follow_agents.option_cancelled,
                **{
                    f"{_ELIGIBILITY}.affiliation.{moved}.v1": follow_agents.affiliation_moved
                    for moved in ("started", "suspended", "resumed", "ended", "withheld")
                },
                **{
                    f"{_ELIGIBILITY}.sick-leave.{moved}.v1": follow_agents.leave_moved
                    for moved in ("started", "extended", "ended", "requalified", "cancelled")
                },
            },
            revision=2,  # days of leave, weekly hours, cover that is withheld
            projections={
                "agent_matricule": "agent",
                "employment": "agent",
                "affiliation": "agent",
                "option_election": "agent",
                "leave": "agent",
            },
        ),
        Subscription(
            producer="claims",
            topics=("psc.claims.case.v1",),
            handlers={
                f"{_CLAIMS}.claim.opened.v1": follow_claims.claim_opened,
                f"{_CLAIMS}.benefit.decided.v1": follow_claims.month_decided,
                f"{_CLAIMS}.benefit.adjusted.v1": follow_claims.month_decided,
                f"{_CLAIMS}.capital.due.v1": follow_claims.capital_due,
                **{
                    f"{_CLAIMS}.annuity.{moved}.v1": follow_claims.annuity_moved
                    for moved in ("started", "adjusted", "ended")
                },
            },
            projections=dict.fromkeys(("claim_opening", "claim_month", "claim_annuity", "claim_capital"), "agent"),
        ),
    ]
