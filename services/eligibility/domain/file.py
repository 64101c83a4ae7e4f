"""The agent's file as far as cover depends on it: employments, positions, dispense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kit.period import Period
from rules.vocabulary import ContractKind, EmploymentKind, PositionKind

FONCTIONNAIRES = frozenset({EmploymentKind.TITULAIRE, EmploymentKind.STAGIAIRE})


class ArtTeaching(StrEnum):
    """Teachers of arts, whose hours open the CNRACL earlier (décret 2022-244 art. 1-1)."""

    PROFESSOR = "PROFESSOR"
    ASSISTANT = "ASSISTANT"


@dataclass(frozen=True, slots=True)
class Employment:
    """One contract or appointment with one employer; several may run at once. `weekly_hours` as worked.

    `agreed`: the contract as concluded, where these days are only the part of it that came to be.
    """

    kind: EmploymentKind
    contract: ContractKind | None
    period: Period
    weekly_hours: Decimal
    art_teaching: ArtTeaching | None = None
    agreed: Period | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A leave or another interruption of work. `paid`: any pay, allowance or annuity is kept (accord art. 2.2)."""

    kind: PositionKind
    period: Period
    paid: bool


@dataclass(frozen=True, slots=True)
class Dispense:
    """A written request not to be covered, and the dates of the proofs of individual cover given (accord art. 3).

    `until`: the last day of a request that was given up.
    """

    requested_on: date
    individual_cover: bool
    proofs: tuple[date, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AgentFile:
    """All that decides the cover of one agent with one employer.

    `prior_collective_cover`: already covered by a collective contract of the same kind (accord art. 2.1).
    """

    employments: tuple[Employment, ...]
    positions: tuple[Position, ...] = ()
    prior_collective_cover: bool = False
    dispenses: tuple[Dispense, ...] = ()

    def employed_on(self, day: date) -> tuple[Employment, ...]:
        return tuple(e for e in self.employments if day in e.period)

    def positions_on(self, day: date) -> tuple[Position, ...]:
        return tuple(p for p in self.positions if day in p.period)
