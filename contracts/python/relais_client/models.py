"""What is sent and answered, generated from contracts/openapi.json by `python -m relais.contracts`."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AbsenceRow(TypedDict):
    kind: str
    longer: int
    agents: int | None
    leaves: int | None
    days: int | None


class AccessAnswer(TypedDict):
    position: int
    at: str
    client: str
    acting: str | None
    method: str
    path: str
    query: str
    agent: str | None
    status: int
    purpose: str | None
    trace: str | None
    agents: int
    digest: str


class AccountAnswer(TypedDict):
    employer: str
    agreement: str
    insurer: str | None
    statements: int
    issued: str
    paid: str
    unallocated: str
    balance: str


class AccountRequest(TypedDict):
    name: str
    iban: str
    bic: NotRequired[str | None]


class AccountsAnswer(TypedDict):
    items: list[AccountAnswer]
    next: NotRequired[str | None]
    issued: str
    paid: str
    balance: str


class AffectedAnswer(TypedDict):
    agreement: str
    agents: int
    annuities: int
    loses: int
    gains: int | None
    at_most: bool


AffiliationOutcome: TypeAlias = Literal[
    "ENDED", "EXCLUDED", "NOT_YET_ELIGIBLE", "DEFERRED", "DISPENSED", "SUSPENDED", "AFFILIATED"
]


class AffiliationsCoveredAnswer(TypedDict):
    agent: str
    employer: str
    agreement: str
    outcome: Literal["AFFILIATED", "SUSPENDED"]
    start: str
    end: str | None
    last_name: str
    first_name: str
    birth_date: str


class AgentRow(TypedDict):
    id: str
    employer: str
    matricule: str
    last_name: str
    first_name: str
    restricted: bool


Lock: TypeAlias = str


InheritedItem: TypeAlias = str


class AgreementRow(TypedDict):
    agreement: str


AgreementsAnnuityFormula: TypeAlias = Literal["FULL_TARGET", "PRORATED_I_OVER_50", "COMPLEMENT_CAPPED_50"]


class AgreementsChangeRequest(TypedDict):
    on: str
    reason: str
    confirm: NotRequired[str | None]


class AgreementsImportAnswer(TypedDict):
    id: str
    state: str
    dry_run: bool
    lines: int
    accepted: int
    rejected: int
    error: str | None
    recorded_at: str
    finished_at: str | None


Alert: TypeAlias = Literal["LEGAL_FLOOR_SHORTFALL", "OVERRIDDEN", "OVERRIDE_TO_REVIEW", "OVERRIDE_ABOVE_TERMS"]


class AllocationAnswer(TypedDict):
    statement: str
    amount: str


class AllocationRequest(TypedDict):
    statement: str
    amount: str


class AllocationsRequest(TypedDict):
    allocations: NotRequired[list[AllocationRequest] | None]


AllowanceKind: TypeAlias = Literal["SICKNESS", "ACCIDENT", "SPECIAL"]


class AlternativeSumAnswer(TypedDict):
    amount: str
    due: str | None


class AmountsAnswer(TypedDict):
    base: str
    amount: str
    employer: str
    agent: str


class AnnuitiesStepAnswer(TypedDict):
    start: str
    monthly: str


ArtTeaching: TypeAlias = Literal["PROFESSOR", "ASSISTANT"]


AskedBy: TypeAlias = Literal["PERSON", "REPRESENTATIVE", "CONTROLLER", "AUTHORITY"]


class AuthorisationAnswer(TypedDict):
    start: str
    end: str | None
    quotity: str
    recorded_at: str


class AuthorisationRequest(TypedDict):
    start: str
    end: NotRequired[str | None]
    quotity: str
    employer: str
    agent: str


class AuthorisationsAnswer(TypedDict):
    part_times: list[AuthorisationAnswer]


class AwardDocument(TypedDict):
    holder: str
    lots: int


class BenefitAnswer(TypedDict):
    decision: str
    claim: str
    agent: str
    employer: str
    month: str
    version: int
    target_net: str
    statutory_net: str
    social_security: str
    benefit: str
    benefit_delta: str
    ri_full_pay: str
    ri_full_pay_delta: str
    decree_floor: str
    alerts: list[Alert]
    decided_at: str


class BenefitPaid(TypedDict):
    claim: str
    month: str
    amount: str
    paid_on: str
    payee: Literal["AGENT", "EMPLOYER"]
    reference: str


class BenefitPaidMessage(TypedDict):
    specversion: NotRequired[Literal["1.0"]]
    id: str
    source: NotRequired[str | None]
    time: NotRequired[str | None]
    datacontenttype: NotRequired[Literal["application/json"]]
    type: Literal["fr.psc.partner.benefit.paid.v1"]
    data: BenefitPaid


class BenefitsAllowanceRequest(TypedDict):
    start: str
    end: str
    daily: str


BenefitsInvalidityRequest = TypedDict(
    "BenefitsInvalidityRequest",
    {
        "from": str,
        "cnracl_rate": NotRequired[str | None],
        "ss_category": NotRequired[Literal["1", "2", "3"] | None],
        "atmp_rate": NotRequired[str | None],
        "pension_net": str,
    },
)


class BenefitsReferencePayRequest(TypedDict):
    month: str
    tib: str
    nbi: NotRequired[str]
    ri: NotRequired[str]
    sft: NotRequired[str]
    ir: NotRequired[str]
    tpp: NotRequired[str | None]
    net: NotRequired[str | None]


class BlockAnswer(TypedDict):
    block: str
    line: int
    values: dict[str, str]


Bound: TypeAlias = Literal["AGENT_MONTH", "AGENT_RUN", "REGULARISATION", "MONTH"]


class BoundsAnswer(TypedDict):
    agent_month: str
    agent_run: str
    employer_share: str
    month_share: str
    employer_floor: str


class BreachAnswer(TypedDict):
    bound: Bound
    agent: str | None
    change: str
    limit: str


class CallsAnswer(TypedDict):
    calls: int
    refused: int
    failed: int


Category: TypeAlias = Literal["A", "B", "C"]


Cause: TypeAlias = Literal["LAW", "TERMS", "REVALUATION", "MAINTENANCE", "DAY", "RESTORED"]


class CauseAnswer(TypedDict):
    leave: str
    cause_key: str
    ald: bool


class CauseRequest(TypedDict):
    employer: str
    agent: str
    leave: str
    cause_key: str
    ald: NotRequired[bool]


class CausesAnswer(TypedDict):
    causes: list[CauseAnswer]


class ChangedTermAnswer(TypedDict):
    term: str
    before: str | None
    after: str | None


Channel: TypeAlias = Literal["HAND", "POST", "EMAIL"]


class ClaimAccepted(TypedDict):
    claim: str
    on: str
    reference: str


class ClaimAcceptedMessage(TypedDict):
    specversion: NotRequired[Literal["1.0"]]
    id: str
    source: NotRequired[str | None]
    time: NotRequired[str | None]
    datacontenttype: NotRequired[Literal["application/json"]]
    type: Literal["fr.psc.partner.claim.accepted.v1"]
    data: ClaimAccepted


class ClaimRefused(TypedDict):
    claim: str
    on: str
    reference: str
    reason: NotRequired[str | None]


class ClaimRefusedMessage(TypedDict):
    specversion: NotRequired[Literal["1.0"]]
    id: str
    source: NotRequired[str | None]
    time: NotRequired[str | None]
    datacontenttype: NotRequired[Literal["application/json"]]
    type: Literal["fr.psc.partner.claim.refused.v1"]
    data: ClaimRefused


ClaimsAnnuityFormula: TypeAlias = Literal["PRORATED_I_OVER_50", "FULL_TARGET", "COMPLEMENT_CAPPED_50", "NONE"]


class ClaimsCancellationRequest(TypedDict):
    employer: str
    agent: str
    leave: str
    reason: str


class ClaimsChangeAnswer(TypedDict):
    type: str
    data: dict[str, Any]


class ClaimsRunAnswer(TypedDict):
    id: str
    cause: Cause
    reference: str
    agents: int
    waiting: int
    failed: int
    asked_at: str
    finished_at: str | None


class ClientAnswer(TypedDict):
    id: str
    name: str
    scopes: list[str]
    employers: list[str] | None
    insurer: str | None
    department: str | None
    active: bool
    key_ids: list[str]
    previous_secret_until: str | None
    recorded_at: str | None
    version: int


Employer: TypeAlias = str


class ClientRequest(TypedDict):
    employers: NotRequired[list[Employer]]
    all_employers: NotRequired[bool]
    insurer: NotRequired[str | None]
    department: NotRequired[str | None]
    id: str
    name: str
    scopes: list[str]
    keys: NotRequired[list[dict[str, Any]]]


class CloseRequest(TypedDict):
    cut_off: NotRequired[str | None]


class ClosingAnswer(TypedDict):
    id: str
    siret: str
    month: str
    closed: bool
    cut_off: str | None
    reason: str | None
    recorded_at: str
    recorded_by: str


class CodesAnswer(TypedDict):
    option: str | None
    populations: dict[Regime, str]


class CodesBody(TypedDict):
    option: NotRequired[str | None]
    populations: NotRequired[dict[Regime, str]]


class ComparedTermAnswer(TypedDict):
    term: str
    before: str | None
    after: str | None
    before_source: str | None
    after_source: str | None


class ConsumerAnswer(TypedDict):
    consumer: str
    producer: str
    epoch: str | None
    position: int | None
    applied_at: str | None
    parked: int
    parked_since: str | None
    early: int


ContractKind: TypeAlias = Literal["CDI", "CDD"]


class ContributionsCancellationRequest(TypedDict):
    reason: str


class ContributionsImportAnswer(TypedDict):
    id: str
    kind: str
    state: str
    dry_run: bool
    lines: int
    accepted: int
    rejected: int
    error: str | None
    recorded_at: str
    finished_at: str | None


class ContributionsItemAnswer(TypedDict):
    index: int
    status: int
    version: NotRequired[int | None]
    problem: NotRequired[dict[str, Any] | None]


class ContributionsPaymentAnswer(TypedDict):
    employer: str
    agreement: str
    insurer: str | None
    id: str
    received_on: str
    amount: str
    reference: str
    allocations: list[AllocationAnswer]
    unallocated: str
    cancelled: str | None
    recorded_at: str
    recorded_by: str


class ContributionsPaymentRequest(TypedDict):
    allocations: NotRequired[list[AllocationRequest] | None]
    employer: str
    agreement: str
    insurer: NotRequired[str | None]
    received_on: str
    amount: str
    reference: str


ConventionDocument = TypedDict(
    "ConventionDocument",
    {
        "from": str,
        "to": NotRequired[str | None],
        "id": NotRequired[str | None],
        "insurer": str,
        "manager": NotRequired[str | None],
        "lot": NotRequired[int | None],
        "ended": NotRequired[str | None],
        "assumption": NotRequired[bool],
    },
)


ConventionState: TypeAlias = Literal["FUTURE", "RUNNING", "ENDED"]


class CreditorRequest(TypedDict):
    name: str
    iban: str
    bic: NotRequired[str | None]
    agreement: str
    insurer: str


Dated = TypedDict(
    "Dated",
    {
        "from": str,
        "to": NotRequired[str | None],
    },
)


class DaysAnswer(TypedDict):
    start: str
    end: str | None


class DaysPaidRequest(TypedDict):
    kind: AllowanceKind
    stop_start: str
    start: str
    end: str
    daily: str
    waiting_waived: NotRequired[bool]
    long_illness: NotRequired[bool]
    checked: NotRequired[bool]


class DaysRequest(TypedDict):
    agreement: str
    before: str
    after: str
    month: str


class DeathDocument(TypedDict):
    share_of_annual_base: str
    advance_on_iad: str
    source: str


DeathKind: TypeAlias = Literal["DEATH", "IAD"]


class DeathStated(TypedDict):
    employer: str
    date: str
    kind: str
    source: Literal["EMPLOYER", "OTHER_EMPLOYER", "DENIED"]
    recorded_at: str
    recorded_by: str | None


class DecidedAnswer(TypedDict):
    employer: str
    agreement: str
    agents: int
    income: str
    capitals: str
    annuities: str


class DecisionAnswer(TypedDict):
    id: str
    kind: str
    subject: str
    agent: str | None
    employer: str | None
    recorded_at: str
    digest: str
    inputs: dict[str, Any]
    rules: list[dict[str, Any]]
    result: dict[str, Any]


class DeclarationAnswer(TypedDict):
    id: str
    siret: str
    month: str | None
    norm: str | None
    known_norm: bool
    nature: str | None
    type: str | None
    import_job: str
    lines: int
    mapped: int
    individuals: int
    truncated: bool
    recorded_at: str
    recorded_by: str
    reconciled_at: str | None
    fraction: str | None
    replaced_by: str | None
    reconciliation: str | None


class DeclarationSummary(TypedDict):
    id: str
    siret: str
    month: str | None
    norm: str | None
    known_norm: bool
    nature: str | None
    type: str | None
    import_job: str
    lines: int
    mapped: int
    individuals: int
    truncated: bool
    recorded_at: str
    recorded_by: str
    reconciled_at: str | None
    fraction: str | None
    replaced_by: str | None
    reconciliation: str | None
    differences: dict[str, int]


DelegationAnswer = TypedDict(
    "DelegationAnswer",
    {
        "id": str,
        "employer": str,
        "client": str | None,
        "department": str | None,
        "scopes": list[str],
        "from": str,
        "to": str,
        "state": str,
        "given_by": str,
        "given_at": str,
        "revoked_by": str | None,
        "revoked_at": str | None,
    },
)


DelegationRequest = TypedDict(
    "DelegationRequest",
    {
        "employer": str,
        "client": NotRequired[str | None],
        "department": NotRequired[str | None],
        "scopes": list[str],
        "from": str,
        "to": str,
    },
)


class DeliveryBody(TypedDict):
    agent: str
    employer: str
    on: str
    channel: Channel
    proof: str


class DepartureAnswer(TypedDict):
    id: str
    employer: str
    date: str
    reason: str


DepartureReason: TypeAlias = Literal["RETIREMENT", "RESIGNATION", "END_OF_CONTRACT", "TRANSFER", "DISMISSAL", "OTHER"]


class DepartureRequest(TypedDict):
    employer: NotRequired[str | None]
    date: str
    reason: DepartureReason


class DispenseAnswer(TypedDict):
    id: str
    employer: str
    requested_on: str
    individual_cover: bool
    proofs: list[str]
    to: str | None


class DispenseBody(TypedDict):
    employer: NotRequired[str | None]
    requested_on: str
    individual_cover: bool
    proofs: NotRequired[list[str]]


class DispenseChange(TypedDict):
    to: NotRequired[str | None]
    without_proof: NotRequired[str | None]
    cancelled: NotRequired[Literal[True] | None]


class DocumentAnswer(TypedDict):
    document: str
    reference: str
    received_on: str


class DocumentRequest(TypedDict):
    document: str
    reference: str
    received_on: str


Doubt: TypeAlias = Literal["ABOVE_CAP", "IN_WAITING_DAYS", "BEYOND_DURATION", "ABOVE_EXPECTED"]


Due: TypeAlias = Literal["LEGAL_AGE", "ANNUITY_START"]


EffectKind: TypeAlias = Literal[
    "TERM_CHANGES",
    "AGREEMENT_SUSPENDED",
    "AGREEMENT_RESUMED",
    "AGREEMENT_DENOUNCED",
    "AGREEMENT_LAPSES",
    "CONVENTION_ENDS",
    "CONTRACT_ENDS",
    "ADHESION_ENDS",
    "ANNUITIES_REVALUED",
    "DEATH_COVER_KEPT",
]


class ElementsRequest(TypedDict):
    tib: str
    nbi: NotRequired[str]
    ri: NotRequired[str]
    sft: NotRequired[str]
    ir: NotRequired[str]
    tpp: NotRequired[str | None]


class EligibilityDeathRequest(TypedDict):
    date: str
    kind: DeathKind


class EligibilityEntryAnswer(TypedDict):
    id: str
    kind: str
    start: str
    end: str | None
    paid: bool
    waiting_days: int | None
    seniority_days: int | None
    quotity: NotRequired[str | None]
    sent_on: NotRequired[str | None]
    recorded_at: NotRequired[str | None]


class EligibilityEntryRequest(TypedDict):
    start: str
    end: NotRequired[str | None]
    paid: NotRequired[bool | None]
    seniority_days: NotRequired[int | None]
    quotity: NotRequired[str | None]
    sent_on: NotRequired[str | None]


class EligibilityImportAnswer(TypedDict):
    id: str
    kind: str
    state: str
    dry_run: bool
    lines: int
    accepted: int
    rejected: int
    error: str | None
    recorded_at: str
    finished_at: str | None


class EmployedAnswer(TypedDict):
    employer: str
    agents: int


EmployerDocument = TypedDict(
    "EmployerDocument",
    {
        "from": str,
        "to": NotRequired[str | None],
        "siret": str,
        "name": str,
        "kind": NotRequired[str | None],
        "assumption": NotRequired[bool],
    },
)


EmploymentKind: TypeAlias = Literal[
    "TITULAIRE", "STAGIAIRE", "CONTRACTUEL_PUBLIC", "PRIVATE_LAW", "APPRENTI", "COLLABORATEUR_CABINET", "VACATAIRE"
]


class EmploymentRequest(TypedDict):
    contract_number: NotRequired[str]
    kind: EmploymentKind
    contract: NotRequired[ContractKind | None]
    start: str
    end: NotRequired[str | None]
    weekly_hours: str
    category: NotRequired[Category | None]
    art_teaching: NotRequired[ArtTeaching | None]
    service_start: NotRequired[str | None]
    titular: NotRequired[bool | None]


EntryKind: TypeAlias = Literal["VERSION", "STEP"]


class ErasureRequest(TypedDict):
    preview: str
    reason: str
    override: NotRequired[bool]


class EventAcknowledged(TypedDict):
    cursor: str


class EventAcknowledgedMessage(TypedDict):
    specversion: NotRequired[Literal["1.0"]]
    id: str
    source: NotRequired[str | None]
    time: NotRequired[str | None]
    datacontenttype: NotRequired[Literal["application/json"]]
    type: Literal["fr.psc.partner.event.acknowledged.v1"]
    data: EventAcknowledged


class EventReplayAnswer(TypedDict):
    applied: int
    waiting: int


class EventReplayRequest(TypedDict):
    consumer: str
    topic: NotRequired[str | None]
    key: NotRequired[str | None]


class ExcessAnswer(TypedDict):
    month: str
    paid: str
    decided: str
    amount: str


class ExchangesAnswer(TypedDict):
    component: str
    transport: Literal["feed", "kafka"]
    epoch: str
    position: int
    unsequenced: int
    consumers: list[ConsumerAnswer]


class ExtensionRequest(TypedDict):
    start: str
    end: NotRequired[str | None]
    paid: NotRequired[bool | None]
    seniority_days: NotRequired[int | None]
    quotity: NotRequired[str | None]
    sent_on: NotRequired[str | None]


class FailureAnswer(TypedDict):
    at: str
    status: int
    operation: str


FigureKind: TypeAlias = Literal["BENEFIT", "RI_FULL_PAY", "ANNUITY", "DEATH", "RETIREMENT_LOSS"]


FindingAnswer = TypedDict(
    "FindingAnswer",
    {
        "severity": str,
        "code": str,
        "pointer": str,
        "reference": str,
        "detail": str,
        "from": str | None,
    },
)


class FlatDocument(TypedDict):
    flat: str
    due: Due
    source: str
    prorated: NotRequired[bool | None]


Force: TypeAlias = Literal["NOT_PUBLISHED", "FUTURE", "IN_FORCE", "SUSPENDED", "ENDED"]


class ForecastAnswer(TypedDict):
    amount: str
    regularised: str
    lines: int
    agents: int
    held: int
    unknown: int
    parked: int
    refused: str | None
    recorded_at: str


Format: TypeAlias = Literal["json", "csv", "xlsx", "pdf"]


Guarantee: TypeAlias = Literal["BASE", "DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY"]


class GuaranteeAnswer(TypedDict):
    code: str
    mandatory: bool
    populations: list[str]
    unresolved: bool
    rate: str
    employer_share: str
    rates_guaranteed: bool
    source: str


class GuaranteeCostAnswer(TypedDict):
    amount: str
    employer: str
    agent: str
    guarantee: Guarantee
    agents: int
    base: str


class HeldAnswer(TypedDict):
    agent: str
    month: str
    reason: str


HeldOptionAnswer = TypedDict(
    "HeldOptionAnswer",
    {
        "id": str,
        "employer": str,
        "guarantee": str,
        "from": str,
        "to": str | None,
        "recorded_at": NotRequired[str | None],
        "open": list[DaysAnswer] | None,
    },
)


class HireRequest(TypedDict):
    employer: str
    matricule: str
    nir: str
    last_name: str
    first_name: str
    birth_date: str
    prior_collective_cover: NotRequired[bool]
    employment: EmploymentRequest


class HoldAnswer(TypedDict):
    what: str
    why: str
    until: str | None
    rule: str | None
    reference: str | None
    confidence: str | None


class HoldingAnswer(TypedDict):
    what: str
    count: int
    erased: bool
    why: str


class HourAnswer(TypedDict):
    calls: int
    refused: int
    failed: int
    hour: str


class IdentityAnswer(TypedDict):
    employer: str
    last_name: str
    first_name: str
    birth_date: str
    since: str


class IdentityRequest(TypedDict):
    nir: NotRequired[str | None]
    last_name: NotRequired[str | None]
    first_name: NotRequired[str | None]
    birth_date: NotRequired[str | None]


class InstalmentAnswer(TypedDict):
    due: str
    amount: str


class InsuredAnswer(TypedDict):
    agent: str
    employer: str
    agreement: str
    outcome: str
    start: str
    end: str | None
    last_name: str
    first_name: str
    birth_date: str


class InsurerDecisionRequest(TypedDict):
    outcome: Literal["ACCEPTED", "REFUSED"]
    on: str
    reference: str
    reason: NotRequired[str | None]


InsurerDecisionWarning: TypeAlias = Literal["otherwise_same_day"]


class IntegrationAnswer(TypedDict):
    id: str
    name: str
    kind: Literal["HRIS", "INSURER", "CENTRE", "PLATFORM"]
    insurer: str | None
    department: str | None
    employers: int | None
    called_at: str | None
    recent: CallsAnswer
    last_failure: FailureAnswer | None
    behind: int | None
    waiting_since: str | None
    webhooks: int
    failing: int
    disabled: int
    attention: list[Literal["WEBHOOK_DISABLED", "WEBHOOK_FAILING", "FAILED", "REFUSED"]]


class IntegrationDetail(TypedDict):
    id: str
    name: str
    kind: Literal["HRIS", "INSURER", "CENTRE", "PLATFORM"]
    insurer: str | None
    department: str | None
    employers: int | None
    called_at: str | None
    recent: CallsAnswer
    last_failure: FailureAnswer | None
    behind: int | None
    waiting_since: str | None
    webhooks: int
    failing: int
    disabled: int
    attention: list[Literal["WEBHOOK_DISABLED", "WEBHOOK_FAILING", "FAILED", "REFUSED"]]
    hours: list[HourAnswer]


class InterruptionRequest(TypedDict):
    start: str
    end: str


InvalidityAnswer = TypedDict(
    "InvalidityAnswer",
    {
        "id": str,
        "employer": str,
        "from": str,
        "to": str | None,
        "cnracl_rate": str | None,
        "ss_category": str | None,
        "atmp_rate": str | None,
        "pension_net": str,
        "recorded_at": NotRequired[str | None],
    },
)


InvalidityChange = TypedDict(
    "InvalidityChange",
    {
        "from": NotRequired[str | None],
        "cnracl_rate": NotRequired[str | None],
        "ss_category": NotRequired[Literal["1", "2", "3"] | None],
        "atmp_rate": NotRequired[str | None],
        "pension_net": NotRequired[str | None],
        "withdrawn": NotRequired[Literal[True] | None],
    },
)


InvalidityRequest = TypedDict(
    "InvalidityRequest",
    {
        "employer": NotRequired[str | None],
        "from": str,
        "cnracl_rate": NotRequired[str | None],
        "ss_category": NotRequired[Literal["1", "2", "3"] | None],
        "atmp_rate": NotRequired[str | None],
        "pension_net": str,
    },
)


class InvitationAnswer(TypedDict):
    login: str
    code: str
    version: int


class IssuedAnswer(TypedDict):
    employer: str
    agreement: str
    insurer: str | None
    statements: int
    amount: str
    employer_share: str
    agent_share: str
    paid: str


class KeyRequest(TypedDict):
    keep_hours: NotRequired[int]


class KindAnswer(TypedDict):
    kind: Literal["HRIS", "INSURER", "CENTRE", "PLATFORM"]
    clients: int
    attention: int


class LateAnswer(TypedDict):
    agreement: str
    missed: list[int]


LateRecovery: TypeAlias = Literal["employer_clock_over", "insurer_clock_over"]


class LeaveAnswer(TypedDict):
    id: str
    employer: str
    kind: str
    start: str
    end: str | None
    entries: list[EligibilityEntryAnswer]


LeaveKind: TypeAlias = Literal["CMO", "CLM", "CLD", "CGM", "CITIS", "AT_MP", "TPT", "DO", "MATERNITY"]


class LeaveRequest(TypedDict):
    employer: NotRequired[str | None]
    kind: LeaveKind
    start: str
    end: NotRequired[str | None]
    paid: NotRequired[bool | None]
    waiting_days: NotRequired[int | None]
    seniority_days: NotRequired[int | None]
    quotity: NotRequired[str | None]
    sent_on: NotRequired[str | None]


Leg: TypeAlias = Literal["FULL", "HALF", "NONE", "WAITING"]


LegalCode: TypeAlias = Literal["ASSURANCES", "MUTUALITE", "SECURITE_SOCIALE"]


LineCode: TypeAlias = Literal[
    "TPP",
    "CNRACL_TIB",
    "CNRACL_NBI",
    "RAFP",
    "VIEILLESSE_PLAFONNEE",
    "VIEILLESSE_DEPLAFONNEE",
    "IRCANTEC_A",
    "IRCANTEC_B",
    "CSG_DEDUCTIBLE",
    "CSG_NON_DEDUCTIBLE",
    "CRDS",
]


ListFormat: TypeAlias = Literal["csv", "xlsx"]


class LotAnswer(TypedDict):
    statements: int
    guarantees: dict[str, AmountsAnswer]
    amount: str
    employer: str
    agent: str
    collected: str
    left: str
    agreement: str
    employers: int


class LotDocument(TypedDict):
    number: int
    holder: NotRequired[str | None]
    population: NotRequired[str | None]


class MailBody(TypedDict):
    agent: str
    employer: str
    address: str


MailOutcome: TypeAlias = Literal["QUEUED", "ALREADY", "NOBODY_WAITS"]


MailState: TypeAlias = Literal["QUEUED", "SENT", "CONFIRMED", "BOUNCED", "FAILED"]


class MailsBody(TypedDict):
    mails: list[MailBody]


MaintenanceAnswer = TypedDict(
    "MaintenanceAnswer",
    {
        "kind": LeaveKind,
        "from": str,
        "full": str,
        "half": str,
        "deliberation": str | None,
        "recorded_at": str,
    },
)


MaintenanceMaintenanceRequest = TypedDict(
    "MaintenanceMaintenanceRequest",
    {
        "kind": LeaveKind,
        "from": str,
        "full": str,
        "half": str,
        "deliberation": NotRequired[str | None],
    },
)


MapInsurer = TypedDict(
    "MapInsurer",
    {
        "code": str,
        "name": str,
        "from": str,
        "to": str | None,
        "convention": str | None,
        "assumption": bool,
    },
)


MapOverride = TypedDict(
    "MapOverride",
    {
        "from": str,
        "to": str | None,
        "terms": list[str],
        "source": str,
    },
)


MapParty = TypedDict(
    "MapParty",
    {
        "employer": str,
        "name": str,
        "from": str,
        "to": str | None,
        "state": ConventionState,
        "assumption": bool,
        "overrides": list[MapOverride],
    },
)


class MatriculeAnswer(TypedDict):
    employer: str
    matricule: str
    prior_collective_cover: bool


class MeetingAnswer(TypedDict):
    held_on: str
    attendees: list[str]
    decisions: list[str]
    sent_on: str | None


Attendee: TypeAlias = str


Decision: TypeAlias = str


class MeetingBody(TypedDict):
    held_on: str
    attendees: list[Attendee]
    decisions: list[Decision]
    sent_on: NotRequired[str | None]


class MonthAnswer(TypedDict):
    month: str
    target_net: str
    statutory_net: str
    social_security: str
    benefit: str
    ri_full_pay: str
    decree_floor: str
    alerts: list[Alert]


class MonthsPaidRequest(TypedDict):
    start: str
    end: str
    group: Literal[1, 2, 3]
    monthly: str


MovementKind: TypeAlias = Literal["COMPENSATED", "RECOVERED", "WAIVED"]


Net: TypeAlias = Literal["BEFORE_CONTRIBUTION", "AFTER_CONTRIBUTION"]


class NetPayPayRequest(TypedDict):
    tib: str
    nbi: NotRequired[str]
    ri: NotRequired[str]
    sft: NotRequired[str]
    ir: NotRequired[str]
    tpp: NotRequired[str | None]


class NoticeAnswer(TypedDict):
    version: int
    insurer: str
    issued_on: str
    reference: str
    digest: str


class NoticeBody(TypedDict):
    insurer: str
    issued_on: str
    reference: str
    digest: str


class NoticesAnswer(TypedDict):
    versions: list[NoticeAnswer]
    expected: int | None
    expected_since: str | None


class NotificationAnswer(TypedDict):
    start: str
    end: str
    group: int
    monthly: str
    recorded_at: str
    doubts: list[Doubt] | None


class NotificationRequest(TypedDict):
    start: str
    end: str
    group: Literal[1, 2, 3]
    monthly: str
    employer: str
    agent: str


class NotificationsAnswer(TypedDict):
    temporary_invalidities: list[NotificationAnswer]


class OpeningAnswer(TypedDict):
    agent: str
    employer: str
    as_of: str


class OpeningDispense(TypedDict):
    employer: NotRequired[None]
    requested_on: str
    individual_cover: bool
    proofs: NotRequired[list[str]]


class OpeningLeaveRequest(TypedDict):
    kind: LeaveKind
    waiting_days: NotRequired[int | None]
    entries: list[EligibilityEntryRequest]
    cause: NotRequired[str | None]


OpeningOption = TypedDict(
    "OpeningOption",
    {
        "guarantee": Literal["DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY"],
        "from": str,
    },
)


class OpeningRequest(TypedDict):
    employer: NotRequired[str | None]
    as_of: str
    leaves: NotRequired[list[OpeningLeaveRequest]]
    options: NotRequired[list[OpeningOption]]
    dispense: NotRequired[OpeningDispense | None]


OptionAnswer = TypedDict(
    "OptionAnswer",
    {
        "id": str,
        "employer": str,
        "guarantee": str,
        "from": str,
        "to": str | None,
        "recorded_at": NotRequired[str | None],
    },
)


class OptionEnd(TypedDict):
    to: str


class OptionHeld(TypedDict):
    guarantee: Guarantee
    start: str
    end: str | None


OptionRequest = TypedDict(
    "OptionRequest",
    {
        "employer": NotRequired[str | None],
        "guarantee": Literal["DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY"],
        "from": str,
    },
)


class OrderRequest(TypedDict):
    employer: str
    execution_date: str
    debtor: AccountRequest
    creditors: list[CreditorRequest]


OrganisationChange = TypedDict(
    "OrganisationChange",
    {
        "from": str,
        "reason": str,
        "name": NotRequired[str | None],
        "departement": NotRequired[str | None],
        "coordinating": NotRequired[bool | None],
        "legal_code": NotRequired[LegalCode | None],
        "affiliated": NotRequired[bool | None],
        "headcount": NotRequired[int | None],
    },
)


OrganisationKind: TypeAlias = Literal[
    "CDG",
    "COMMUNE",
    "EPCI",
    "CCAS",
    "CIAS",
    "DEPARTEMENT",
    "REGION",
    "SDIS",
    "SYNDICAT_MIXTE",
    "OTHER_EMPLOYER",
    "UNION",
    "INSURER",
    "MANAGER",
]


OverpaymentKind: TypeAlias = Literal["BENEFIT", "ANNUITY", "CAPITAL"]


OverrideReason: TypeAlias = Literal[
    "PART_REFUSED", "INSURER_DECISION", "COURT_DECISION", "FACTS_NOT_RECORDED", "TERMS_READ_OTHERWISE"
]


class OverrideRequest(TypedDict):
    guarantee: NotRequired[Literal["BASE", "RI_FULL_PAY"]]
    amount: NotRequired[str | None]
    reason: OverrideReason
    note: str


class OverviewTotals(TypedDict):
    employers: int
    attention: int
    closed: int
    forecasts: int
    statements: int
    previous: str
    issued: str
    forecast: str
    difference: str
    parked: int


class PageAgentRow(TypedDict):
    items: list[AgentRow]
    next: NotRequired[str | None]


class PageAgreementRow(TypedDict):
    items: list[AgreementRow]
    next: NotRequired[str | None]


class PageBenefitAnswer(TypedDict):
    items: list[BenefitAnswer]
    next: NotRequired[str | None]


class PageClientAnswer(TypedDict):
    items: list[ClientAnswer]
    next: NotRequired[str | None]


class PageClosingAnswer(TypedDict):
    items: list[ClosingAnswer]
    next: NotRequired[str | None]


class PageCoveredAnswer(TypedDict):
    items: list[AffiliationsCoveredAnswer]
    next: NotRequired[str | None]


class PageDeclarationAnswer(TypedDict):
    items: list[DeclarationAnswer]
    next: NotRequired[str | None]


class PageDelegationAnswer(TypedDict):
    items: list[DelegationAnswer]
    next: NotRequired[str | None]


class PageInsuredAnswer(TypedDict):
    items: list[InsuredAnswer]
    next: NotRequired[str | None]


class PageLotAnswer(TypedDict):
    items: list[LotAnswer]
    next: NotRequired[str | None]


class PagePaymentAnswer(TypedDict):
    items: list[ContributionsPaymentAnswer]
    next: NotRequired[str | None]


ParameterAnswer = TypedDict(
    "ParameterAnswer",
    {
        "id": str,
        "value": str,
        "from": str,
        "reference": str,
    },
)


class ParametersAnswer(TypedDict):
    agreement: str
    insurer: str
    start: str
    end: str | None
    reference: str
    organisation: str
    delegate: str | None
    staff: str | None
    guarantees: dict[Guarantee, CodesAnswer]
    assumption: bool
    source: str


class ParametersBody(TypedDict):
    to: NotRequired[str | None]
    reference: str
    organisation: str
    delegate: NotRequired[str | None]
    staff: NotRequired[str | None]
    guarantees: dict[Guarantee, CodesBody]
    assumption: NotRequired[bool]
    source: str


class ParkedAnswer(TypedDict):
    id: str
    siret: str
    agent_id: str | None
    bound: Bound
    month: str
    change: str
    limit: str
    state: str
    recorded_at: str
    settled_at: str | None
    settled_by: str | None
    reason: str | None


class ParkedEventAnswer(TypedDict):
    consumer: str
    producer: str
    topic: str
    key: str
    version: int
    type: str
    event: str
    reason: str
    error: str | None
    attempts: int
    parked_at: str


class PartTimeRequest(TypedDict):
    start: str
    end: NotRequired[str | None]
    quotity: str


PartyRow = TypedDict(
    "PartyRow",
    {
        "employer": str,
        "name": str,
        "from": str,
        "to": str | None,
        "state": ConventionState,
        "assumption": bool,
        "overrides": list[MapOverride],
        "agreement": str,
        "force": Force,
        "scheme": str | None,
        "lots": list[int],
        "insurers": list[str],
        "locks": list[str],
    },
)


class PassageAnswer(TypedDict):
    leave: str
    on: str


PathologyGroup: TypeAlias = Literal["TUBERCULOSIS", "MENTAL_ILLNESS", "CANCER", "POLIOMYELITIS", "IMMUNE_DEFICIENCY"]


PayElement: TypeAlias = Literal["TIB", "NBI", "RI", "SFT", "IR", "OTHER", "ALL"]


Payee: TypeAlias = Literal["AGENT", "EMPLOYER"]


PaymentWarning: TypeAlias = Literal["above_decided", "nothing_decided"]


PensionDoubt: TypeAlias = Literal[
    "PENSION_BELOW_FLOOR",
    "PENSION_ABOVE_PAY",
    "PENSION_ABOVE_CATEGORY",
    "PENSION_WITH_THIRD_PARTY",
    "PENSION_AFTER_LEGAL_AGE",
]


class PolicyAnswer(TypedDict):
    employer: str
    statements: list[MaintenanceAnswer]


PositionChange = TypedDict(
    "PositionChange",
    {
        "end": NotRequired[str | None],
        "paid": NotRequired[bool | None],
        "from": NotRequired[str | None],
        "cancelled": NotRequired[Literal[True] | None],
    },
)


class PositionEntry(TypedDict):
    start: str
    end: str | None
    paid: bool


class PositionRequest(TypedDict):
    employer: NotRequired[str | None]
    kind: Literal["DISPONIBILITE", "CONGE_PARENTAL", "DETACHEMENT", "CONGE_SANS_TRAITEMENT"]
    start: str
    end: NotRequired[str | None]
    paid: NotRequired[bool]


class PremiumReceived(TypedDict):
    employer: str
    agreement: str
    received_on: str
    amount: str
    reference: str


class PremiumReceivedMessage(TypedDict):
    specversion: NotRequired[Literal["1.0"]]
    id: str
    source: NotRequired[str | None]
    time: NotRequired[str | None]
    datacontenttype: NotRequired[Literal["application/json"]]
    type: Literal["fr.psc.partner.premium.received.v1"]
    data: PremiumReceived


class PreviewAnswer(TypedDict):
    held: str | None
    benefit_delta: str
    overpaid: str
    changes: list[ClaimsChangeAnswer]


PreviewsInvalidityRequest = TypedDict(
    "PreviewsInvalidityRequest",
    {
        "recognition": NotRequired[str | None],
        "from": str,
        "cnracl_rate": NotRequired[str | None],
        "ss_category": NotRequired[str | None],
        "atmp_rate": NotRequired[str | None],
        "pension_net": str,
    },
)


class PreviewsPayRequest(TypedDict):
    month: str
    tib: str
    nbi: str
    ri: str
    tpp: NotRequired[str | None]
    sft: NotRequired[str]
    ir: NotRequired[str]


class Error(TypedDict):
    pointer: str
    detail: str
    code: NotRequired[str]


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: NotRequired[str]
    code: str
    errors: NotRequired[list[Error]]
    trace_id: NotRequired[str]
    retry_in: NotRequired[float]


class ProofBody(TypedDict):
    date: str


Prorated: TypeAlias = Literal["ANNUITY", "TARGET"]


class PublicationRequest(TypedDict):
    published_on: NotRequired[str | None]


class PurgeAnswer(TypedDict):
    what: str
    rule: str
    reference: str
    confidence: str
    before: str
    count: int


class PurgesAnswer(TypedDict):
    items: list[PurgeAnswer]


Purpose: TypeAlias = Literal["DISPENSE", "PRIOR_COVER", "INVALIDITY", "DEATH", "OTHER"]


class RappelAnswer(TypedDict):
    month: str
    tib: str
    nbi: str
    ri: str
    gross: str | None


class RappelRequest(TypedDict):
    month: str
    tib: NotRequired[str]
    nbi: NotRequired[str]
    ri: NotRequired[str]
    gross: NotRequired[str | None]


RateDocument = TypedDict(
    "RateDocument",
    {
        "from": str,
        "to": NotRequired[str | None],
        "guaranteed_to": NotRequired[str | None],
        "rate": str,
        "employer_share": str,
        "source": str,
        "minimum_rate": NotRequired[str | None],
    },
)


Reason: TypeAlias = Literal[
    "NOT_COVERED",
    "NOT_HALF_PAY",
    "DOCUMENTS_MISSING",
    "OUT_OF_TIME",
    "EXCLUDED_RISK",
    "INSURER_REFUSED",
    "BACK_TO_WORK",
    "RIGHTS_ENDED",
    "RETIRED",
    "DECEASED",
    "NEW_FACTS",
    "APPEAL",
]


class ReasonAnswer(TypedDict):
    rule: str
    reference: str
    detail: str


class ReceivableAnswer(TypedDict):
    employer: str
    agreement: str
    insurer: str | None
    statement: str
    number: int
    month: str
    amount: str
    left: str
    due: str
    late: bool


class ReceivedAnswer(TypedDict):
    id: str
    insurer: str
    type: str
    via: Literal["rest", "topic"]
    outcome: Literal["DONE", "REFUSED"]
    code: str | None
    cursor: str | None
    received_at: str


class ReconciliationAnswer(TypedDict):
    id: str
    state: str
    agents: int
    compared: int
    error: str | None
    recorded_at: str
    finished_at: str | None


class RecoveryRequest(TypedDict):
    amount: str
    on: str
    note: NotRequired[str | None]


class RedecisionAnswer(TypedDict):
    employer: str
    agent: str
    changes: int
    held: str | None


class ReferenceAnswer(TypedDict):
    month: str
    pay: dict[str, Any]
    target: str
    version: int
    trace: dict[str, Any]


class ReferencePayAnswer(TypedDict):
    month: str
    tib: str
    nbi: str
    ri: str


class RefusedAnswer(TypedDict):
    siret: str
    code: str
    detail: str


class RefusedList(TypedDict):
    items: list[RefusedAnswer]


Regime: TypeAlias = Literal["CNRACL", "IRCANTEC_FONCTIONNAIRE", "CONTRACTUEL_PUBLIC", "PRIVATE_LAW"]


class RegionalAnswer(TypedDict):
    id: str
    month: str
    dry_run: bool
    state: str
    employers: int
    settled: int
    refused: int
    error: str | None
    recorded_at: str
    finished_at: str | None


class RegionalRequest(TypedDict):
    month: str
    dry_run: NotRequired[bool]


class ReleaseRequest(TypedDict):
    reason: str


class Remark(TypedDict):
    code: str
    pointer: str
    detail: str


class ReopenRequest(TypedDict):
    reason: str


class ReplacedRequest(TypedDict):
    start: str
    end: NotRequired[str | None]


class ReplacementAnswer(TypedDict):
    start: str
    end: str | None
    withdrawn: bool
    recorded_at: str


class ReplacementRequest(TypedDict):
    start: str
    end: NotRequired[str | None]
    employer: str
    agent: str
    withdrawn: NotRequired[bool]


class ReplacementsAnswer(TypedDict):
    replacements: list[ReplacementAnswer]


class ReplayRequest(TypedDict):
    after: NotRequired[str | None]


class ReportAnswer(TypedDict):
    mail: str
    state: MailState


class RestrictionRequest(TypedDict):
    restricted: bool
    asked_by: AskedBy
    reason: str


RevaluationAnswer = TypedDict(
    "RevaluationAnswer",
    {
        "agreement": str,
        "from": str,
        "rate": str,
    },
)


RevaluationRequest = TypedDict(
    "RevaluationRequest",
    {
        "agreement": str,
        "from": str,
        "rate": str,
    },
)


class RevaluationsAnswer(TypedDict):
    revaluations: list[RevaluationAnswer]


ReviewOutcome: TypeAlias = Literal["ACCEPTED", "RETURNED"]


class RevisionDocument(TypedDict):
    max_increase: str
    source: str


class RiDocument(TypedDict):
    target: str
    elements: list[PayElement]
    leaves: list[LeaveKind]
    source: str
    deducts_maintained: NotRequired[bool | None]
    subordinate: NotRequired[bool | None]


class RoleAnswer(TypedDict):
    role: str
    scopes: list[str]


class RolesAnswer(TypedDict):
    items: list[RoleAnswer]


class RotationRequest(TypedDict):
    keep_hours: NotRequired[int]
    keys: NotRequired[list[dict[str, Any]]]


class RubricAnswer(TypedDict):
    rubric: str
    value: str | None


class RunRequest(TypedDict):
    employer: str
    month: str
    dry_run: NotRequired[bool]


class RunStatementAnswer(TypedDict):
    id: str | None
    number: int | None
    agreement: str
    insurer: str | None
    lines: int
    regularisations: int
    guarantees: dict[str, AmountsAnswer]
    total: AmountsAnswer


class RunsAnswer(TypedDict):
    runs: list[ClaimsRunAnswer]


class SaidAnswer(TypedDict):
    restricted: bool
    asked_by: AskedBy
    reason: str
    recorded_at: str
    recorded_by: str


class ScheduleRequest(TypedDict):
    instalments: int
    first_due: str


Centre: TypeAlias = str


Union: TypeAlias = str


Level: TypeAlias = str


class SchemeEntry(TypedDict):
    version: int
    recorded_at: str
    recorded_by: str
    reason: str | None
    changes: list[ChangedTermAnswer]


class SchemeRow(TypedDict):
    scheme: str
    title: str
    version: int


class SecretAnswer(TypedDict):
    id: str
    secret: str | None
    version: int


class SendingBody(TypedDict):
    on: str


class SessionAnswer(TypedDict):
    id: str
    login: str
    opened_at: str
    seen_at: str
    ends_at: str
    complete: bool


class SettledStatementAnswer(TypedDict):
    statement: str
    siret: str
    agreement: str
    number: int
    month: str
    amount: str
    employer: str
    agent: str
    collected: str
    left: str


class SettlementAnswer(TypedDict):
    statements: int
    guarantees: dict[str, AmountsAnswer]
    amount: str
    employer: str
    agent: str
    collected: str
    left: str
    id: str
    insurer: str
    number: int
    month: str
    reconciled: bool
    recorded_at: str


class SettlementRequest(TypedDict):
    insurer: str
    month: str


class SharesAnswer(TypedDict):
    amount: str
    employer: str
    agent: str


Side: TypeAlias = Literal["EMPLOYER", "UNION"]


class SideAnswer(TypedDict):
    as_of: str
    version: int | None
    force: Force | None


class SignatoryDocument(TypedDict):
    side: Side
    party: str
    name: str
    capacity: NotRequired[str | None]
    deliberation: NotRequired[str | None]
    mandate: NotRequired[str | None]


class SignatureDocument(TypedDict):
    signed_on: NotRequired[str | None]
    uncertain: NotRequired[bool]
    originals: NotRequired[int | None]
    publicity: NotRequired[str | None]
    source: NotRequired[str | None]


class SigningKeyAnswer(TypedDict):
    kid: str
    signs_from: str


class SimulationsLineAnswer(TypedDict):
    guarantee: Guarantee
    base: str
    rate: str
    amount: str
    employer: str
    agent: str
    unresolved: bool


Social: TypeAlias = Literal["EXCLUDED", "EXCLUDED_UP_TO_CEILING", "DUE", "DEDUCTIBLE", "TO_CONFIRM", "NOT_APPLICABLE"]


class SocialSecurityAllowanceRequest(TypedDict):
    kind: AllowanceKind
    stop_start: str
    start: str
    end: str
    daily: str
    waiting_waived: NotRequired[bool]
    long_illness: NotRequired[bool]
    checked: NotRequired[bool]
    employer: str
    agent: str


class SpanRequest(TypedDict):
    start: str
    end: NotRequired[str | None]


class SpellAnswer(TypedDict):
    start: str
    end: str | None
    kind: str
    contract: str | None
    weekly_hours: str
    category: str | None
    art_teaching: str | None


Stage: TypeAlias = Literal["DETECTED", "DECLARED", "UNDER_REVIEW", "PROPOSED", "APPROVED", "REFUSED", "CLOSED"]


class StandingAnswer(TypedDict):
    siret: str
    statements: int
    previous: str
    issued: str
    forecast: ForecastAnswer | None
    difference: str | None
    parked: int
    closed: bool
    attention: list[Literal["PARKED", "REFUSED", "HELD", "UNKNOWN_AGENTS", "UNUSUAL"]]


Start: TypeAlias = Literal["HALF_PAY", "FIRST_DAY"]


class StatementAnswer(TypedDict):
    id: str
    number: int
    siret: str
    agreement: str
    insurer: str | None
    month: str
    run: str
    lines: int
    guarantees: dict[str, AmountsAnswer]
    amount: str
    employer: str
    agent: str
    issued_at: str


class StatementPaymentsPartAnswer(TypedDict):
    payment: str
    received_on: str
    reference: str
    amount: str


class StatementsLineAnswer(TypedDict):
    id: str
    siret: str
    agent_id: str
    month: str
    agreement: str
    insurer: str | None
    guarantee: Guarantee
    base: str
    rate: str
    amount: str
    employer: str
    agent: str
    regularisation: bool
    unresolved: bool
    statement: str


class StatesAnswer(TypedDict):
    states: dict[str, int]


class StatisticsCoveredAnswer(TypedDict):
    employer: str
    agreement: str
    agents: int


Status: TypeAlias = Literal["DRAFT", "SIGNED", "PUBLISHED", "SUSPENDED", "DENOUNCED", "LAPSED"]


class StatusRequest(TypedDict):
    regime: Regime
    service_start: NotRequired[str | None]
    titular: NotRequired[bool]
    interruptions: NotRequired[list[InterruptionRequest]]


Step: TypeAlias = Literal["DECLARE", "REVIEW", "PROPOSE", "APPROVE", "REFUSE", "CLOSE", "REOPEN"]


class StepRequest(TypedDict):
    step: Step
    reason: NotRequired[Reason | None]
    note: NotRequired[str | None]


class SumAnswer(TypedDict):
    agents: int
    cases: int
    amount: str


class SupposedAgent(TypedDict):
    birth_date: NotRequired[str | None]


class SupposedDispense(TypedDict):
    requested_on: str
    individual_cover: NotRequired[bool]
    proofs: NotRequired[list[str]]


class SupposedEmployment(TypedDict):
    kind: EmploymentKind
    contract: NotRequired[ContractKind | None]
    start: str
    end: NotRequired[str | None]
    weekly_hours: str


class SupposedPosition(TypedDict):
    kind: Literal[
        "CMO", "CLM", "CLD", "CGM", "CITIS", "AT_MP", "TPT", "DO", "MATERNITY", "DISPONIBILITE", "CONGE_PARENTAL"
    ]
    start: str
    end: NotRequired[str | None]
    paid: bool


SuspendedBase: TypeAlias = Literal["PAY_DUE", "REFERENCE"]


class SuspensionDocument(TypedDict):
    paid_keeps_cover: bool
    contribution_on: NotRequired[SuspendedBase]
    source: str


TakeoverAnswer = TypedDict(
    "TakeoverAnswer",
    {
        "employer": str,
        "agent": str,
        "leave": str,
        "agreement": str,
        "from": str,
        "former_insurer": str,
        "reference_pay": ReferencePayAnswer | None,
        "version": int,
        "cancelled": str | None,
        "recorded_at": str,
        "recorded_by": str,
    },
)


class TakeoversReferencePayRequest(TypedDict):
    month: str
    tib: str
    nbi: str
    ri: str


class TemporaryInvalidityRequest(TypedDict):
    start: str
    end: str
    group: Literal[1, 2, 3]
    monthly: NotRequired[str | None]


class TermsAnswer(TypedDict):
    agreement: str
    version: int
    status: Status
    as_of: str
    in_force: bool
    force: Force
    employers: list[str]
    insurer: str | None
    guarantees: list[GuaranteeAnswer]


class TermsRequest(TypedDict):
    agreement: str
    document: dict[str, Any]
    month: str


class TokenAnswer(TypedDict):
    access_token: str
    token_type: str
    expires_in: int
    scope: str


class TotalAnswer(TypedDict):
    amount: str
    employer: str
    agent: str


TppBase: TypeAlias = Literal["BEFORE", "AFTER"]


class TrailAnswer(TypedDict):
    items: list[AccessAnswer]
    next: int | None


class TreatmentAnswer(TypedDict):
    guarantee: Guarantee
    mandatory: bool
    social_contributions: Social
    rafp: Social
    csg_crds: Social
    forfait_social: Social
    income_tax: Social


Until: TypeAlias = Literal["LEGAL_AGE", "DEATH"]


class UserAnswer(TypedDict):
    login: str
    name: str
    organisation: str
    role: str | None
    scopes: list[str]
    employers: list[str] | None
    insurer: str | None
    department: str | None
    oidc_subject: str | None
    active: bool
    has_password: bool
    second_factor: bool
    locked_until: str | None
    invited_until: str | None
    recorded_at: str | None
    version: int


class UserChange(TypedDict):
    employers: NotRequired[list[Employer]]
    all_employers: NotRequired[bool]
    insurer: NotRequired[str | None]
    department: NotRequired[str | None]
    name: str
    organisation: str
    role: NotRequired[Literal["ADMINISTRATOR", "MANAGER", "EMPLOYER", "INSURER", "AUDITOR"] | None]
    scopes: NotRequired[list[str]]
    oidc_subject: NotRequired[str | None]
    active: NotRequired[bool]


class UserRequest(TypedDict):
    employers: NotRequired[list[Employer]]
    all_employers: NotRequired[bool]
    insurer: NotRequired[str | None]
    department: NotRequired[str | None]
    name: str
    organisation: str
    role: NotRequired[Literal["ADMINISTRATOR", "MANAGER", "EMPLOYER", "INSURER", "AUDITOR"] | None]
    scopes: NotRequired[list[str]]
    oidc_subject: NotRequired[str | None]
    active: NotRequired[bool]
    login: str


WaiverGround: TypeAlias = Literal["ACQUIRED_HALF_PAY", "PRESCRIBED", "HARDSHIP", "INSURER_DECISION", "SMALL_AMOUNT"]


class WaiverRequest(TypedDict):
    ground: WaiverGround
    on: str
    amount: NotRequired[str | None]
    note: NotRequired[str | None]


class WebhookAnswer(TypedDict):
    id: str
    client: str
    url: str
    types: list[str] | None
    public_key: str
    cursor: str
    behind: int
    waiting_since: str | None
    failures: int
    last_error: str | None
    attempted_at: str | None
    delivered_at: str | None
    next_attempt_at: str | None
    disabled_at: str | None


Type: TypeAlias = str


class WebhookRequest(TypedDict):
    url: str
    types: NotRequired[list[Type] | None]
    after: NotRequired[str | None]


What: TypeAlias = Literal[
    "UNKNOWN_PERSON",
    "OTHER_PERSON",
    "NOT_DECLARED",
    "REGIME",
    "NBI",
    "QUOTITY",
    "INDEX",
    "LEAVE",
    "SHARE_OF_PAY",
    "GROSS",
    "CTI",
    "CODES_UNKNOWN",
    "POPULATION",
    "AFFILIATION",
    "BASE",
    "RATE",
    "AMOUNT",
    "EMPLOYER_SHARE",
    "PAYMENT",
]


Agreement: TypeAlias = str


Why: TypeAlias = Literal[
    "blank",
    "unreadable",
    "encoding",
    "line_too_long",
    "unknown_rubric",
    "value",
    "identity",
    "part_too_long",
    "other_norm",
]


class WorkItemAnswer(TypedDict):
    kind: str
    reason: str
    employer: str
    agent: str | None
    reference: str
    due: str | None


class WorkItemsAnswer(TypedDict):
    items: list[WorkItemAnswer]
    next: NotRequired[str | None]
    counts: dict[str, int]


class YearAnswer(TypedDict):
    year: int
    least_group: int
    contributions: list[IssuedAnswer]
    benefits: list[DecidedAnswer]


class AbsenceAnswer(TypedDict):
    year: int
    employer: str | None
    least_group: int
    lengths: list[int]
    items: list[AbsenceRow]


class AffiliationRequest(TypedDict):
    agreement: str
    agent: NotRequired[SupposedAgent | None]
    employments: list[SupposedEmployment]
    positions: NotRequired[list[SupposedPosition]]
    prior_collective_cover: NotRequired[bool]
    dispense: NotRequired[SupposedDispense | None]
    options: NotRequired[list[Literal["DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY"]]]
    as_of: str


class AgentBlocksAnswer(TypedDict):
    agent_id: str
    matricule: str | None
    rubrics: list[RubricAnswer]
    unknown: list[str]


class AgreementAnswer(TypedDict):
    agreement: str
    version: int
    status: Status
    in_force: bool
    force: Force
    insured_until: str | None
    published_on: str | None
    document: dict[str, Any]
    warnings: list[FindingAnswer]


AgreementsEntryAnswer = TypedDict(
    "AgreementsEntryAnswer",
    {
        "recorded_at": str,
        "recorded_by": str,
        "reason": str | None,
        "kind": EntryKind,
        "version": NotRequired[int | None],
        "from": NotRequired[str | None],
        "status": NotRequired[Status | None],
        "on": NotRequired[str | None],
        "changes": NotRequired[list[ChangedTermAnswer]],
    },
)


class AllowanceAnswer(TypedDict):
    kind: AllowanceKind
    start: str
    end: str
    daily: str
    stop_start: str | None
    waiting_waived: bool
    long_illness: bool
    checked: bool
    recorded_at: str
    expected: str | None
    trace: dict[str, Any] | None
    doubts: list[Doubt] | None


class AllowancesAnswer(TypedDict):
    allowances: list[AllowanceAnswer]


class AnnuitiesAnnuityAnswer(TypedDict):
    id: str
    decision: str
    employer: str
    agent: str
    recognition: str
    claim: str | None
    version: int
    start: str
    full: str
    monthly: str
    formula: ClaimsAnnuityFormula
    decree_floor: str
    alerts: list[
        Literal[
            "LEGAL_FLOOR_SHORTFALL",
            "OVERRIDDEN",
            "OVERRIDE_TO_REVIEW",
            "OVERRIDE_ABOVE_TERMS",
            "PENSION_BELOW_FLOOR",
            "PENSION_ABOVE_PAY",
            "PENSION_ABOVE_CATEGORY",
            "PENSION_WITH_THIRD_PARTY",
            "PENSION_AFTER_LEGAL_AGE",
        ]
    ]
    end: str | None
    ended: bool
    steps: list[AnnuitiesStepAnswer]
    required: list[str]
    decided_at: str


class AnnuityDocument(TypedDict):
    formula: AgreementsAnnuityFormula
    full_rate_from: str
    atmp_from: str
    categories: list[Literal["1", "2", "3"]]
    prorated: NotRequired[Prorated | None]
    cap: NotRequired[str | None]
    until: NotRequired[Until | None]


class AwardOverrideAnswer(TypedDict):
    version: int
    amount: str | None
    computed: str
    reason: OverrideReason
    note: str
    proposed_by: str
    approved_by: str | None
    recorded_at: str


class AwardOverrideRequest(TypedDict):
    amount: NotRequired[str | None]
    reason: OverrideReason
    note: str


class AwardOverridesAnswer(TypedDict):
    award: str
    agent: str
    employer: str
    overrides: list[AwardOverrideAnswer]


class BaseDocument(TypedDict):
    populations: list[Regime]
    elements: list[PayElement]
    tpp: NotRequired[TppBase | None]
    source: str


BenefitsAnnuityAnswer = TypedDict(
    "BenefitsAnnuityAnswer",
    {
        "from": str,
        "full": str,
        "monthly": str,
        "formula": ClaimsAnnuityFormula,
        "decree_floor": str,
        "alerts": list[Alert],
        "doubts": NotRequired[list[PensionDoubt]],
    },
)


class BenefitsCapitalAnswer(TypedDict):
    guarantee: Guarantee
    amount: str
    due: str


class BenefitsMaintenanceRequest(TypedDict):
    kind: LeaveKind
    full: str
    half: str


class BenefitsPart(TypedDict):
    claims_opened: int
    income: SumAnswer
    ri_full_pay: SumAnswer
    annuities_begun: int
    annuities: SumAnswer
    capitals: dict[Guarantee, SumAnswer]


class CapitalsCapitalAnswer(TypedDict):
    id: str
    decision: str
    employer: str
    agent: str
    agreement: str
    guarantee: Guarantee
    version: int
    due: str
    amount: str
    amount_delta: str
    alerts: list[Alert]
    covered_on: str | None
    required: list[str]
    decided_at: str


class ClaimAnswer(TypedDict):
    id: str
    employer: str
    agent: str
    agreement: str
    leave: str
    opened_from: str
    status: str
    reason: str | None
    stage: Stage
    opened_at: str


class ClaimDetail(TypedDict):
    id: str
    employer: str
    agent: str
    agreement: str
    leave: str
    opened_from: str
    status: str
    reason: str | None
    stage: Stage
    opened_at: str
    reference: ReferenceAnswer | None


class ClaimFilesStepAnswer(TypedDict):
    step: Step
    stage: Stage
    reason: Reason | None
    note: str | None
    amount: str | None
    recorded_at: str
    recorded_by: str


class ClaimsDeathRequest(TypedDict):
    date: str
    kind: DeathKind


class ClaimsEntryRequest(TypedDict):
    kind: LeaveKind
    start: str
    end: NotRequired[str | None]
    waiting_days: NotRequired[int | None]
    seniority_days: NotRequired[int | None]
    quotity: NotRequired[str | None]
    sent_on: NotRequired[str | None]


class ClaimsPaymentAnswer(TypedDict):
    id: str
    month: str
    amount: str
    paid_on: str
    payee: Payee
    reference: str
    recorded_at: str
    warnings: NotRequired[list[PaymentWarning]]


class ClaimsPaymentRequest(TypedDict):
    month: str
    amount: str
    paid_on: str
    payee: Payee
    reference: str


class ClaimsPeriodAnswer(TypedDict):
    start: str
    end: str
    kind: LeaveKind
    leg: Leg
    rate: str
    days: int
    full_time_rate: NotRequired[str | None]
    paid_rate: NotRequired[str | None]


class ComparisonAnswer(TypedDict):
    agreement: str
    before: SideAnswer
    after: SideAnswer
    total: int
    changes: list[ComparedTermAnswer]


class ContractRequest(TypedDict):
    contract_number: NotRequired[str]
    kind: EmploymentKind
    contract: NotRequired[ContractKind | None]
    start: str
    end: NotRequired[str | None]
    weekly_hours: str
    category: NotRequired[Category | None]
    art_teaching: NotRequired[ArtTeaching | None]
    service_start: NotRequired[str | None]
    titular: NotRequired[bool | None]
    employer: NotRequired[str | None]
    matricule: NotRequired[str | None]


class ContributedAnswer(TypedDict):
    guarantee: Guarantee
    issued: AmountsAnswer
    earlier: AmountsAnswer
    later: AmountsAnswer
    due: AmountsAnswer
    agents: int
    agent_months: int


class ContributionsAnswer(TypedDict):
    lines: list[SimulationsLineAnswer]
    total: TotalAnswer
    rates_guaranteed: bool
    trace: dict[str, Any]


class ContributionsChangeRequest(TypedDict):
    guarantee: Guarantee
    level: NotRequired[str | None]
    rate: NotRequired[str | None]
    employer_share: NotRequired[str | None]
    mandatory: NotRequired[bool]


class ContributionsPart(TypedDict):
    employers: int
    statements: int
    issued: str
    paid: str
    guarantees: list[ContributedAnswer]


class ContributionsRequest(TypedDict):
    agreement: str
    month: str
    base: NotRequired[str | None]
    pay: NotRequired[ElementsRequest | None]
    regime: NotRequired[Regime | None]
    category: NotRequired[Category | None]
    guarantees: list[Guarantee]


class ContributionsRunAnswer(TypedDict):
    run: str | None
    employer: str
    month: str
    dry_run: bool
    statements: list[RunStatementAnswer]
    held_count: int
    held: list[HeldAnswer]
    bounds: BoundsAnswer
    parked_count: int
    parked: list[BreachAnswer]
    unknown_agents: int


ConventionAnswer = TypedDict(
    "ConventionAnswer",
    {
        "convention": str,
        "scheme": str,
        "insurer": str,
        "manager": str | None,
        "lot": int | None,
        "from": str,
        "to": str | None,
        "state": ConventionState,
        "ended": str | None,
        "assumption": bool,
    },
)


class CoverAnswer(TypedDict):
    as_of: str
    employed: list[EmployedAnswer]
    covered: list[StatisticsCoveredAnswer]


class DaysEmployerAnswer(TypedDict):
    employer: str
    before: SharesAnswer
    after: SharesAnswer


class DaysGuaranteeAnswer(TypedDict):
    guarantee: Guarantee
    before: SharesAnswer
    after: SharesAnswer


class DaysPriceAnswer(TypedDict):
    agents: int
    unpriced: int
    before: SharesAnswer
    after: SharesAnswer
    guarantees: list[DaysGuaranteeAnswer]
    employers: list[DaysEmployerAnswer]


class DeathAnswer(TypedDict):
    warnings: NotRequired[list[Remark]]
    date: str
    kind: DeathKind


class DeclarationRequest(TypedDict):
    on: str
    payee: NotRequired[Payee]
    iban: NotRequired[str | None]


class DeliveryAnswer(TypedDict):
    version: int
    agent: str
    employer: str
    due_since: str
    issued: bool
    delivered_on: str | None
    channel: str | None
    proof: str | None
    mail_state: NotRequired[MailState | None]
    mail_answer: NotRequired[str | None]


class DepartureEntered(TypedDict):
    id: str
    employer: str
    date: str
    reason: str
    warnings: NotRequired[list[Remark]]


class DifferenceAnswer(TypedDict):
    number: int
    agent_id: str | None
    matricule: str | None
    what: What
    guarantee: Guarantee | None
    month: str | None
    declared: str | None
    expected: str | None
    line: int | None


class DispenseDocument(TypedDict):
    contracts: list[ContractKind]
    kinds: list[EmploymentKind]
    present_deadline: str
    hire_days: int
    proof_months: int
    source: str


class DispenseEntered(TypedDict):
    id: str
    employer: str
    requested_on: str
    individual_cover: bool
    proofs: list[str]
    to: str | None
    warnings: NotRequired[list[Remark]]


class DispenseNow(TypedDict):
    warnings: NotRequired[list[Remark]]
    dispense: DispenseAnswer | None


class EffectAnswer(TypedDict):
    kind: EffectKind
    on: str
    source: str
    agreement: str | None
    employer: str | None
    insurer: str | None
    convention: str | None
    term: str | None
    before: str | None
    after: str | None


class EligibilityBulkRequest(TypedDict):
    items: list[HireRequest]


class EligibilityDocument(TypedDict):
    return_days: int
    deferring_leaves: list[LeaveKind]
    seniority_months: int
    contract_months: int
    seniority_gap_days: NotRequired[int]
    seniority_kinds: list[EmploymentKind]
    excluded_kinds: list[EmploymentKind]
    dispense: NotRequired[DispenseDocument | None]
    suspension: SuspensionDocument
    source: str


class EligibilityItemAnswer(TypedDict):
    index: int
    status: int
    id: NotRequired[str | None]
    problem: NotRequired[dict[str, Any] | None]
    warnings: NotRequired[list[Remark]]


class EligibilityPeriodAnswer(TypedDict):
    start: str
    end: str | None
    outcome: str
    reasons: list[ReasonAnswer]


class EmployerBlocksAnswer(TypedDict):
    adhesions: list[RubricAnswer]
    payments: list[RubricAnswer]
    unknown: list[str]
    assumption: bool


class EmployerCostAnswer(TypedDict):
    siret: str
    current: SharesAnswer
    scenarios: list[SharesAnswer]


class EmploymentAnswer(TypedDict):
    id: str
    employer: str
    matricule: str
    contract_number: str
    start: str
    end: str | None
    agreed_end: str | None
    service_start: str | None
    spells: list[SpellAnswer]


EmploymentChange = TypedDict(
    "EmploymentChange",
    {
        "from": NotRequired[str | None],
        "end": NotRequired[str | None],
        "agreed_end": NotRequired[str | None],
        "kind": NotRequired[EmploymentKind | None],
        "contract": NotRequired[ContractKind | None],
        "weekly_hours": NotRequired[str | None],
        "category": NotRequired[Category | None],
        "art_teaching": NotRequired[ArtTeaching | None],
        "prior_collective_cover": NotRequired[bool | None],
    },
)


class EmploymentEntered(TypedDict):
    id: str
    employer: str
    matricule: str
    contract_number: str
    start: str
    end: str | None
    agreed_end: str | None
    service_start: str | None
    spells: list[SpellAnswer]
    warnings: NotRequired[list[Remark]]


class EntitlementAnswer(TypedDict):
    agent: str
    employer: str | None
    periods: list[ClaimsPeriodAnswer]
    half_pay: list[PassageAnswer]
    held: str | None
    trace: dict[str, Any]


class ErasureAnswer(TypedDict):
    agent: str
    erased_at: NotRequired[str | None]
    reason: NotRequired[str | None]
    overridden: NotRequired[bool | None]
    preview: NotRequired[str | None]
    holdings: NotRequired[list[HoldingAnswer]]
    holds: NotRequired[list[HoldAnswer]]


class FigureAnswer(TypedDict):
    kind: FigureKind
    now: AlternativeSumAnswer
    otherwise: AlternativeSumAnswer


class FileAnswer(TypedDict):
    claim: str
    stage: Stage
    steps: list[Step]
    due: str
    foreseen: str
    declare_by: str
    declared_on: str | None
    payee: Payee
    iban: str | None
    required: list[str]
    missing: list[str]
    documents: list[DocumentAnswer]
    prescribed_after: str | None
    prescription_reference: str
    history: list[ClaimFilesStepAnswer]


class GuaranteePriceAnswer(TypedDict):
    guarantee: Guarantee
    agents: int
    before: SharesAnswer
    after: SharesAnswer


class IncomeDocument(TypedDict):
    target: str
    elements: list[PayElement]
    starts: Start
    annuity: AnnuityDocument
    source: str
    unpaid_leaves: NotRequired[list[LeaveKind] | None]
    net: NotRequired[Net | None]


class InformationAnswer(TypedDict):
    employer: str
    floor: str | None
    floor_met: bool | None
    ceiling: str | None
    ceiling_exceeded: bool | None
    treatments: list[TreatmentAnswer]


class InsuredRequest(TypedDict):
    regime: Regime
    service_start: NotRequired[str | None]
    titular: NotRequired[bool]
    interruptions: NotRequired[list[InterruptionRequest]]
    part_time: NotRequired[list[PartTimeRequest]]
    category: NotRequired[Category | None]
    birth_date: NotRequired[str | None]


class InsurerDecisionAnswer(TypedDict):
    id: str
    outcome: Literal["ACCEPTED", "REFUSED"]
    decided_on: str
    reference: str
    reason: str | None
    recorded_at: str
    warnings: NotRequired[list[InsurerDecisionWarning]]


InsurerDocument = TypedDict(
    "InsurerDocument",
    {
        "from": str,
        "to": NotRequired[str | None],
        "code": str,
        "name": str,
        "legal_code": NotRequired[LegalCode | None],
        "assumption": NotRequired[bool],
        "convention": NotRequired[str | None],
    },
)


class IntegrationsAnswer(TypedDict):
    items: list[IntegrationAnswer]
    next: NotRequired[str | None]
    kinds: list[KindAnswer]


InvalidityEntered = TypedDict(
    "InvalidityEntered",
    {
        "id": str,
        "employer": str,
        "from": str,
        "to": str | None,
        "cnracl_rate": str | None,
        "ss_category": str | None,
        "atmp_rate": str | None,
        "pension_net": str,
        "recorded_at": NotRequired[str | None],
        "warnings": NotRequired[list[Remark]],
    },
)


class InvalidityNow(TypedDict):
    warnings: NotRequired[list[Remark]]
    invalidity: InvalidityAnswer | None


class KeptAnswer(TypedDict):
    line: int
    rubric: str | None
    why: Why


LeaveChange = TypedDict(
    "LeaveChange",
    {
        "end": NotRequired[str | None],
        "kind": NotRequired[LeaveKind | None],
        "from": NotRequired[str | None],
        "paid": NotRequired[bool | None],
        "cancelled": NotRequired[Literal[True] | None],
    },
)


class LeaveChanged(TypedDict):
    warnings: NotRequired[list[Remark]]
    leave: LeaveAnswer | None


class LeaveEntered(TypedDict):
    id: str
    employer: str
    kind: str
    start: str
    end: str | None
    entries: list[EligibilityEntryAnswer]
    warnings: NotRequired[list[Remark]]


class LeavesLeaveRequest(TypedDict):
    kind: LeaveKind
    start: str
    end: str
    waiting_days: NotRequired[int | None]
    pathology_group: NotRequired[PathologyGroup | None]
    seniority_days: NotRequired[int | None]
    quotity: NotRequired[str | None]
    sent_on: NotRequired[str | None]
    status: NotRequired[StatusRequest | None]
    cause: NotRequired[int | None]
    ald: NotRequired[bool]


class LeavingBody(TypedDict):
    side: Side
    party: str
    name: str
    on: str


class LineAnswer(TypedDict):
    code: LineCode
    base: str | None
    rate: str | None
    amount: str


class MailAnswer(TypedDict):
    agent: str
    employer: str
    outcome: MailOutcome


MapAgreement = TypedDict(
    "MapAgreement",
    {
        "agreement": str,
        "title": str,
        "version": int,
        "status": Status,
        "force": Force,
        "from": str,
        "to": str | None,
        "insured_until": str | None,
        "insurers": list[MapInsurer],
        "locks": list[str],
        "inherited": list[str],
        "employers": int,
        "overridden": int,
        "parties": list[MapParty],
    },
)


class MapLot(TypedDict):
    number: int | None
    holder: str | None
    population: str | None
    conventions: list[ConventionAnswer]
    accords: int
    employers: int
    agreements: list[MapAgreement]


MapScheme = TypedDict(
    "MapScheme",
    {
        "scheme": str,
        "title": str,
        "signed_on": str,
        "from": str,
        "to": str | None,
        "rates_guaranteed_to": str | None,
        "locks": list[str],
        "source": str,
        "awards": list[AwardDocument],
        "lots": list[MapLot],
    },
)


class MemberAnswer(TypedDict):
    side: Side
    party: str
    name: str


MemberBody = TypedDict(
    "MemberBody",
    {
        "side": Side,
        "party": str,
        "name": str,
        "from": str,
        "to": NotRequired[str | None],
    },
)


class MovementAnswer(TypedDict):
    kind: MovementKind
    amount: str
    happened_on: str
    ground: WaiverGround | None
    note: str | None
    decision: str | None
    recorded_at: str
    warnings: NotRequired[list[LateRecovery]]


class NetPayAnswer(TypedDict):
    gross: str
    lines: list[LineAnswer]
    net: str
    net_tib_nbi: str
    net_ri: str
    parameters: list[ParameterAnswer]
    trace: dict[str, Any]


class NetPayRequest(TypedDict):
    month: str
    regime: Regime
    category: NotRequired[Category | None]
    pay: NetPayPayRequest


OptionEntered = TypedDict(
    "OptionEntered",
    {
        "id": str,
        "employer": str,
        "guarantee": str,
        "from": str,
        "to": str | None,
        "recorded_at": NotRequired[str | None],
        "warnings": NotRequired[list[Remark]],
    },
)


class OrganisationAnswer(TypedDict):
    key: str
    kind: OrganisationKind
    name: str
    departement: str | None
    coordinating: bool
    legal_code: LegalCode | None
    affiliated: bool | None
    headcount: int | None
    assumption: bool


OrganisationDocument = TypedDict(
    "OrganisationDocument",
    {
        "kind": OrganisationKind,
        "siret": NotRequired[str | None],
        "code": NotRequired[str | None],
        "name": str,
        "departement": NotRequired[str | None],
        "coordinating": NotRequired[bool],
        "legal_code": NotRequired[LegalCode | None],
        "affiliated": NotRequired[bool | None],
        "headcount": NotRequired[int | None],
        "from": NotRequired[str | None],
        "assumption": NotRequired[bool],
    },
)


class OutcomeAnswer(TypedDict):
    name: str
    total: SharesAnswer
    difference: SharesAnswer
    guarantees: list[GuaranteeCostAnswer]


class OverpaymentAnswer(TypedDict):
    id: str
    employer: str
    agent: str
    agreement: str
    kind: OverpaymentKind
    claim: str | None
    month: str
    decision: str
    amount: str
    balance: str
    status: str
    opened_on: str
    employer_until: str
    employer_reference: str
    insurer_until: str | None
    insurer_reference: str


class OverpaymentDetail(TypedDict):
    id: str
    employer: str
    agent: str
    agreement: str
    kind: OverpaymentKind
    claim: str | None
    month: str
    decision: str
    amount: str
    balance: str
    status: str
    opened_on: str
    employer_until: str
    employer_reference: str
    insurer_until: str | None
    insurer_reference: str
    movements: list[MovementAnswer]
    schedule: list[InstalmentAnswer]


class OverrideAnswer(TypedDict):
    month: str
    guarantee: Literal["BASE", "RI_FULL_PAY"]
    version: int
    amount: str | None
    computed: str
    reason: OverrideReason
    note: str
    recorded_at: str
    recorded_by: str


class OverridesAnswer(TypedDict):
    claim: str
    overrides: list[OverrideAnswer]


class OverviewAnswer(TypedDict):
    items: list[StandingAnswer]
    next: NotRequired[str | None]
    month: str
    totals: OverviewTotals


class PageAgentBlocksAnswer(TypedDict):
    items: list[AgentBlocksAnswer]
    next: NotRequired[str | None]


class PageAnnuityAnswer(TypedDict):
    items: list[AnnuitiesAnnuityAnswer]
    next: NotRequired[str | None]


class PageCapitalAnswer(TypedDict):
    items: list[CapitalsCapitalAnswer]
    next: NotRequired[str | None]


class PageClaimAnswer(TypedDict):
    items: list[ClaimAnswer]
    next: NotRequired[str | None]


class PageDeliveryAnswer(TypedDict):
    items: list[DeliveryAnswer]
    next: NotRequired[str | None]


class PageDifferenceAnswer(TypedDict):
    items: list[DifferenceAnswer]
    next: NotRequired[str | None]


class PageLineAnswer(TypedDict):
    items: list[StatementsLineAnswer]
    next: NotRequired[str | None]


class PageOrganisationAnswer(TypedDict):
    items: list[OrganisationAnswer]
    next: NotRequired[str | None]


class PageOverpaymentAnswer(TypedDict):
    items: list[OverpaymentAnswer]
    next: NotRequired[str | None]


class PageParkedAnswer(TypedDict):
    items: list[ParkedAnswer]
    next: NotRequired[str | None]


class PageParkedEventAnswer(TypedDict):
    items: list[ParkedEventAnswer]
    next: NotRequired[str | None]


class PagePartyRow(TypedDict):
    items: list[PartyRow]
    next: NotRequired[str | None]


class PageReceivableAnswer(TypedDict):
    items: list[ReceivableAnswer]
    next: NotRequired[str | None]


class PageReceivedAnswer(TypedDict):
    items: list[ReceivedAnswer]
    next: NotRequired[str | None]


class PageRegionalAnswer(TypedDict):
    items: list[RegionalAnswer]
    next: NotRequired[str | None]


class PageSchemeRow(TypedDict):
    items: list[SchemeRow]
    next: NotRequired[str | None]


class PageSessionAnswer(TypedDict):
    items: list[SessionAnswer]
    next: NotRequired[str | None]


class PageSettledStatementAnswer(TypedDict):
    items: list[SettledStatementAnswer]
    next: NotRequired[str | None]


class PageSettlementAnswer(TypedDict):
    items: list[SettlementAnswer]
    next: NotRequired[str | None]


class PageStatementAnswer(TypedDict):
    items: list[StatementAnswer]
    next: NotRequired[str | None]


class PageTakeoverAnswer(TypedDict):
    items: list[TakeoverAnswer]
    next: NotRequired[str | None]


class PageUserAnswer(TypedDict):
    items: list[UserAnswer]
    next: NotRequired[str | None]


class PageWebhookAnswer(TypedDict):
    items: list[WebhookAnswer]
    next: NotRequired[str | None]


class PayAnswer(TypedDict):
    employer: str
    matricule: str
    employment: str | None
    month: str
    version: int
    tib: str
    nbi: str
    ri: str
    sft: str
    ir: str
    tpp: str | None
    other: dict[str, str]
    share_of_pay: str | None
    cabinet: str
    gross: str | None
    rappels: list[RappelAnswer]
    recorded_at: str


class PayItem(TypedDict):
    cabinet: NotRequired[str]
    gross: NotRequired[str | None]
    tib: NotRequired[str | None]
    nbi: NotRequired[str]
    ri: NotRequired[str]
    sft: NotRequired[str]
    ir: NotRequired[str]
    tpp: NotRequired[str | None]
    other: NotRequired[dict[str, str]]
    share_of_pay: NotRequired[str | None]
    rappels: NotRequired[list[RappelRequest]]
    employer: str
    matricule: str
    month: str
    employment: NotRequired[str | None]
    version: NotRequired[int | None]


class PayRequest(TypedDict):
    cabinet: NotRequired[str]
    gross: NotRequired[str | None]
    tib: NotRequired[str | None]
    nbi: NotRequired[str]
    ri: NotRequired[str]
    sft: NotRequired[str]
    ir: NotRequired[str]
    tpp: NotRequired[str | None]
    other: NotRequired[dict[str, str]]
    share_of_pay: NotRequired[str | None]
    rappels: NotRequired[list[RappelRequest]]


class PaymentReviewAnswer(TypedDict):
    id: str
    month: str
    outcome: ReviewOutcome
    amount: str
    on: str
    note: str
    reference: str
    recorded_at: str
    recorded_by: str


class PaymentReviewRequest(TypedDict):
    month: str
    outcome: ReviewOutcome
    amount: str
    on: str
    note: str
    reference: str


class PaymentsAnswer(TypedDict):
    decisions: list[InsurerDecisionAnswer]
    payments: list[ClaimsPaymentAnswer]
    excesses: list[ExcessAnswer]
    reviews: list[PaymentReviewAnswer]


class PersonRequest(TypedDict):
    regime: Regime
    service_start: NotRequired[str | None]
    titular: NotRequired[bool]
    interruptions: NotRequired[list[InterruptionRequest]]
    part_time: NotRequired[list[PartTimeRequest]]


class PositionAnswer(TypedDict):
    id: str
    employer: str
    kind: str
    start: str
    end: str | None
    entries: list[PositionEntry]


class PositionEntered(TypedDict):
    id: str
    employer: str
    kind: str
    start: str
    end: str | None
    entries: list[PositionEntry]
    warnings: NotRequired[list[Remark]]


class PositionNow(TypedDict):
    warnings: NotRequired[list[Remark]]
    position: PositionAnswer | None


class PreviewsLeaveRequest(TypedDict):
    leave: NotRequired[str | None]
    entries: list[ClaimsEntryRequest]


class ProofAnswer(TypedDict):
    id: str
    employer: str
    purpose: Purpose
    media_type: str
    size: int
    purge_on: str
    recorded_at: str


class ProofsAnswer(TypedDict):
    items: list[ProofAnswer]


class RestrictionAnswer(TypedDict):
    agent: str
    restricted_at: str | None
    history: list[SaidAnswer]


class ScenarioRequest(TypedDict):
    name: str
    changes: list[ContributionsChangeRequest]


class SchemeCommitteeAnswer(TypedDict):
    scheme: str
    members: list[MemberAnswer]
    unrepresented: list[str]
    meetings: list[MeetingAnswer]


class SimulatedAffiliation(TypedDict):
    outcome: AffiliationOutcome
    periods: list[EligibilityPeriodAnswer]
    options: list[OptionHeld]
    trace: dict[str, Any]


class StatementPaymentsAnswer(TypedDict):
    statement: str
    amount: str
    paid: str
    left: str
    due: str
    late: bool
    payments: list[StatementPaymentsPartAnswer]


class StatutoryPayAnswer(TypedDict):
    periods: list[ClaimsPeriodAnswer]
    trace: dict[str, Any]


StatutoryPayRequest = TypedDict(
    "StatutoryPayRequest",
    {
        "agent": PersonRequest,
        "leaves": list[LeavesLeaveRequest],
        "from": str,
        "to": str,
    },
)


TakenOverRequest = TypedDict(
    "TakenOverRequest",
    {
        "leave": str,
        "agreement": str,
        "from": str,
        "former_insurer": str,
        "reference_pay": NotRequired[TakeoversReferencePayRequest | None],
    },
)


TakeoverRequest = TypedDict(
    "TakeoverRequest",
    {
        "leave": str,
        "agreement": str,
        "from": str,
        "former_insurer": str,
        "reference_pay": NotRequired[TakeoversReferencePayRequest | None],
        "employer": str,
        "agent": str,
    },
)


class TermsPriceAnswer(TypedDict):
    agents: int
    unpriced: int
    before: SharesAnswer
    after: SharesAnswer
    guarantees: list[GuaranteePriceAnswer]


class TraceAnswer(TypedDict):
    line: StatementsLineAnswer
    owed: AmountsAnswer
    issued: AmountsAnswer
    verified: bool
    trace: dict[str, Any]
    information: InformationAnswer | None


class WhatIfAnswer(TypedDict):
    agents: int
    unpriced: int
    current: OutcomeAnswer
    scenarios: list[OutcomeAnswer]
    employers: list[EmployerCostAnswer]


class WhatIfRequest(TypedDict):
    month: str
    agreements: NotRequired[list[Agreement] | None]
    scenarios: list[ScenarioRequest]
    by_employer: NotRequired[bool]


class AccountReportAnswer(TypedDict):
    agreement: str
    insurer: str
    year: int
    employer: str | None
    contributions: ContributionsPart
    benefits: BenefitsPart
    made_at: str


class AffiliationAnswer(TypedDict):
    agent: str
    employer: str | None
    agreement: str | None
    as_of: str
    outcome: str | None
    periods: list[EligibilityPeriodAnswer]
    options: list[HeldOptionAnswer]
    references: list[str]
    decision: str | None
    decided_at: str | None
    trace: dict[str, Any] | None


class AgentAnswer(TypedDict):
    id: str
    employer: str
    matricule: str
    last_name: str
    first_name: str
    birth_date: str
    matricules: list[MatriculeAnswer]
    employments: list[EmploymentAnswer]
    leaves: list[LeaveAnswer]
    options: list[OptionAnswer]
    invalidities: list[InvalidityAnswer]
    positions: list[PositionAnswer]
    dispenses: list[DispenseAnswer]
    departures: list[DepartureAnswer]
    deaths: list[DeathStated]
    identities: list[IdentityAnswer]


class AgentEntered(TypedDict):
    id: str
    employer: str
    matricule: str
    last_name: str
    first_name: str
    birth_date: str
    matricules: list[MatriculeAnswer]
    employments: list[EmploymentAnswer]
    leaves: list[LeaveAnswer]
    options: list[OptionAnswer]
    invalidities: list[InvalidityAnswer]
    positions: list[PositionAnswer]
    dispenses: list[DispenseAnswer]
    departures: list[DepartureAnswer]
    deaths: list[DeathStated]
    identities: list[IdentityAnswer]
    warnings: NotRequired[list[Remark]]


class AgreementsChangeAnswer(TypedDict):
    applied: bool
    confirm: str
    effects: list[EffectAnswer]
    affected: list[AffectedAnswer]
    statuses: dict[str, Status]


class AlternativeAnswer(TypedDict):
    code: str
    chosen: str
    other: str
    source: str
    stated: bool
    figures: list[FigureAnswer]
    refused: str | None


class AlternativesAnswer(TypedDict):
    decision: str
    alternatives: list[AlternativeAnswer]
    without_effect: list[str]


class BenefitsAnswer(TypedDict):
    months: list[MonthAnswer]
    annuity: BenefitsAnnuityAnswer | None
    capitals: list[BenefitsCapitalAnswer]
    trace: dict[str, Any]


BenefitsRequest = TypedDict(
    "BenefitsRequest",
    {
        "agreement": str,
        "terms": NotRequired[dict[str, Any] | None],
        "agent": InsuredRequest,
        "options": NotRequired[list[Guarantee]],
        "reference_pay": BenefitsReferencePayRequest,
        "leaves": NotRequired[list[LeavesLeaveRequest]],
        "employer_ri_maintenance": NotRequired[list[BenefitsMaintenanceRequest]],
        "social_security": NotRequired[list[BenefitsAllowanceRequest]],
        "ait": NotRequired[list[TemporaryInvalidityRequest]],
        "replaced": NotRequired[list[SpanRequest]],
        "invalidity": NotRequired[BenefitsInvalidityRequest | None],
        "death": NotRequired[ClaimsDeathRequest | None],
        "from": str,
        "to": str,
    },
)


class BulkAnswer(TypedDict):
    items: list[EligibilityItemAnswer]


class CloseAnswer(TypedDict):
    closing: ClosingAnswer | None
    last_run: ContributionsRunAnswer


class CommitteeAnswer(TypedDict):
    agreement: str
    members: list[MemberAnswer]
    unrepresented: list[str]
    employer_side: bool
    meetings: list[MeetingAnswer]
    unsent: list[str]
    missed: list[int]
    due: str | None
    late: bool


class ContributionsBulkRequest(TypedDict):
    items: list[PayItem]


class DeclarationsPartAnswer(TypedDict):
    first_line: int
    lines: int
    individual: bool
    agent_id: str | None
    matricule: str | None
    other_person: bool
    blocks: list[BlockAnswer]
    kept: list[KeptAnswer]


class GuaranteeDocument(TypedDict):
    code: Guarantee
    mandatory: bool
    populations: list[Regime]
    unresolved: NotRequired[bool]
    source: str
    rates: list[RateDocument]
    benefit: IncomeDocument | DeathDocument | FlatDocument | RiDocument


class HiredAnswer(TypedDict):
    id: str
    employer: str
    matricule: str
    last_name: str
    first_name: str
    birth_date: str
    matricules: list[MatriculeAnswer]
    employments: list[EmploymentAnswer]
    leaves: list[LeaveAnswer]
    options: list[OptionAnswer]
    invalidities: list[InvalidityAnswer]
    positions: list[PositionAnswer]
    dispenses: list[DispenseAnswer]
    departures: list[DepartureAnswer]
    deaths: list[DeathStated]
    identities: list[IdentityAnswer]
    warnings: NotRequired[list[Remark]]


class MapAnswer(TypedDict):
    as_of: str
    schemes: list[MapScheme]
    alone: MapLot
    names: dict[str, str]


class PagePartAnswer(TypedDict):
    items: list[DeclarationsPartAnswer]
    next: NotRequired[str | None]


class PagePayAnswer(TypedDict):
    items: list[PayAnswer]
    next: NotRequired[str | None]


class PreviewRequest(TypedDict):
    employer: str
    agent: str
    leaves: NotRequired[list[PreviewsLeaveRequest]]
    pay: NotRequired[list[PreviewsPayRequest]]
    invalidities: NotRequired[list[PreviewsInvalidityRequest]]
    ri_maintenance: NotRequired[list[MaintenanceMaintenanceRequest]]
    part_times: NotRequired[list[PartTimeRequest]]
    allowances: NotRequired[list[DaysPaidRequest]]
    temporary_invalidities: NotRequired[list[MonthsPaidRequest]]
    replacements: NotRequired[list[ReplacedRequest]]
    takeovers: NotRequired[list[TakenOverRequest]]


class TermsDocument(TypedDict):
    guarantees: NotRequired[list[GuaranteeDocument]]
    contribution_base: NotRequired[list[BaseDocument]]
    rate_revision: NotRequired[RevisionDocument | None]
    eligibility: NotRequired[EligibilityDocument | None]


ExceptionDocument = TypedDict(
    "ExceptionDocument",
    {
        "guarantees": NotRequired[list[GuaranteeDocument]],
        "contribution_base": NotRequired[list[BaseDocument]],
        "rate_revision": NotRequired[RevisionDocument | None],
        "eligibility": NotRequired[EligibilityDocument | None],
        "from": str,
        "to": NotRequired[str | None],
        "employer": str,
        "source": str,
    },
)


class SchemeDocument(TypedDict):
    scheme: str
    title: str
    signed_on: str
    coordinator: str
    centres: list[Centre]
    unions: list[Union]
    minimum_employer_share: str
    levels: list[Level]
    market: Dated
    rates_guaranteed_to: NotRequired[str | None]
    awards: NotRequired[list[AwardDocument]]
    lots: NotRequired[list[LotDocument]]
    conventions: NotRequired[list[ConventionDocument]]
    terms: NotRequired[TermsDocument]
    locks: NotRequired[list[Lock]]
    source: str


class AgreementDraft(TypedDict):
    guarantees: NotRequired[list[GuaranteeDocument]]
    contribution_base: NotRequired[list[BaseDocument]]
    rate_revision: NotRequired[RevisionDocument | None]
    eligibility: NotRequired[EligibilityDocument | None]
    agreement: str
    title: str
    scheme: NotRequired[str | None]
    effective: Dated
    source: NotRequired[str | None]
    signature: NotRequired[SignatureDocument]
    employers: list[EmployerDocument]
    insurers: NotRequired[list[InsurerDocument]]
    signatories: NotRequired[list[SignatoryDocument]]
    exceptions: NotRequired[list[ExceptionDocument]]
    locks: NotRequired[list[Lock]]
    inherited: NotRequired[list[InheritedItem]]


RevisionRequest = TypedDict(
    "RevisionRequest",
    {
        "document": AgreementDraft,
        "from": str,
        "reason": str,
        "confirm": NotRequired[str | None],
    },
)


class SchemeCorrection(TypedDict):
    document: SchemeDocument
    reason: str
