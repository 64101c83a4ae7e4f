"""What `agreement.published` carries: the whole dated terms of an accord, so that no consumer asks back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from kit.events.envelope import EventData
from kit.period import Period
from services.agreements.adapters.document import AgreementDocument

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
    """A contribution rate and the employer's share of it, as decimal strings.

    `minimum_rate`: the part of the rate that pays for the minimum guarantees; null: unknown.
    """

    guaranteed_to: str | None
    rate: str
    employer_share: str
    source: str
    minimum_rate: str | None = None


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
    """Whether pay during a suspension keeps the cover, and on what contributions are reckoned then."""

    paid_keeps_cover: bool
    contribution_on: str = "PAY_DUE"
    source: str


class Eligibility(Part):
    """Who is compulsorily covered, and from when.

    `seniority_gap_days`: the days without contract that leave months of seniority consecutive.
    """

    return_days: int
    deferring_leaves: list[str]
    seniority_months: int
    contract_months: int
    seniority_kinds: list[str]
    excluded_kinds: list[str]
    dispense: Dispense | None
    suspension: Suspension
    source: str
    seniority_gap_days: int = Field(0, exclude_if=lambda days: days == 0)


class Former(Part):
    """What the accord said until the day `to` included, before an avenant said otherwise."""

    end: str = Field(alias="to")
    eligibility: Eligibility
    guarantees: list[Guarantee]
    contribution_base: list[ContributionBase]
    exceptions: list[dict[str, Any]] = Field(default_factory=list)


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
    # What it said before, oldest first; the terms above hold after the last of them.
    formerly: list[Former] = Field(default_factory=list)

    @classmethod
    def of(
        cls,
        document: AgreementDocument,
        version: int,
        suspended: Iterable[Period] = (),
        formerly: Iterable[Mapping[str, Any]] = (),
    ) -> Self:
        days = [dated(period) for period in suspended]
        said = {**document.dump(), "version": version, "suspensions": days, "formerly": list(formerly)}
        return cls.model_validate(said)


def dated(period: Period) -> dict[str, str | None]:
    """A period as payloads hold it."""
    return {"from": period.start.isoformat(), "to": None if period.end is None else period.end.isoformat()}
