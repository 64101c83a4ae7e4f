"""The payloads eligibility publishes: facts and ids. Never a NIR, a name or a cause; amounts and rates are strings."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final, Self
from uuid import UUID

from msgspec import json
from pydantic import BaseModel, ConfigDict, Field

from kit.events.envelope import EventData
from services.eligibility.domain.ending import Ending
from services.eligibility.domain.facts import Election, Invalidity
from services.eligibility.domain.standing import Standing

TOPIC: Final = "psc.eligibility.agent.v1"
# What the accord's art. 8 lets an ended contract go on owing, in the words of the registry.
KEPT: Final = ("ANNUITIES_REVALUED", "DEATH_COVER_KEPT")


class Part(BaseModel):
    """A part of a payload; readers ignore what they do not know."""

    model_config = ConfigDict(extra="ignore", frozen=True, serialize_by_alias=True)


class EmploymentPart(Part):
    """An employment as it stands. `start` and `end` are those of the whole contract, whatever changed in between."""

    id: UUID
    contract_number: str
    kind: str
    contract: str | None
    start: date
    end: date | None
    weekly_hours: str
    category: str | None
    regime: str
    service_start: date
    titular: bool

    @classmethod
    def of(cls, standing: Standing) -> Self:
        held = standing.conditions
        return cls(
            id=standing.employment,
            contract_number=standing.key.number,
            kind=held.kind.value,
            contract=held.contract,
            start=standing.whole.start,
            end=standing.whole.end,
            weekly_hours=f"{held.weekly_hours:.2f}",
            category=held.category,
            regime=standing.regime.value,
            service_start=standing.service_start,
            titular=standing.titular,
        )


class AgentHired(EventData):
    """Somebody is employed under a matricule."""

    type: ClassVar[str] = "fr.psc.eligibility.agent.hired.v1"
    topic: ClassVar[str] = TOPIC

    agent: UUID
    employer: str
    matricule: str
    birth_date: date
    employment: EmploymentPart

    @classmethod
    def of(cls, agent: UUID, standing: Standing, born: date) -> Self:
        employer, matricule = standing.key.employer, standing.key.matricule
        part = EmploymentPart.of(standing)
        return cls(agent=agent, employer=employer, matricule=matricule, birth_date=born, employment=part)

    @staticmethod
    def after_agent(standing: Standing, born: date) -> str:
        """What its JSON says after the agent: files say thousands, and nothing in it has to be checked again."""
        key, held = standing.key, standing.conditions
        said = {
            "employer": key.employer,
            "matricule": key.matricule,
            "birth_date": born,
            "employment": {
                "id": standing.employment,
                "contract_number": key.number,
                "kind": held.kind,
                "contract": held.contract,
                "start": standing.whole.start,
                "end": standing.whole.end,
                "weekly_hours": f"{held.weekly_hours:.2f}",
                "category": held.category,
                "regime": standing.regime,
                "service_start": standing.service_start,
                "titular": standing.titular,
            },
        }
        return json.encode(said, enc_hook=str)[1:].decode()


class EmploymentChanged(EventData):
    """From a day on an employment stands so: a new contract, other hours, another regime, another end."""

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.eligibility.employment.changed.v1"
    topic: ClassVar[str] = TOPIC

    agent: UUID
    employer: str
    matricule: str
    since: date = Field(alias="from")
    employment: EmploymentPart

    @classmethod
    def of(cls, agent: UUID, standing: Standing) -> Self:
        key = standing.key
        said = {"agent": agent, "employer": key.employer, "matricule": key.matricule, "from": standing.period.start}
        return cls.model_validate({**said, "employment": EmploymentPart.of(standing)})


class InvalidityRecognised(EventData):
    """An invalidity is recognised; its three rates are facts apart (rulebook S5), fractions of one.

    It holds until `to` (null: on), the day before the recognition that follows it. `follows`: the one it follows, which
    is told again by `invalidity.revised` with its last day; null: the first.
    """

    model_config = ConfigDict(serialize_by_alias=True)
    type: ClassVar[str] = "fr.psc.eligibility.invalidity.recognised.v1"
    topic: ClassVar[str] = TOPIC

    agent: UUID
    employer: str
    recognition: UUID
    since: date = Field(alias="from")
    until: date | None = Field(None, alias="to")
    follows: UUID | None = None
    cnracl_rate: str | None
    ss_category: str | None
    atmp_rate: str | None
    pension_net: str

    @classmethod
    def of(cls, agent: UUID, one: Invalidity, follows: UUID | None = None) -> Self:
        said = {
            "agent": agent,
            "employer": one.employer,
            "recognition": one.id,
            "from": one.period.start,
            "to": one.period.end,
            "follows": follows,
            "cnracl_rate": None if one.cnracl_rate is None else str(one.cnracl_rate),
            "ss_category": one.ss_category,
            "atmp_rate": None if one.atmp_rate is None else str(one.atmp_rate),
            "pension_net": str(one.pension_net),
        }
        return cls.model_validate(said)


class InvalidityRevised(InvalidityRecognised):
    """It was recognised otherwise than was said; the payload is the recognition as it now stands."""

    type: ClassVar[str] = "fr.psc.eligibility.invalidity.revised.v1"
    topic: ClassVar[str] = TOPIC


class InvalidityWithdrawn(InvalidityRecognised):
    """It was not recognised; the payload is what had been said."""

    type: ClassVar[str] = "fr.psc.eligibility.invalidity.withdrawn.v1"
    topic: ClassVar[str] = TOPIC


class Reason(Part):
    """Why, with its article."""

    rule: str
    reference: str
    detail: str


class TimelinePart(Part):
    """A stretch of the timeline."""

    start: date
    end: date | None
    outcome: str


class Affiliation(EventData):
    """What has become of an affiliation, with the whole timeline: applied in any order, the highest sequence holds."""

    model_config = ConfigDict(serialize_by_alias=True)

    agent: UUID
    employer: str
    agreement: str
    decision: UUID
    since: date = Field(alias="from")
    until: date | None = Field(alias="to")
    reasons: list[Reason]
    timeline: list[TimelinePart]


class AffiliationStarted(Affiliation):
    """Cover begins."""

    type: ClassVar[str] = "fr.psc.eligibility.affiliation.started.v1"
    topic: ClassVar[str] = TOPIC


class AffiliationSuspended(Affiliation):
    """Cover is suspended (accord art. 2.2)."""

    type: ClassVar[str] = "fr.psc.eligibility.affiliation.suspended.v1"
    topic: ClassVar[str] = TOPIC


class AffiliationResumed(Affiliation):
    """Cover goes on after a suspension."""

    type: ClassVar[str] = "fr.psc.eligibility.affiliation.resumed.v1"
    topic: ClassVar[str] = TOPIC


class AffiliationWithheld(Affiliation):
    """No cover on these days, and none before them: excluded, not yet eligible, deferred or dispensed."""

    type: ClassVar[str] = "fr.psc.eligibility.affiliation.withheld.v1"
    topic: ClassVar[str] = TOPIC


class KeptPart(Part):
    """What an ended contract goes on owing (accord art. 8), and the insurer who owes it; null: unknown."""

    what: str
    insurer: str | None


class EndingPart(Part):
    """The end of a contract: AGREEMENT_ENDED or ADHESION_ENDED, its last day, what it goes on owing."""

    kind: str
    on: date
    kept: list[KeptPart]

    @classmethod
    def of(cls, one: Ending) -> Self:
        owing = one.insurers or (None,)
        kept = [KeptPart(what=what, insurer=insurer) for insurer in owing for what in KEPT]
        return cls(kind=one.kind.value, on=one.on, kept=kept)


class AffiliationEnded(Affiliation):
    """Cover ends; with a timeline that never covers, it never was.

    `ending` is there when it ends with the accord or with the employer's adhesion, not for a reason of the agent's own.
    """

    type: ClassVar[str] = "fr.psc.eligibility.affiliation.ended.v1"
    topic: ClassVar[str] = TOPIC

    ending: EndingPart | None = None


class Option(EventData):
    """An option and the days it runs; `to` null: on."""

    model_config = ConfigDict(serialize_by_alias=True)

    agent: UUID
    employer: str
    election: UUID
    guarantee: str
    since: date = Field(alias="from")
    until: date | None = Field(alias="to")

    @classmethod
    def of(cls, agent: UUID, one: Election, until: date | None) -> Self:
        said = {"agent": agent, "employer": one.employer, "election": one.id, "guarantee": one.guarantee.value}
        return cls.model_validate({**said, "from": one.period.start, "to": until})


class OptionElected(Option):
    """An option is chosen."""

    type: ClassVar[str] = "fr.psc.eligibility.option.elected.v1"
    topic: ClassVar[str] = TOPIC


class OptionCancelled(Option):
    """It ends on `to`; when that is before its first day, it never ran."""

    type: ClassVar[str] = "fr.psc.eligibility.option.cancelled.v1"
    topic: ClassVar[str] = TOPIC
