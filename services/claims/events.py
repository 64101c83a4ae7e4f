"""What claims publish, and what they follow. Any order of the producers gives the same decisions."""

from __future__ import annotations

from typing import Final

from kit.clock import Clock
from kit.events.consumer import Subscription
from kit.events.envelope import EventData
from rules.book import RuleBook
from services.claims.adapters import progress
from services.claims.application import follow
from services.claims.application.payloads import (
    AnnuityAdjusted,
    AnnuityEnded,
    AnnuityStarted,
    BenefitAdjusted,
    BenefitDecided,
    CapitalDue,
    ClaimApproved,
    ClaimClosed,
    ClaimDocumented,
    ClaimOpened,
    ClaimRefused,
    ClaimReopened,
    HalfPayForeseen,
    OverpaymentOpened,
    OverpaymentSettled,
)
from services.claims.application.protect_person import TOLD
from services.claims.application.tell_work import WorkItemClosed, WorkItemOpened

PUBLISHES: Final[tuple[type[EventData], ...]] = (
    HalfPayForeseen,
    ClaimOpened,
    ClaimDocumented,
    ClaimApproved,
    ClaimRefused,
    ClaimClosed,
    ClaimReopened,
    BenefitDecided,
    BenefitAdjusted,
    AnnuityStarted,
    AnnuityAdjusted,
    AnnuityEnded,
    CapitalDue,
    OverpaymentOpened,
    OverpaymentSettled,
    WorkItemOpened,
    WorkItemClosed,
)

# The facts about an agent that decisions rest on, by producer and type.
_AGENT_FACTS: Final[dict[str, dict[str, follow.Store]]] = {
    "eligibility": {
        "agent.hired": follow.employment_changed,
        "agent.changed": follow.agent_changed,
        "employment.changed": follow.employment_changed,
        "affiliation.started": follow.affiliation_moved,
        "affiliation.suspended": follow.affiliation_moved,
        "affiliation.resumed": follow.affiliation_moved,
        "affiliation.ended": follow.affiliation_moved,
        "option.elected": follow.option_elected,
        "option.cancelled": follow.option_cancelled,
        "sick-leave.started": follow.leave_changed,
        "sick-leave.extended": follow.leave_changed,
        "sick-leave.ended": follow.leave_changed,
        "sick-leave.requalified": follow.leave_changed,
        "sick-leave.cancelled": follow.leave_cancelled,
        "invalidity.recognised": follow.invalidity_recognised,
        "invalidity.revised": follow.invalidity_recognised,
        "invalidity.withdrawn": follow.invalidity_withdrawn,
        "agent.deceased": follow.agent_deceased,
        "agent.death-withdrawn": follow.death_withdrawn,
    },
    "contributions": {
        "pay.recorded": follow.pay_recorded,
        "pay.corrected": follow.pay_recorded,
    },
}


def subscriptions(rules: RuleBook, clock: Clock) -> list[Subscription]:
    """Terms of accords; agents' files; pay."""
    follower = follow.Follower(rules, clock)
    return [
        Subscription(
            producer="agreements",
            topics=("psc.agreements.agreement.v1",),
            handlers={"fr.psc.agreements.agreement.published.v1": follower.agreement_published},
            projections={"agreement_terms": "agreement", "progress_agreements": "key"},
            on_forgotten=follower.forgotten("agreements"),
        ),
        _of_agents(
            follower,
            "eligibility",
            "psc.eligibility.agent.v1",
            ("employment", "affiliation", "option_election", "leave", "invalidity", "death"),
        ),
        _of_agents(follower, "contributions", "psc.contributions.pay.v1", ("pay_month",)),
    ]


def _of_agents(follower: follow.Follower, producer: str, topic: str, projections: tuple[str, ...]) -> Subscription:
    handlers = {name: follower.agent(producer, store) for name, store in _AGENT_FACTS[producer].items()}
    if producer == "eligibility":
        handlers |= {name: follower.rights(told) for name, told in TOLD.items()}
    return Subscription(
        producer=producer,
        topics=(topic,),
        handlers={f"fr.psc.{producer}.{name}.v1": handle for name, handle in handlers.items()},
        projections={**dict.fromkeys(projections, "agent"), f"progress_{producer}": "key"},
        on_forgotten=follower.forgotten(producer),
        hold=progress.lock,
    )
