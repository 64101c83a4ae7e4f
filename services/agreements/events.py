"""What the registry publishes, and what it reads of others: whom a change of an accord would concern."""

from __future__ import annotations

from typing import Final

from kit.events.consumer import Subscription
from kit.events.envelope import EventData
from services.agreements.application import follow_cover
from services.agreements.application.change_payloads import (
    AdhesionEnded,
    AgreementEnded,
    AgreementRevised,
    AgreementSuspended,
    RateRevised,
)
from services.agreements.application.follow_up_payloads import (
    CommitteeDecisionRecorded,
    NoticeDelivered,
    NoticeIssued,
    NoticeUndelivered,
    SchemeDecisionRecorded,
)
from services.agreements.application.organisation_payloads import OrganisationChanged, OrganisationRegistered
from services.agreements.application.payloads import AgreementPublished

PUBLISHES: Final[tuple[type[EventData], ...]] = (
    AgreementPublished,
    AgreementRevised,
    RateRevised,
    AgreementSuspended,
    AgreementEnded,
    AdhesionEnded,
    CommitteeDecisionRecorded,
    SchemeDecisionRecorded,
    NoticeIssued,
    NoticeDelivered,
    NoticeUndelivered,
    OrganisationRegistered,
    OrganisationChanged,
)


def subscriptions() -> list[Subscription]:
    """Days of cover and running annuities: counted in previews. No decision of the registry rests on them."""
    return [
        Subscription(
            producer="eligibility",
            topics=("psc.eligibility.agent.v1",),
            handlers={
                f"fr.psc.eligibility.affiliation.{moved}.v1": follow_cover.cover_moved
                for moved in ("started", "suspended", "resumed", "ended", "withheld")
            },
            projections={"cover": "agent"},
            revision=2,  # why who is not covered is not
        ),
        Subscription(
            producer="claims",
            topics=("psc.claims.case.v1",),
            handlers={
                "fr.psc.claims.annuity.started.v1": follow_cover.annuity_runs,
                "fr.psc.claims.annuity.adjusted.v1": follow_cover.annuity_runs,
                "fr.psc.claims.annuity.ended.v1": follow_cover.annuity_ended,
            },
            projections={"annuity": "agent"},
        ),
    ]
