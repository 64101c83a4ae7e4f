"""What the registry publishes, and what it reads of others: whom a change of an accord would concern."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from kit.events.consumer import Subscription
from kit.events.envelope import EventData
from kit.period import Period
from services.agreements.adapters.document import AgreementDocument
from services.agreements.application import follow_cover
from services.agreements.domain.organisation import Organisation

TOPIC: Final = "psc.agreements.agreement.v1"


class Part(BaseModel):
    """A part of a payload; readers ignore what they do not know."""

    model_config = ConfigDict(extra="ignore", frozen=True, serialize_by_alias=True)


class Dated(Part):
    """From a day to a day, both included; `to` null: open. Dates are ISO strings."""

    start: str = Field(alias="from")
    end: str | None = Field(None, alias="to")


class Employer(Dated):
    """An employer bound by the accord."""

    siret: str
    name: str
    assumption: bool = False


class Insurer(Dated):
    """Who insures. `legal_code` null: unknown."""

    code: str
    name: str
    legal_code: str | None
    assumption: bool = False


class Rate(Dated):
    """A contribution rate and the employer's share of it, as decimal strings."""

    guaranteed_to: str | None
    rate: str
    employer_share: str
    source: str


class Guarantee(Part):
    """A guarantee. `benefit` holds what it pays: its fields depend on `code`."""

    code: str
    mandatory: bool
    populations: list[str]
    unresolved: bool
    source: str
    rates: list[Rate]
    benefit: dict[str, Any]


class ContributionBase(Part):
    """What the rates apply to, by population. `tpp`: before or after the transfert primes/points."""

    populations: list[str]
    elements: list[str]
    tpp: str | None
    source: str


class Dispense(Part):
    """Who may refuse to join, and how."""

    contracts: list[str]
    kinds: list[str]
    present_deadline: str
    hire_days: int
    proof_months: int
    source: str


class Suspension(Part):
    """Whether pay during a suspension keeps the cover."""

    paid_keeps_cover: bool
    source: str


class Eligibility(Part):
    """Who is compulsorily covered, and from when."""

    return_days: int
    deferring_leaves: list[str]
    seniority_months: int
    contract_months: int
    seniority_kinds: list[str]
    excluded_kinds: list[str]
    dispense: Dispense | None
    suspension: Suspension
    source: str


class AgreementPublished(EventData):
    """An accord binds: its whole resolved dated terms. A later version replaces an earlier one."""

    type: ClassVar[str] = "fr.psc.agreements.agreement.published.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    version: int
    title: str
    scheme: str | None
    effective: Dated
    employers: list[Employer]
    insurers: list[Insurer]
    guarantees: list[Guarantee]
    contribution_base: list[ContributionBase]
    eligibility: Eligibility
    # Groups of terms that read otherwise for one employer in a period; they replace those above.
    exceptions: list[dict[str, Any]] = Field(default_factory=list)
    # The days on which nothing of it binds (art. 8).
    suspensions: list[Dated] = Field(default_factory=list)

    @classmethod
    def of(cls, document: AgreementDocument, version: int, suspended: Iterable[Period] = ()) -> Self:
        days = [_dated(period) for period in suspended]
        return cls.model_validate({**document.dump(), "version": version, "suspensions": days})


class Change(Part):
    """A term and what it says before and after; null: nothing."""

    term: str
    before: str | None
    after: str | None


class AgreementRevised(EventData):
    """An avenant: what changes, from which day. The whole terms follow in `agreement.published`."""

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.agreements.agreement.revised.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    version: int
    since: date = Field(alias="from")
    reason: str
    changes: list[Change]


class RateRevised(EventData):
    """A rate of contribution changes. `before` null: the guarantee had none."""

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.agreements.rate.revised.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    guarantee: str
    since: date = Field(alias="from")
    until: date | None = Field(alias="to")
    before: str | None
    after: str
    employer_share: str
    source: str


class AgreementSuspended(EventData):
    """The accord is suspended, or was: every stretch, so that the latest event says all. `to` null: until resumed."""

    type: ClassVar[str] = "fr.psc.agreements.agreement.suspended.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    reason: str
    suspensions: list[Dated]

    @classmethod
    def of(cls, agreement: str, reason: str, suspended: Iterable[Period]) -> Self:
        days = [_dated(period) for period in suspended]
        return cls.model_validate({"agreement": agreement, "reason": reason, "suspensions": days})


class Kept(Part):
    """What an ended contract goes on owing (art. 8)."""

    what: str
    insurer: str | None


class AgreementEnded(EventData):
    """The accord ends, denounced or lapsed; `on` is its last day."""

    type: ClassVar[str] = "fr.psc.agreements.agreement.ended.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    outcome: str
    on: date
    reason: str
    kept: list[Kept]


class AdhesionEnded(EventData):
    """An employer's adhesion to the conventions ends with its contracts; `on` is the last day."""

    type: ClassVar[str] = "fr.psc.agreements.adhesion.ended.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    employer: str
    on: date
    reason: str
    insurers: list[str]
    kept: list[Kept]


class CommitteeDecisionRecorded(EventData):
    """The committee met (art. 7). `sent_on` null: its record is not yet sent to the signatories."""

    type: ClassVar[str] = "fr.psc.agreements.committee-decision.recorded.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    held_on: date
    decisions: list[str]
    sent_on: date | None


class NoticeIssued(EventData):
    """A version of the insurer's notice is to be handed to everybody covered (art. 6)."""

    type: ClassVar[str] = "fr.psc.agreements.notice.issued.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    version: int
    insurer: str
    issued_on: date


class NoticeDelivered(EventData):
    """An agent was handed a version of the notice."""

    type: ClassVar[str] = "fr.psc.agreements.notice.delivered.v1"
    topic: ClassVar[str] = TOPIC

    agreement: str
    version: int
    agent: str
    employer: str
    on: date


def _dated(period: Period) -> dict[str, str | None]:
    return {"from": period.start.isoformat(), "to": None if period.end is None else period.end.isoformat()}


class OrganisationRegistered(EventData):
    """An organisation is known. `key` is a SIRET for employers, a code for the others."""

    type: ClassVar[str] = "fr.psc.agreements.organisation.registered.v1"
    topic: ClassVar[str] = TOPIC

    organisation: str
    kind: str
    name: str
    assumption: bool
    departement: str | None = None
    legal_code: str | None = None
    affiliated: bool | None = None

    @classmethod
    def of(cls, one: Organisation) -> Self:
        return cls(
            organisation=one.key,
            kind=one.kind.value,
            name=one.name,
            assumption=one.assumption,
            departement=one.departement,
            legal_code=None if one.legal_code is None else one.legal_code.value,
            affiliated=one.affiliated,
        )


class OrganisationChanged(OrganisationRegistered):
    """From a day on an organisation is so; the days before keep what was said of them."""

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.agreements.organisation.changed.v1"
    topic: ClassVar[str] = TOPIC

    since: date = Field(alias="from")

    @classmethod
    def of(cls, one: Organisation) -> Self:
        said = OrganisationRegistered.of(one).model_dump()
        return cls.model_validate({**said, "from": one.period.start})


PUBLISHES: Final[tuple[type[EventData], ...]] = (
    AgreementPublished,
    AgreementRevised,
    RateRevised,
    AgreementSuspended,
    AgreementEnded,
    AdhesionEnded,
    CommitteeDecisionRecorded,
    NoticeIssued,
    NoticeDelivered,
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
                for moved in ("started", "suspended", "resumed", "ended")
            },
            projections={"cover": "agent"},
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
