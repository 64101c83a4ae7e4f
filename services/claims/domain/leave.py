"""Leaves as the engine reads them: entries, the runs they form, and what is refused before anything is computed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from kit.period import Period
from kit.rate import Rate
from rules.book import Rules
from rules.vocabulary import FONCTIONNAIRES, LeaveKind, PathologyGroup, Regime
from services.claims.domain.errors import (
    LeaveKindNotApplicable,
    OverlappingLeaves,
    QuotityNotApplicable,
    ServiceStartRequired,
    WaitingDaysNotApplicable,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An initial stop or a renewal. `waiting_days` None: as the law says; `seniority_days` counts at its start.

    `pathology_group`: what a CLD is about, or a number that the leaves of one cause share. `quotity`: of a TPT, the
    share of full time that is worked. `sent_on`: when the sick note was sent; None: in time. `person`: who the agent
    was on its first day; None: who he is in the case. `cause`: of a CMO, a number that those of one cause share; `ald`:
    it is a long-term condition. Neither is written in a decision.
    """

    kind: LeaveKind
    period: Period
    waiting_days: int | None = None
    pathology_group: PathologyGroup | int | None = None
    seniority_days: int | None = None
    quotity: Rate | None = None
    sent_on: date | None = None
    person: Person | None = None
    cause: int | None = None
    ald: bool = False

    def of(self, person: Person) -> Person:
        """Whose rights the entry is under: those of its own first day, whatever the agent has become since."""
        return self.person or person

    @property
    def start(self) -> date:
        return self.period.start

    @property
    def end(self) -> date:
        assert self.period.end is not None, "an entry ends"
        return self.period.end


@dataclass(frozen=True, slots=True)
class Person:
    """What of an agent decides statutory rights. `titular` False is a stagiaire.

    `interruptions`: of a contractuel, the days between two contracts with the employer.
    """

    regime: Regime
    service_start: date | None = None
    titular: bool = True
    interruptions: tuple[Period, ...] = ()

    @property
    def fonctionnaire(self) -> bool:
        return self.regime in FONCTIONNAIRES


@dataclass(frozen=True, slots=True)
class Run:
    """Contiguous entries of one kind (and, for a CLD, of one group): a stop and its renewals."""

    entries: tuple[Entry, ...]

    @property
    def start(self) -> date:
        return self.entries[0].start

    @property
    def end(self) -> date:
        return self.entries[-1].end

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.start))


def contiguous(earlier: Entry, later: Entry) -> bool:
    return later.period.follows(earlier.period)


def runs_of(entries: Sequence[Entry]) -> list[Run]:
    """The runs of entries already in date order."""
    runs: list[list[Entry]] = []
    for entry in entries:
        if runs and contiguous(runs[-1][-1], entry) and _nature(runs[-1][-1]) == _nature(entry):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return [Run(tuple(run)) for run in runs]


def spells_of(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """Entries already in date order, cut where the agent was back for a day or more, whatever the kinds."""
    cuts = [0]
    for earlier, later in pairwise(entries):
        cuts.append(cuts[-1] + (not contiguous(earlier, later)))
    return [
        tuple(entry for entry, _ in group) for _, group in groupby(zip(entries, cuts, strict=False), lambda p: p[1])
    ]


def checked(person: Person, entries: Iterable[Entry], rules: Rules) -> tuple[Entry, ...]:
    """The entries in date order, or the refusal of the first that cannot be.

    Raises LeaveKindNotApplicable, WaitingDaysNotApplicable, ServiceStartRequired, OverlappingLeaves. Pointers are
    `/leaves/<place in the request>`.
    """
    given = list(entries)
    if person.regime is Regime.CONTRACTUEL_PUBLIC and person.service_start is None:
        raise ServiceStartRequired(pointer="/agent/service_start")
    for place, entry in enumerate(given):
        _check(person, entry, f"/leaves/{place}", rules)
    places = sorted(range(len(given)), key=lambda place: given[place].start)
    for earlier, later in pairwise(places):
        if given[later].start <= given[earlier].end:
            raise OverlappingLeaves(pointer=f"/leaves/{max(earlier, later)}")
    return tuple(given[place] for place in places)


def _nature(entry: Entry) -> Hashable:
    return entry.kind, entry.pathology_group if entry.kind is LeaveKind.CLD else None


def _check(person: Person, entry: Entry, pointer: str, rules: Rules) -> None:
    if entry.waiting_days is not None and entry.kind is not LeaveKind.CMO:
        raise WaitingDaysNotApplicable(pointer=f"{pointer}/waiting_days")
    if entry.quotity is not None and not _is_of_tpt(entry, rules):
        raise QuotityNotApplicable(pointer=f"{pointer}/quotity")
    own = entry.of(person)
    if own.regime is Regime.CONTRACTUEL_PUBLIC and own.service_start is None:
        raise ServiceStartRequired(pointer=f"{pointer}/status/service_start")
    open_to = any(
        row["kind"] == entry.kind and row["regime"] == own.regime
        for row in rules.table("leave.applicable", entry.start)
    )
    if not open_to or (entry.kind is LeaveKind.DO and not own.titular):
        raise LeaveKindNotApplicable(pointer=f"{pointer}/kind")


def _is_of_tpt(entry: Entry, rules: Rules) -> bool:
    """Whether the quotity is one that a TPT may have."""
    if entry.kind is not LeaveKind.TPT:
        return False
    return any(Rate.parse(row["quotity"]) == entry.quotity for row in rules.table("leave.tpt.quotities", entry.start))
