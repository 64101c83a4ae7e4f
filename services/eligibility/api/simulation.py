"""`POST /v1/simulations/affiliation`: the same decision on a file that is only supposed. Writes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, field_validator
from pydantic_core.core_schema import ValidationInfo

from kit.http.auth import requires
from kit.http.route import Rules, Tx, service_router
from kit.http.types import Answer, Code, DateText, Flag, HoursText, Request, example
from kit.period import Period
from rules.vocabulary import AffiliationOutcome, ContractKind, EmploymentKind, Guarantee, PositionKind
from services.eligibility.api.cover_answers import PeriodAnswer
from services.eligibility.api.schemas import Chosen, in_order, refused
from services.eligibility.application.simulate_affiliation import Supposition, simulated
from services.eligibility.domain.documents import timeline_document
from services.eligibility.domain.file import FONCTIONNAIRES, AgentFile, Dispense, Employment, Position
from services.eligibility.domain.simulation import Simulation

router = service_router(prefix="/v1/simulations", tags=["Simulations"])
# A career holds fewer; beyond, the request is no file of one agent.
MAX_ITEMS: Final = 200
MAX_OPTIONS: Final = 20
Supposed = Literal[
    PositionKind.CMO,
    PositionKind.CLM,
    PositionKind.CLD,
    PositionKind.CGM,
    PositionKind.CITIS,
    PositionKind.AT_MP,
    PositionKind.TPT,
    PositionKind.DO,
    PositionKind.MATERNITY,
    PositionKind.DISPONIBILITE,
    PositionKind.CONGE_PARENTAL,
]


class SupposedAgent(Request):
    """Nothing of the agent's identity decides on cover; the birth date may be said."""

    birth_date: DateText | None = None


class SupposedEmployment(Request):
    """A contract or an appointment. A fonctionnaire's `contract` says nothing."""

    kind: EmploymentKind
    contract: ContractKind | None = Field(None, validate_default=True)
    start: DateText
    end: DateText | None = Field(None, validate_default=True)
    weekly_hours: HoursText

    _in_order = field_validator("end")(in_order)

    @field_validator("contract")
    @classmethod
    def _needed(cls, contract: ContractKind | None, info: ValidationInfo) -> ContractKind | None:
        if contract is None and info.data.get("kind", EmploymentKind.TITULAIRE) not in FONCTIONNAIRES:
            raise refused("contract_required", "Un contrat est attendu, sauf pour un fonctionnaire.")
        return contract

    @field_validator("end")
    @classmethod
    def _ends_a_cdd(cls, end: date | None, info: ValidationInfo) -> date | None:
        if end is None and info.data.get("contract") is ContractKind.CDD:
            raise refused("end_required", "Un CDD a une date de fin.")
        return end

    def supposed(self) -> Employment:
        contract = None if self.kind in FONCTIONNAIRES else self.contract
        return Employment(self.kind, contract, Period(self.start, self.end), Decimal(self.weekly_hours))


class SupposedPosition(Request):
    """A leave or another position; `paid`: any pay, allowance or annuity is kept (accord art. 2.2)."""

    kind: Supposed
    start: DateText
    end: DateText | None = None
    paid: Flag

    _in_order = field_validator("end")(in_order)

    def supposed(self) -> Position:
        return Position(self.kind, Period(self.start, self.end), self.paid)


class SupposedDispense(Request):
    """A written request, and the dates of the proofs of individual cover given."""

    requested_on: DateText
    individual_cover: Flag = False
    proofs: list[DateText] = Field(default_factory=list, max_length=MAX_ITEMS)

    def supposed(self) -> Dispense:
        return Dispense(self.requested_on, self.individual_cover, tuple(self.proofs))


class AffiliationRequest(Request):
    """A file that is supposed, under a published accord, seen on the day `as_of`."""

    model_config = example(
        {
            "agreement": "la-roche-sur-yon-2025",
            "agent": {"birth_date": "1990-05-02"},
            "employments": [
                {
                    "kind": "CONTRACTUEL_PUBLIC",
                    "contract": "CDD",
                    "start": "2025-02-01",
                    "end": "2025-05-31",
                    "weekly_hours": "35.00",
                },
                {
                    "kind": "CONTRACTUEL_PUBLIC",
                    "contract": "CDD",
                    "start": "2025-06-01",
                    "end": "2025-09-30",
                    "weekly_hours": "35.00",
                },
            ],
            "options": ["DEATH"],
            "as_of": "2025-09-15",
        }
    )

    agreement: Code
    agent: SupposedAgent | None = None
    employments: Annotated[list[SupposedEmployment], Field(min_length=1, max_length=MAX_ITEMS)]
    positions: list[SupposedPosition] = Field(default_factory=list, max_length=MAX_ITEMS)
    prior_collective_cover: Flag = False
    dispense: SupposedDispense | None = None
    options: list[Chosen] = Field(default_factory=list, max_length=MAX_OPTIONS)
    as_of: DateText

    def supposition(self) -> Supposition:
        file = AgentFile(
            employments=tuple(one.supposed() for one in self.employments),
            positions=tuple(one.supposed() for one in self.positions),
            prior_collective_cover=self.prior_collective_cover,
            dispenses=() if self.dispense is None else (self.dispense.supposed(),),
        )
        return Supposition(self.agreement, file, tuple(self.options), self.as_of)


class OptionHeld(Answer):
    """An option, from the first covered day to the last; `end` null: on."""

    guarantee: Guarantee
    start: date
    end: date | None


class SimulatedAffiliation(Answer):
    """The timeline of a supposed file. `outcome` is that of the day `as_of`."""

    outcome: AffiliationOutcome
    periods: list[PeriodAnswer]
    options: list[OptionHeld]
    trace: dict[str, Any]

    @classmethod
    def of(cls, found: Simulation) -> Self:
        held = [OptionHeld(guarantee=o.guarantee, start=o.period.start, end=o.period.end) for o in found.options]
        periods = [PeriodAnswer.model_validate(period) for period in timeline_document(found.stretches)]
        return cls(outcome=found.outcome, periods=periods, options=held, trace=found.trace.json())


@router.post(
    "/affiliation",
    operation_id="simulate_affiliation",
    summary="Qui serait couvert, depuis quand, pourquoi",
    dependencies=[requires("simulations:run")],
)
async def simulate_affiliation(body: AffiliationRequest, tx: Tx, rules: Rules) -> SimulatedAffiliation:
    """The whole timeline, with its reasons, the options that would run, and the trace."""
    return SimulatedAffiliation.of(await simulated(tx, body.supposition(), rules))
