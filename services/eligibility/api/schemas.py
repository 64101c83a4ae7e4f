"""Requests about the agent's file: each becomes facts of the domain."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, Strict, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from kit.http.types import (
    Amount,
    Code,
    DateText,
    Flag,
    HoursText,
    Matricule,
    NirText,
    Request,
    Share,
    SiretText,
    Text,
    example,
)
from kit.ids import new_id
from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import Category, ContractKind, EmploymentKind, Guarantee, LeaveKind, PositionKind
from services.eligibility.adapters.agents import Identity
from services.eligibility.application.hire_agent import Hire
from services.eligibility.domain.conditions import checked, contract_fits
from services.eligibility.domain.facts import Conditions, ContractKey, Election, Invalidity, LeaveEntry, Renewal, Spell
from services.eligibility.domain.file import FONCTIONNAIRES, ArtTeaching
from services.eligibility.domain.regime import PRIVATE_LAW_KINDS

# A waiting period fits in a year, a career in a century: beyond, dates leave the calendar.
WaitingDays = Annotated[int, Strict(), Field(ge=0, le=366)]
SeniorityDays = Annotated[int, Strict(), Field(ge=0, le=36_525)]
# A contract without a number is the only one of its matricule.
ONLY_CONTRACT: Final = "1"


def refused(code: str, message: str) -> PydanticCustomError:
    """A refusal that concerns several fields, with its French message."""
    return PydanticCustomError(code, "{message}", {"message": message})


def in_order(end: date | None, info: ValidationInfo) -> date | None:
    """An end is not before the start of the same object."""
    start = info.data.get("start")
    if end is not None and start is not None and end < start:
        raise refused("reversed_interval", "La fin précède le début.")
    return end


class EmploymentRequest(Request):
    """A contract or an appointment. `titular` may be said; it is what the kind says."""

    contract_number: Code = ONLY_CONTRACT
    kind: EmploymentKind
    contract: ContractKind | None = Field(None, validate_default=True)
    start: DateText
    end: DateText | None = Field(None, validate_default=True)
    weekly_hours: HoursText
    category: Category | None = Field(None, validate_default=True)
    art_teaching: ArtTeaching | None = None
    service_start: DateText | None = None
    titular: Flag | None = None

    _in_order = field_validator("end")(in_order)

    @field_validator("contract")
    @classmethod
    def _goes_with_kind(cls, contract: ContractKind | None, info: ValidationInfo) -> ContractKind | None:
        if "kind" in info.data and not contract_fits(info.data["kind"], contract):
            raise refused("contract_mismatch", "Un contrat est attendu, sauf pour un fonctionnaire.")
        return contract

    @field_validator("end")
    @classmethod
    def _ends_a_cdd(cls, end: date | None, info: ValidationInfo) -> date | None:
        if end is None and info.data.get("contract") is ContractKind.CDD:
            raise refused("end_required", "Un CDD a une date de fin.")
        return end

    @field_validator("category")
    @classmethod
    def _of_a_fonctionnaire(cls, category: Category | None, info: ValidationInfo) -> Category | None:
        if category is None and info.data.get("kind") in FONCTIONNAIRES:
            raise refused("category_required", "La catégorie d'un fonctionnaire est attendue.")
        if category is not None and info.data.get("kind") in PRIVATE_LAW_KINDS:
            raise refused("category_refused", "Un contrat de droit privé n'a pas de catégorie.")
        return category

    @field_validator("titular")
    @classmethod
    def _says_the_same(cls, titular: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - a field's value
        if "kind" in info.data and titular is not (info.data["kind"] is EmploymentKind.TITULAIRE):
            raise refused("titular_mismatch", "La qualité de titulaire contredit la nature de l'emploi.")
        return titular

    def to_spell(self, employer: str, matricule: str) -> Spell:
        hours = Decimal(self.weekly_hours)
        return Spell(
            employment=new_id(),
            key=ContractKey(employer, matricule, self.contract_number),
            period=Period(self.start, self.end),
            conditions=Conditions(self.kind, self.contract, hours, self.category, self.art_teaching),
            service_start=self.service_start,
        )


HIRE: Final = {
    "employer": "99985001900012",
    "matricule": "M1",
    "nir": "175030058286814",
    "last_name": "EXEMPLE",
    "first_name": "Camille",
    "birth_date": "1975-03-01",
    "employment": {
        "kind": "TITULAIRE",
        "start": "2025-09-01",
        "weekly_hours": "35.00",
        "category": "C",
        "service_start": "2005-09-01",
    },
}


class HireRequest(Request):
    """Somebody is hired. The same hire sent again changes nothing: SIRET and matricule name it."""

    model_config = example(HIRE)

    employer: SiretText
    matricule: Matricule
    nir: NirText
    last_name: Text
    first_name: Text
    birth_date: DateText
    prior_collective_cover: Flag = False
    employment: EmploymentRequest

    @field_validator("employment")
    @classmethod
    def _after_birth(cls, employment: EmploymentRequest, info: ValidationInfo) -> EmploymentRequest:
        if "birth_date" in info.data and employment.start <= info.data["birth_date"]:
            raise refused("before_birth", "L'emploi commence avant la naissance.")
        return employment

    def to_hire(self) -> Hire:
        identity = Identity(self.nir, self.last_name, self.first_name, self.birth_date)
        return Hire(identity, self.employment.to_spell(self.employer, self.matricule), self.prior_collective_cover)


class ContractRequest(EmploymentRequest):
    """Another contract of an agent; employer and matricule may be left out where there is only one."""

    model_config = example(
        {
            "contract_number": "C2",
            "kind": "CONTRACTUEL_PUBLIC",
            "contract": "CDI",
            "start": "2026-01-01",
            "weekly_hours": "7.00",
        }
    )

    employer: SiretText | None = None
    matricule: Matricule | None = None


class EmploymentChange(Request):
    """What changes from a day on; or, without `from`, the contract's last day alone, or a former cover alone.

    `agreed_end`: the last day the contract was concluded for, when it ends before; art. 3 looks at that one.
    """

    model_config = example({"from": "2026-02-01", "weekly_hours": "30.00"})

    since: DateText | None = Field(None, alias="from")
    end: DateText | None = None
    agreed_end: DateText | None = None
    kind: EmploymentKind | None = None
    contract: ContractKind | None = None
    weekly_hours: HoursText | None = None
    category: Category | None = None
    art_teaching: ArtTeaching | None = None
    prior_collective_cover: Flag | None = None

    @field_validator("agreed_end")
    @classmethod
    def _after_the_end(cls, agreed: date, info: ValidationInfo) -> date:
        end = info.data.get("end")
        if end is None or agreed <= end:
            raise refused("agreed_end_after_end", "Le jour convenu va avec la fin du contrat, et la suit.")
        return agreed

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.prior_collective_cover is not None:
            if self.model_fields_set != {"prior_collective_cover"}:
                raise refused("one_change", "`prior_collective_cover` se corrige seul.")
            return self
        conditions = self.model_fields_set - {"since", "end", "agreed_end", "prior_collective_cover"}
        if not conditions and self.end is None:
            raise refused("nothing_to_change", "Rien à modifier.")
        if (self.since is not None) is not bool(conditions):
            raise refused("from_required", "`from` dit depuis quand les conditions changent ; il va avec elles.")
        return self

    def applied_to(self, held: Conditions) -> Conditions:
        """The conditions with what is said in the place of what was. A new kind says its contract anew.

        Raises ConditionsRefused when they do not go together.
        """
        kind = self.kind or held.kind
        hours = held.weekly_hours if self.weekly_hours is None else Decimal(self.weekly_hours)
        changed = Conditions(
            kind=kind,
            contract=self.contract if self.kind is not None else self.contract or held.contract,
            weekly_hours=hours,
            category=self.category or (None if kind in PRIVATE_LAW_KINDS else held.category),
            art_teaching=self.art_teaching or held.art_teaching,
        )
        return checked(changed)


class LeaveRequest(Request):
    """An initial stop. `paid` must be said of a disponibilité d'office; other leaves are paid unless said otherwise.

    `quotity`: of a TPT, the share of full time worked. `sent_on`: the day the sick note was sent, where it was late.
    """

    model_config = example({"kind": "CMO", "start": "2026-02-01", "end": "2026-03-31", "waiting_days": 0})

    employer: SiretText | None = None
    kind: LeaveKind
    start: DateText
    end: DateText | None = None
    paid: Flag | None = Field(None, validate_default=True)
    waiting_days: WaitingDays | None = None
    seniority_days: SeniorityDays | None = None
    quotity: Share | None = None
    sent_on: DateText | None = None

    _in_order = field_validator("end")(in_order)

    @field_validator("paid")
    @classmethod
    def _said_of_a_do(cls, paid: bool | None, info: ValidationInfo) -> bool | None:  # noqa: FBT001 - a field's value
        if paid is None and info.data.get("kind") is LeaveKind.DO:
            raise refused("paid_required", "Dites si la disponibilité d'office est indemnisée.")
        return paid

    @field_validator("waiting_days")
    @classmethod
    def _of_a_cmo(cls, days: int, info: ValidationInfo) -> int:
        if info.data.get("kind", LeaveKind.CMO) is not LeaveKind.CMO:
            raise refused("waiting_days_refused", "Seul le congé de maladie ordinaire a un délai de carence.")
        return days

    def to_entry(self, employer: str) -> LeaveEntry:
        return LeaveEntry(
            id=new_id(),
            leave=new_id(),
            employer=employer,
            kind=PositionKind(self.kind.value),
            period=Period(self.start, self.end),
            paid=self.paid is not False,
            waiting_days=self.waiting_days,
            seniority_days=self.seniority_days,
            quotity=self.quotity,
            sent_on=self.sent_on,
        )


class ExtensionRequest(Request):
    """A renewal: it follows the leave's last day; `quotity` and `sent_on` as of an initial stop."""

    model_config = example({"start": "2026-04-01", "end": "2026-06-30"})

    start: DateText
    end: DateText | None = None
    paid: Flag | None = None
    seniority_days: SeniorityDays | None = None
    quotity: Share | None = None
    sent_on: DateText | None = None

    _in_order = field_validator("end")(in_order)

    def to_renewal(self) -> Renewal:
        period = Period(self.start, self.end)
        return Renewal(period, self.paid is not False, self.seniority_days, self.quotity, self.sent_on)


class InvalidityRequest(Request):
    """A recognition: at least one of the three, which are facts apart."""

    model_config = example({"from": "2027-01-01", "cnracl_rate": "0.4000", "pension_net": "900.00"})

    employer: SiretText | None = None
    since: DateText = Field(alias="from")
    cnracl_rate: Share | None = None
    ss_category: Literal["1", "2", "3"] | None = None
    atmp_rate: Share | None = None
    pension_net: Amount

    @model_validator(mode="after")
    def _recognises_something(self) -> Self:
        if self.cnracl_rate is None and self.ss_category is None and self.atmp_rate is None:
            raise refused("nothing_recognised", "Un taux CNRACL, une catégorie ou un taux AT/MP est attendu.")
        return self

    @field_validator("cnracl_rate", "atmp_rate")
    @classmethod
    def _of_something(cls, rate: Rate) -> Rate:
        if rate.value == 0:
            raise refused("rate_zero", "Un taux nul ne reconnaît rien : laissez-le de côté.")
        return rate

    def to_recognition(self, employer: str) -> Invalidity:
        return Invalidity(
            id=new_id(),
            employer=employer,
            period=Period(self.since),
            cnracl_rate=self.cnracl_rate,
            ss_category=self.ss_category,
            atmp_rate=self.atmp_rate,
            pension_net=self.pension_net,
        )


Chosen = Literal[Guarantee.DEATH, Guarantee.RETIREMENT_LOSS, Guarantee.RI_FULL_PAY]


class OptionRequest(Request):
    """An option is chosen, from a day on."""

    model_config = example({"guarantee": "DEATH", "from": "2026-01-01"})

    employer: SiretText | None = None
    guarantee: Chosen
    since: DateText = Field(alias="from")

    def to_election(self, employer: str) -> Election:
        return Election(new_id(), employer, self.guarantee, Period(self.since))


class OptionEnd(Request):
    """The last day of an option; the day before its first: it never ran."""

    model_config = example({"to": "2026-12-31"})

    until: DateText = Field(alias="to")
