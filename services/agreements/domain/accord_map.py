"""The map of a day: scheme, lots, accords, employers. Who stands under which lot is read from insurers and conventions.

What nobody has published stays unknown: an accord whose insurer holds several lots, and that does not say on which
convention it stands, is under no lot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from kit.period import Period
from services.agreements.domain.agreement import EmployerParty, InsurerParty
from services.agreements.domain.lifecycle import Force, Status
from services.agreements.domain.scheme import Convention, ConventionState, Scheme, state_on


@dataclass(frozen=True, slots=True)
class Override:
    """What an exception says otherwise for an employer: the groups of terms that it states, by their paths."""

    period: Period
    terms: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Party:
    """An employer that an accord binds, has bound or will bind, and what the accord says otherwise for it."""

    employer: EmployerParty
    overrides: tuple[Override, ...] = ()

    def state(self, day: date) -> ConventionState:
        return state_on(self.employer.period, day)


@dataclass(frozen=True, slots=True)
class MappedAccord:
    """An accord as it speaks on a day; `insurers` are all of its document, `parties` by name, the overridden first."""

    id: str
    title: str
    version: int
    scheme: str | None
    status: Status
    force: Force
    effective: Period
    insured_until: date | None
    insurers: tuple[InsurerParty, ...]
    locks: tuple[str, ...]
    inherited: tuple[str, ...]
    parties: tuple[Party, ...]

    def insurers_on(self, day: date) -> tuple[InsurerParty, ...]:
        """Who insures on a day; where nobody does, whoever has or will."""
        return tuple(one for one in self.insurers if day in one.period) or self.insurers

    def bound_on(self, day: date) -> tuple[Party, ...]:
        """The employers party to it on a day."""
        return tuple(one for one in self.parties if day in one.employer.period)


@dataclass(slots=True)
class MappedLot:
    """A lot with its conventions and the accords under it. `number` None: what stands under no lot that is known."""

    number: int | None
    holder: str | None = None
    population: str | None = None
    conventions: list[Convention] = field(default_factory=list)
    accords: list[MappedAccord] = field(default_factory=list)


def lots_of(scheme: Scheme, accords: Iterable[MappedAccord], day: date) -> list[MappedLot]:
    """The lots of a scheme in order, then, where anything is there, what stands under no known lot."""
    lots = [
        MappedLot(lot.number, lot.holder, lot.population) for lot in sorted(scheme.lots, key=lambda lot: lot.number)
    ]
    unknown = MappedLot(None)
    found: dict[int | None, MappedLot] = {lot.number: lot for lot in lots}
    for convention in scheme.conventions:
        found.get(convention.lot, unknown).conventions.append(convention)
    for accord in accords:
        for number in lots_under(accord, scheme, day):
            found.get(number, unknown).accords.append(accord)
    return [*lots, unknown] if unknown.conventions or unknown.accords else lots


def lots_under(accord: MappedAccord, scheme: Scheme | None, day: date) -> set[int | None]:
    """The lots an accord stands under on a day, by its insurers; None: not known."""
    if scheme is None:
        return {None}
    return {_lot(insurer, scheme, day) for insurer in accord.insurers_on(day)} or {None}


def _lot(insurer: InsurerParty, scheme: Scheme, day: date) -> int | None:
    """The lot of an insurer's convention, the one that is named or the only one it may be."""
    held = scheme.of_insurer(insurer.code, insurer.convention)
    lots = {one.lot for one in [c for c in held if day in c.period] or held}
    return lots.pop() if len(lots) == 1 else None
