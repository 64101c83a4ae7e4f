"""What the agent's file answers: as much of it as the caller's employers may see. Never a NIR."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from kit.http.types import Answer
from services.eligibility.adapters.agents import Link, Name
from services.eligibility.adapters.identities import StoredAgent
from services.eligibility.api.common import Entered
from services.eligibility.api.status_answers import (
    DeathStated,
    DepartureAnswer,
    DispenseAnswer,
    IdentityAnswer,
    PositionAnswer,
)
from services.eligibility.domain.facts import Election, Invalidity, LeaveEntry, Spell


class SpellAnswer(Answer):
    """A stretch of an employment under one set of conditions."""

    start: date
    end: date | None
    kind: str
    contract: str | None
    weekly_hours: str
    category: str | None
    art_teaching: str | None

    @classmethod
    def of(cls, spell: Spell) -> Self:
        held = spell.conditions
        return cls(
            start=spell.period.start,
            end=spell.period.end,
            kind=held.kind.value,
            contract=held.contract,
            weekly_hours=f"{held.weekly_hours:.2f}",
            category=held.category,
            art_teaching=held.art_teaching,
        )


class EmploymentAnswer(Answer):
    """An employment, with all its stretches."""

    id: UUID
    employer: str
    matricule: str
    contract_number: str
    start: date
    end: date | None
    agreed_end: date | None
    service_start: date | None
    spells: list[SpellAnswer]

    @classmethod
    def all_of(cls, spells: Iterable[Spell]) -> list[Self]:
        """The employments these stretches make up, by start."""
        grouped: dict[UUID, list[Spell]] = {}
        for spell in sorted(spells, key=lambda s: s.period.start):
            grouped.setdefault(spell.employment, []).append(spell)
        return [cls.of(own) for own in grouped.values()]

    @classmethod
    def of(cls, own: list[Spell]) -> Self:
        first, last = own[0], own[-1]
        return cls(
            id=first.employment,
            employer=first.key.employer,
            matricule=first.key.matricule,
            contract_number=first.key.number,
            start=first.period.start,
            end=last.period.end,
            agreed_end=last.agreed_end,
            service_start=first.service_start,
            spells=[SpellAnswer.of(spell) for spell in own],
        )


class EntryAnswer(Answer):
    """An initial stop or a renewal; `kind`: a leave may be of another kind from a day on."""

    id: UUID
    kind: str
    start: date
    end: date | None
    paid: bool
    waiting_days: int | None
    seniority_days: int | None
    quotity: str | None = Field(None, exclude_if=lambda rate: rate is None)
    sent_on: date | None = Field(None, exclude_if=lambda day: day is None)
    recorded_at: datetime | None = Field(None, exclude_if=lambda at: at is None)

    @classmethod
    def of(cls, entry: LeaveEntry) -> Self:
        return cls(
            id=entry.id,
            kind=entry.kind.value,
            start=entry.period.start,
            end=entry.period.end,
            paid=entry.paid,
            waiting_days=entry.waiting_days,
            seniority_days=entry.seniority_days,
            quotity=None if entry.quotity is None else str(entry.quotity),
            sent_on=entry.sent_on,
            recorded_at=entry.recorded_at,
        )


class LeaveAnswer(Answer):
    """A leave with its entries."""

    id: UUID
    employer: str
    kind: str
    start: date
    end: date | None
    entries: list[EntryAnswer]

    @classmethod
    def of(cls, entries: Iterable[LeaveEntry]) -> Self:
        ordered = sorted(entries, key=lambda entry: entry.period.start)
        first, last = ordered[0], ordered[-1]
        return cls(
            id=first.leave,
            employer=first.employer,
            kind=first.kind.value,
            start=first.period.start,
            end=last.period.end,
            entries=[EntryAnswer.of(entry) for entry in ordered],
        )

    @classmethod
    def all_of(cls, entries: Iterable[LeaveEntry]) -> list[Self]:
        """The leaves these entries make up, by start; other positions are left out."""
        grouped: dict[UUID, list[LeaveEntry]] = {}
        for entry in sorted((e for e in entries if e.is_leave), key=lambda e: e.period.start):
            grouped.setdefault(entry.leave, []).append(entry)
        return [cls.of(own) for own in grouped.values()]


class LeaveChanged(Entered):
    """A leave after a change; None: it is cancelled."""

    leave: LeaveAnswer | None


class InvalidityAnswer(Answer):
    """A recognition of invalidity; `to` is the day before the one that follows it."""

    id: UUID
    employer: str
    since: date = Field(serialization_alias="from")
    until: date | None = Field(serialization_alias="to")
    cnracl_rate: str | None
    ss_category: str | None
    atmp_rate: str | None
    pension_net: str
    recorded_at: datetime | None = Field(None, exclude_if=lambda at: at is None)

    @classmethod
    def of(cls, one: Invalidity) -> Self:
        return cls(
            id=one.id,
            employer=one.employer,
            since=one.period.start,
            until=one.period.end,
            cnracl_rate=None if one.cnracl_rate is None else str(one.cnracl_rate),
            ss_category=one.ss_category,
            atmp_rate=None if one.atmp_rate is None else str(one.atmp_rate),
            pension_net=str(one.pension_net),
            recorded_at=one.recorded_at,
        )


class OptionAnswer(Answer):
    """An option chosen; `to` null: on."""

    id: UUID
    employer: str
    guarantee: str
    since: date = Field(serialization_alias="from")
    until: date | None = Field(serialization_alias="to")
    recorded_at: datetime | None = Field(None, exclude_if=lambda at: at is None)

    @classmethod
    def of(cls, one: Election, **more: Any) -> Self:
        return cls(
            id=one.id,
            employer=one.employer,
            guarantee=one.guarantee.value,
            since=one.period.start,
            until=one.period.end,
            recorded_at=one.recorded_at,
            **more,
        )


class MatriculeAnswer(Answer):
    """With whom the agent is, under which matricule, and whether a collective contract covered the agent before."""

    employer: str
    matricule: str
    prior_collective_cover: bool

    @classmethod
    def of(cls, link: Link) -> Self:
        return cls(employer=link.employer, matricule=link.matricule, prior_collective_cover=link.prior_collective_cover)


class AgentRow(Answer):
    """An agent in a list; both names are empty for a restricted person, unless the caller reads those."""

    id: UUID
    employer: str
    matricule: str
    last_name: str
    first_name: str
    restricted: bool

    @classmethod
    def of(cls, link: Link, name: Name | None, *, all_of_it: bool) -> Self:
        """Of a restricted person no name, unless the caller reads `all_of_it`."""
        restricted = name is not None and name.restricted
        shown = None if restricted and not all_of_it else name
        return cls(
            id=link.agent,
            employer=link.employer,
            matricule=link.matricule,
            last_name=shown.last if shown else "",
            first_name=shown.first if shown else "",
            restricted=restricted,
        )


class AgentAnswer(Answer):
    """An agent's file. The name and the birth date are those stated last; `identities` has each employer's."""

    id: UUID
    employer: str
    matricule: str
    last_name: str
    first_name: str
    birth_date: date
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

    @classmethod
    def of(cls, person: StoredAgent, links: list[Link], **facts: Any) -> Self:
        """`employer` and `matricule` are the first the caller sees; `matricules` holds them all."""
        return cls(
            id=person.id,
            employer=links[0].employer,
            matricule=links[0].matricule,
            last_name=person.latest.last_name,
            first_name=person.latest.first_name,
            birth_date=person.latest.birth_date,
            identities=[IdentityAnswer.of(one) for one in person.stated],
            matricules=[MatriculeAnswer.of(link) for link in links],
            **facts,
        )
