"""What eligibility publishes, and what it reads of accords."""

from __future__ import annotations

from typing import Final

from kit.events.consumer import Subscription
from kit.events.envelope import EventData
from services.eligibility.application import follow_agreements
from services.eligibility.application.death_payloads import AgentDeceased, DeathWithdrawn
from services.eligibility.application.file_payloads import ImportApplied
from services.eligibility.application.leave_payloads import (
    SickLeaveCancelled,
    SickLeaveEnded,
    SickLeaveExtended,
    SickLeaveRequalified,
    SickLeaveStarted,
)
from services.eligibility.application.payloads import (
    AffiliationEnded,
    AffiliationResumed,
    AffiliationStarted,
    AffiliationSuspended,
    AffiliationWithheld,
    AgentHired,
    EmploymentChanged,
    InvalidityRecognised,
    InvalidityRevised,
    InvalidityWithdrawn,
    OptionCancelled,
    OptionElected,
)
from services.eligibility.application.status_payloads import (
    AgentChanged,
    AgentErased,
    AgentLeft,
    AgentRestricted,
    AgentUnrestricted,
    DepartureWithdrawn,
    DispensationGranted,
    DispensationLapsed,
    PositionChanged,
)
from services.eligibility.application.work_payloads import WorkItemClosed, WorkItemOpened

PUBLISHES: Final[tuple[type[EventData], ...]] = (
    AgentHired,
    AgentChanged,
    AgentRestricted,
    AgentUnrestricted,
    AgentErased,
    AgentLeft,
    DepartureWithdrawn,
    EmploymentChanged,
    PositionChanged,
    SickLeaveStarted,
    SickLeaveExtended,
    SickLeaveEnded,
    SickLeaveRequalified,
    SickLeaveCancelled,
    InvalidityRecognised,
    InvalidityRevised,
    InvalidityWithdrawn,
    AffiliationStarted,
    AffiliationSuspended,
    AffiliationResumed,
    AffiliationEnded,
    AffiliationWithheld,
    OptionElected,
    OptionCancelled,
    DispensationGranted,
    DispensationLapsed,
    AgentDeceased,
    DeathWithdrawn,
    WorkItemOpened,
    WorkItemClosed,
    ImportApplied,
)

AGREEMENTS: Final = "psc.agreements.agreement.v1"


def subscriptions() -> list[Subscription]:
    """The terms of accords; agents may be known before the accord that covers them."""
    return [
        Subscription(
            producer="agreements",
            topics=(AGREEMENTS,),
            handlers={"fr.psc.agreements.agreement.published.v1": follow_agreements.published},
            projections={"agreement_terms": "agreement", "agreement_employer": "agreement"},
        )
    ]
