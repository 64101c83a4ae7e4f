"""The payloads claims publish: facts and ids, amounts as strings; the leave is named by its id, never by its cause."""

from __future__ import annotations

from typing import ClassVar, Final

from pydantic import ConfigDict, Field

from kit.events.envelope import EventData

TOPIC: Final = "psc.claims.case.v1"


class CaseData(EventData):
    """What concerns one agent at one employer."""

    model_config = ConfigDict(extra="ignore", frozen=True, serialize_by_alias=True, validate_by_name=True)

    agent: str
    employer: str


class HalfPayForeseen(CaseData):
    """The leave passes to half pay, or to no pay, on that day; `on` replaces a day announced before."""

    type: ClassVar[str] = "fr.psc.claims.half-pay.foreseen.v1"
    topic: ClassVar[str] = TOPIC

    leave: str
    on: str


class ClaimOpened(CaseData):
    """A leave has passed, or will pass, to days that the accord pays for. `from`: the first of them."""

    type: ClassVar[str] = "fr.psc.claims.claim.opened.v1"
    topic: ClassVar[str] = TOPIC

    claim: str
    agreement: str
    leave: str
    start: str = Field(alias="from")


class ClaimDocumented(CaseData):
    """The last document that was missing has come."""

    type: ClassVar[str] = "fr.psc.claims.claim.documented.v1"
    topic: ClassVar[str] = TOPIC

    claim: str
    on: str


class ClaimApproved(CaseData):
    """What the claim gives may be paid."""

    type: ClassVar[str] = "fr.psc.claims.claim.approved.v1"
    topic: ClassVar[str] = TOPIC

    claim: str
    agreement: str
    on: str


class ClaimRefused(CaseData):
    """The claim gives nothing; `reason` is a code."""

    type: ClassVar[str] = "fr.psc.claims.claim.refused.v1"
    topic: ClassVar[str] = TOPIC

    claim: str
    agreement: str
    on: str
    reason: str


class ClaimClosed(CaseData):
    """The claim is over (`reason` is a code). `no_longer_due`: the facts no longer support it, and what was decided is
    taken back month by month.
    """

    type: ClassVar[str] = "fr.psc.claims.claim.closed.v1"
    topic: ClassVar[str] = TOPIC

    claim: str
    reason: str


class ClaimReopened(CaseData):
    """The facts support a closed claim again."""

    type: ClassVar[str] = "fr.psc.claims.claim.reopened.v1"
    topic: ClassVar[str] = TOPIC

    claim: str


class MonthData(CaseData):
    """What is due for a month of a claim. `benefit` maintains income, `ri_full_pay` is option 3 beside it."""

    decision: str
    claim: str
    agreement: str
    month: str
    version: int
    target_net: str
    statutory_net: str
    social_security: str
    benefit: str
    ri_full_pay: str
    decree_floor: str
    alerts: list[str]


class BenefitDecided(MonthData):
    """The first decision about a month."""

    type: ClassVar[str] = "fr.psc.claims.benefit.decided.v1"
    topic: ClassVar[str] = TOPIC


class BenefitAdjusted(MonthData):
    """A later decision about a month, and what it changes in what was decided before."""

    type: ClassVar[str] = "fr.psc.claims.benefit.adjusted.v1"
    topic: ClassVar[str] = TOPIC

    benefit_delta: str
    ri_full_pay_delta: str


class AnnuityData(CaseData):
    """An annuity after an invalidity: `full` what a full recognition would give, `monthly` what is due.

    `to`: its last day, null while nobody can tell; `steps`: what it is raised to, from a day on.
    """

    decision: str
    annuity: str
    agreement: str
    recognition: str
    claim: str | None
    version: int
    start: str = Field(alias="from")
    full: str
    monthly: str
    formula: str
    decree_floor: str
    alerts: list[str]
    end: str | None = Field(None, alias="to")
    steps: list[dict[str, str]] = Field(default_factory=list)


class AnnuityStarted(AnnuityData):
    """The first decision about a recognition."""

    type: ClassVar[str] = "fr.psc.claims.annuity.started.v1"
    topic: ClassVar[str] = TOPIC


class AnnuityAdjusted(AnnuityData):
    """A later decision about a recognition."""

    type: ClassVar[str] = "fr.psc.claims.annuity.adjusted.v1"
    topic: ClassVar[str] = TOPIC

    monthly_delta: str


class AnnuityEnded(AnnuityData):
    """Its last day has passed: a death, a recognition that follows, or the age that ends it."""

    type: ClassVar[str] = "fr.psc.claims.annuity.ended.v1"
    topic: ClassVar[str] = TOPIC


class CapitalDue(CaseData):
    """A capital to be paid once, on the day `due`; a later version says what it has become, and by how much.

    `covered_on`: the last day of the contract that owes it, where that had ended (accord art. 8).
    """

    type: ClassVar[str] = "fr.psc.claims.capital.due.v1"
    topic: ClassVar[str] = TOPIC

    decision: str
    capital: str
    agreement: str
    guarantee: str
    version: int
    due: str
    amount: str
    amount_delta: str
    alerts: list[str] = Field(default_factory=list)
    covered_on: str | None = None


class OverpaymentData(CaseData):
    """What was paid for a month and is no longer due; `amount` as it was opened, `on` the day of what is told."""

    overpayment: str
    agreement: str
    claim: str | None
    month: str
    amount: str
    on: str


class OverpaymentOpened(OverpaymentData):
    """It must be paid back; `until`: the last days on which the employer and the insurer may ask for it."""

    type: ClassVar[str] = "fr.psc.claims.overpayment.opened.v1"
    topic: ClassVar[str] = TOPIC

    kind: str
    employer_until: str
    insurer_until: str | None


class OverpaymentSettled(OverpaymentData):
    """Nothing is left of it: due again, paid back or given up."""

    type: ClassVar[str] = "fr.psc.claims.overpayment.settled.v1"
    topic: ClassVar[str] = TOPIC
