"""`POST /v1/simulations/benefits`: what is read and what is shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from kit.errors import RelaisError, pointing_at
from kit.http.types import Amount, Answer, DateText, MonthText, Request, Share, SignedAmount, example
from rules.book import NoValueAt, Rules
from rules.pay import PayElements
from rules.vocabulary import Category, Guarantee, LeaveKind
from services.claims.api.leaves import LeaveRequest, SpanRequest, entries, interval, part_times
from services.claims.api.net_pay import ZERO
from services.claims.api.statutory_pay import PersonRequest
from services.claims.domain.benefits import Alert
from services.claims.domain.capitals import Death, DeathKind
from services.claims.domain.case import Case, Decision, decide
from services.claims.domain.errors import BirthDateRequired, DuplicatePolicy
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.pension_checks import PensionDoubt
from services.claims.domain.reference import Insured, ReferencePay
from services.claims.domain.situation import DailyAllowance, RiMaintained
from services.claims.domain.snapshot import decision_document
from services.claims.domain.temporary_invalidity import TemporaryInvalidity
from services.claims.domain.terms import AnnuityFormula, BenefitTerms

MAX_ITEMS = 1_000
# Where this request holds what a refusal of pay names as net-pay does.
PLACES = {"/category": "/agent/category", "/regime": "/agent/regime", "/pay/tpp": "/reference_pay/tpp"}
# The groups of décret 60-58 art. 6.
Group = Literal[1, 2, 3]
AgreementId = Annotated[str, Field(min_length=1, max_length=64)]


class InsuredRequest(PersonRequest):
    """The agent; the category gives a fonctionnaire's TPP, the date of birth the legal age."""

    category: Category | None = None
    birth_date: DateText | None = None


class ReferencePayRequest(Request):
    """The gross elements of the reference month; SFT and IR are compared where the accord says so.

    `net`: of private law, as payroll tells it, before income tax and contributions to prévoyance.
    """

    month: MonthText
    tib: Amount
    nbi: Amount = ZERO
    ri: Amount = ZERO
    sft: Amount = ZERO
    ir: Amount = ZERO
    tpp: Amount | None = None
    net: Amount | None = None

    def reference(self) -> ReferencePay:
        pay = PayElements(tib=self.tib, nbi=self.nbi, ri=self.ri, sft=self.sft, ir=self.ir, tpp=self.tpp)
        return ReferencePay(self.month, pay, self.net)


class MaintenanceRequest(Request):
    """What the employer keeps of the RI on days at full and at half pay of a kind of leave."""

    kind: LeaveKind
    full: Share
    half: Share


class AllowanceRequest(Request):
    """Social security's net daily amount over an interval."""

    start: DateText = Field(validation_alias=AliasChoices("start", "from"))
    end: DateText = Field(validation_alias=AliasChoices("end", "to"))
    daily: Amount


class TemporaryInvalidityRequest(Request):
    """AIT of a CNRACL agent over an interval, by group; `monthly` left out: worked out of the reference pay."""

    start: DateText
    end: DateText
    group: Group
    monthly: Amount | None = None


class InvalidityRequest(Request):
    """What a scheme recognised; `pension_net` is the monthly sum of all compulsory pensions."""

    start: DateText = Field(alias="from")
    cnracl_rate: Share | None = None
    ss_category: Literal["1", "2", "3"] | None = None
    atmp_rate: Share | None = None
    pension_net: Amount

    def invalidity(self) -> Invalidity:
        return Invalidity(self.start, self.cnracl_rate, self.ss_category, self.atmp_rate, self.pension_net)


class DeathRequest(Request):
    """Death, or absolute and definitive invalidity."""

    date: DateText
    kind: DeathKind


class BenefitsRequest(Request):
    """A case; cover is assumed on every day. `from` and `to` are the first and last day of months.

    `terms`: those of a draft, in place of what a known accord says: `guarantees` and `contribution_base` as a document
    of an accord has them; `agreement` then names the draft.
    `replaced`: the days on which somebody else held the agent's post.
    """

    model_config = example(
        {
            "agreement": "la-roche-sur-yon-2025",
            "agent": {"regime": "CNRACL", "category": "C", "birth_date": "1975-03-01", "service_start": "2005-09-01"},
            "options": ["DEATH"],
            "reference_pay": {"month": "2026-01", "tib": "2067.57", "nbi": "73.84", "ri": "300.00"},
            "leaves": [{"kind": "CMO", "start": "2026-02-01", "end": "2026-10-31", "waiting_days": 0}],
            "employer_ri_maintenance": [{"kind": "CMO", "full": "0.0000", "half": "0.0000"}],
            "invalidity": {"from": "2028-01-01", "cnracl_rate": "0.4000", "pension_net": "900.00"},
            "from": "2026-02-01",
            "to": "2026-10-31",
        }
    )

    agreement: AgreementId
    terms: dict[str, Any] | None = None
    agent: InsuredRequest
    options: list[Guarantee] = Field(default_factory=list, max_length=MAX_ITEMS)
    reference_pay: ReferencePayRequest
    leaves: list[LeaveRequest] = Field(default_factory=list)
    employer_ri_maintenance: list[MaintenanceRequest] = Field(default_factory=list, max_length=MAX_ITEMS)
    social_security: list[AllowanceRequest] = Field(default_factory=list, max_length=MAX_ITEMS)
    ait: list[TemporaryInvalidityRequest] = Field(default_factory=list, max_length=MAX_ITEMS)
    replaced: list[SpanRequest] = Field(default_factory=list, max_length=MAX_ITEMS)
    invalidity: InvalidityRequest | None = None
    death: DeathRequest | None = None
    start: DateText = Field(alias="from")
    end: DateText = Field(alias="to")

    def case(self, terms: BenefitTerms) -> Case:
        """Raises ReversedInterval, DuplicatePolicy, BirthDateRequired."""
        if Guarantee.RETIREMENT_LOSS in self.options and self.agent.birth_date is None:
            raise BirthDateRequired(pointer="/agent/birth_date")
        return Case(
            person=self.agent.person("/agent"),
            insured=Insured(self.agent.regime, self.agent.category, self.agent.birth_date),
            terms=terms,
            reference=self.reference_pay.reference(),
            leaves=entries(self.leaves),
            period=interval(self.start, self.end, "/to"),
            options=frozenset(self.options),
            maintenance=self._maintenance(),
            allowances=self._allowances(),
            invalidity=self.invalidity.invalidity() if self.invalidity else None,
            death=Death(self.death.date, self.death.kind) if self.death else None,
            part_time=part_times(self.agent.part_time, "/agent/part_time"),
            ait=self._ait(),
            replaced=tuple(one.days(f"/replaced/{place}") for place, one in enumerate(self.replaced)),
        )

    def _maintenance(self) -> dict[LeaveKind, RiMaintained]:
        found: dict[LeaveKind, RiMaintained] = {}
        for place, policy in enumerate(self.employer_ri_maintenance):
            if policy.kind in found:
                raise DuplicatePolicy(pointer=f"/employer_ri_maintenance/{place}/kind")
            found[policy.kind] = RiMaintained(policy.full, policy.half)
        return found

    def _ait(self) -> tuple[TemporaryInvalidity, ...]:
        return tuple(
            TemporaryInvalidity(interval(item.start, item.end, f"/ait/{place}/end"), item.group, item.monthly)
            for place, item in enumerate(self.ait)
        )

    def _allowances(self) -> tuple[DailyAllowance, ...]:
        return tuple(
            DailyAllowance(interval(item.start, item.end, f"/social_security/{place}/end"), item.daily)
            for place, item in enumerate(self.social_security)
        )


class MonthAnswer(Answer):
    """One month; at full pay its amounts are zero."""

    month: MonthText
    target_net: SignedAmount
    statutory_net: SignedAmount
    social_security: SignedAmount
    benefit: SignedAmount
    ri_full_pay: SignedAmount
    decree_floor: SignedAmount
    alerts: list[Alert]


class AnnuityAnswer(Answer):
    """The annuity after the invalidity; `doubts`: what is odd about the pensions that were notified."""

    start: DateText = Field(alias="from")
    full: SignedAmount
    monthly: SignedAmount
    formula: AnnuityFormula
    decree_floor: SignedAmount
    alerts: list[Alert]
    doubts: list[PensionDoubt] = Field(default_factory=list, exclude_if=lambda doubts: not doubts)


class CapitalAnswer(Answer):
    """An amount due once."""

    guarantee: Guarantee
    amount: SignedAmount
    due: DateText


class BenefitsAnswer(Answer):
    """Months in date order, the annuity if an invalidity is given, capitals in the order of the guarantees."""

    months: list[MonthAnswer]
    annuity: AnnuityAnswer | None
    capitals: list[CapitalAnswer]
    trace: dict[str, Any]


def _decided(body: BenefitsRequest, terms: BenefitTerms, rules: Rules) -> Decision:
    case, reference = body.case(terms), body.reference_pay.month
    try:
        return decide(case, rules)
    except NoValueAt as missing:
        if missing.day == reference.first:
            missing.pointer = "/reference_pay/month"
        raise
    except RelaisError as refusal:
        refusal.pointer = PLACES.get(refusal.pointer or "", refusal.pointer)
        raise


def answer(body: BenefitsRequest, terms: BenefitTerms, rules: Rules) -> BenefitsAnswer:
    """The decision of the case."""
    with pointing_at("/leaves"):
        decision = _decided(body, terms, rules)
    return BenefitsAnswer.model_validate({**decision_document(decision), "trace": decision.trace.json()})
