"""What the gateway consumes: everything of an employer, for its feed, its insurers' feeds and the work list."""

from __future__ import annotations

from typing import Final

from gateway.application import desk
from gateway.application.distribute import agreement_published
from gateway.application.imported import file_applied
from gateway.application.standing import insurer_told, organisation_told
from kit.events.consumer import Handler, Subscription

TOPICS: Final[dict[str, tuple[str, ...]]] = {
    "eligibility": ("psc.eligibility.agent.v1",),
    "contributions": ("psc.contributions.pay.v1", "psc.contributions.statement.v1"),
    "claims": ("psc.claims.case.v1",),
}
# Every type of these services that is of an employer, by service: `<noun>.<past participle>`.
TYPES: Final[dict[str, str]] = {
    "eligibility": """
        agent.restricted agent.unrestricted agent.erased
        agent.hired agent.changed agent.left agent.departure-withdrawn agent.deceased agent.death-withdrawn
        employment.changed position.changed
        sick-leave.started sick-leave.extended sick-leave.ended sick-leave.requalified sick-leave.cancelled
        invalidity.recognised invalidity.revised invalidity.withdrawn
        affiliation.started affiliation.suspended affiliation.resumed affiliation.ended affiliation.withheld
        option.elected option.cancelled dispensation.granted dispensation.lapsed
        work-item.opened work-item.closed""",
    "contributions": """
        pay.recorded pay.corrected statement.issued statement.adjusted payment.recorded payment.cancelled
        month.closed month.reopened work-item.opened work-item.closed""",
    "claims": """
        half-pay.foreseen claim.opened claim.documented claim.approved claim.refused claim.closed claim.reopened
        benefit.decided benefit.adjusted annuity.started annuity.adjusted annuity.ended capital.due
        overpayment.opened overpayment.settled work-item.opened work-item.closed""",
}
# Services that take files about agents.
TAKING_FILES: Final = ("eligibility", "contributions")
_AGREEMENTS: Final = "fr.psc.agreements.agreement"
_NOTICES: Final = "fr.psc.agreements.notice"
_ORGANISATIONS: Final = "fr.psc.agreements.organisation"


def subscriptions() -> list[Subscription]:
    """One per service, one of the insurers that agreements tells, and one of the files that each service applied."""
    # The whole terms of an avenant follow in `agreement.published`.
    handlers: dict[str, Handler] = {f"{_AGREEMENTS}.published.v1": agreement_published}
    handlers |= {f"{_ORGANISATIONS}.{verb}.v1": organisation_told for verb in ("registered", "changed")}
    # Who was handed a notice is between the employer and the agent: no feed carries it.
    handlers |= {f"{_NOTICES}.{said}.v1": desk.list_work for said in ("undelivered", "delivered")}
    accords = Subscription(
        "agreements",
        ("psc.agreements.agreement.v1",),
        handlers,
        projections={"membership": "agreement", "employer_department": "employer"},
        on_forgotten=desk.forget_accords,
    )
    # Apart: read from the first event by an installation that learns of them later, and accords need not be read again
    # beside it.
    insurers = Subscription(
        "agreements",
        accords.topics,
        {f"{_ORGANISATIONS}.{verb}.v1": insurer_told for verb in ("registered", "changed")},
        projections={"insurer": "code"},
        name="insurers",
    )
    return [accords, insurers, *(_facts_of(service) for service in TOPICS), *map(_files_of, TAKING_FILES)]


def _files_of(service: str) -> Subscription:
    """Apart from the facts, whose feeds are written by one at a time: the audit trail is not to wait for them."""
    kind, topic = f"fr.psc.{service}.import.applied.v1", f"psc.{service}.import.v1"
    return Subscription(service, (topic,), {kind: file_applied}, name=f"{service}-imports")


def _facts_of(service: str) -> Subscription:
    handlers: dict[str, Handler] = {f"fr.psc.{service}.{name}.v1": desk.follow for name in TYPES[service].split()}
    return Subscription(service, TOPICS[service], handlers, on_forgotten=desk.forget)
