"""What steers a scheme: cover, contributions and benefits of each département or lot, from the services' counts.

What is not known of an employer, its département or its lot, makes a group of its own: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from kit.small_groups import hidden

UNKNOWN: Final = ""
_THOUSANDTH: Final = Decimal("0.001")
Rows = Sequence[Mapping[str, Any]]
# The group of an employer, under an accord or, where none is named, as a whole.
KeyOf = Callable[[str, str | None], str]


@dataclass(slots=True)
class Group:
    """Sums of a group, or of all. Amounts in euros; `annuities` are of one month. `masked`: of too few to be shown."""

    key: str
    employers: set[str] = field(default_factory=set)
    covered_employers: set[str] = field(default_factory=set)
    employed: int = 0
    covered: int = 0
    amount: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    agents: int = 0
    benefits: Decimal = Decimal(0)
    annuities: Decimal = Decimal(0)
    masked: bool = False

    def employ(self, row: Mapping[str, Any]) -> None:
        self.employers.add(row["employer"])
        self.employed += row["agents"]

    def cover_more(self, row: Mapping[str, Any]) -> None:
        self.covered_employers.add(row["employer"])
        self.covered += row["agents"]

    def issue(self, row: Mapping[str, Any]) -> None:
        self.amount += Decimal(row["amount"])
        self.paid += Decimal(row["paid"])

    def decide(self, row: Mapping[str, Any]) -> None:
        self.agents += row["agents"]
        self.benefits += Decimal(row["income"]) + Decimal(row["capitals"])
        self.annuities += Decimal(row["annuities"])

    @property
    def cover(self) -> Decimal | None:
        """Covered of employed agents, a fraction; None where nobody is employed."""
        return _part(Decimal(self.covered), Decimal(self.employed))

    @property
    def ratio(self) -> Decimal | None:
        """Benefits of contributions, annuities apart; None where it is not to be shown or there is nothing."""
        return None if self.masked else _part(self.benefits, self.amount)


def _part(of: Decimal, whole: Decimal) -> Decimal | None:
    return (of / whole).quantize(_THOUSANDTH) if whole > 0 else None


@dataclass(frozen=True, slots=True)
class Lots:
    """Which lot an accord stands in for an employer: by its insurer, where that holds one known lot alone."""

    of_insurer: Mapping[str, str]
    insurers: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, conventions: Rows, issued: Rows, day: str) -> Lots:
        """From the conventions that run on a day, and from who is named on statements."""
        held: dict[str, set[str]] = {}
        for one in conventions:
            if one["from"] <= day and (one["to"] is None or day <= one["to"]):
                held.setdefault(one["insurer"], set()).add(UNKNOWN if one["lot"] is None else str(one["lot"]))
        named: dict[tuple[str, str], set[str]] = {}
        for row in issued:
            named.setdefault((row["employer"], row["agreement"]), set()).add(row["insurer"] or UNKNOWN)
        return cls(_alone(held), _alone(named))

    def lot(self, employer: str, agreement: str) -> str:
        return self.of_insurer.get(self.insurers.get((employer, agreement), UNKNOWN), UNKNOWN)


def _alone(found: Mapping[Any, set[str]]) -> dict[Any, str]:
    return {key: next(iter(values)) for key, values in found.items() if len(values) == 1}


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers of the services; empty where the person may not read one."""

    employed: Rows
    covered: Rows
    issued: Rows
    decided: Rows

    @classmethod
    def of(cls, cover: Mapping[str, Any] | None, year: Mapping[str, Any] | None) -> Counted:
        cover, year = cover or {}, year or {}
        return cls(
            cover.get("employed", ()), cover.get("covered", ()), year.get("contributions", ()), year.get("benefits", ())
        )

    def accords(self) -> dict[str, set[str]]:
        """The accords under which each employer has somebody covered or something issued."""
        found: dict[str, set[str]] = {}
        for row in (*self.covered, *self.issued):
            found.setdefault(row["employer"], set()).add(row["agreement"])
        return found


def by_department(counted: Counted, departments: Mapping[str, str | None], least: int) -> tuple[list[Group], Group]:
    """A group for each département, and all of them together."""

    def of(employer: str, _agreement: str | None) -> str:
        return departments.get(employer) or UNKNOWN

    return _grouped(counted, of, least)


def by_lot(counted: Counted, lots: Lots, least: int) -> tuple[list[Group], Group]:
    """A group for each lot, and all of them together. An employer's agents are of its lot where it has one alone."""
    accords = counted.accords()

    def of(employer: str, agreement: str | None) -> str:
        if agreement is not None:
            return lots.lot(employer, agreement)
        known = {lots.lot(employer, one) for one in accords.get(employer, ())}
        return known.pop() if len(known) == 1 else UNKNOWN

    return _grouped(counted, of, least)


def _grouped(counted: Counted, of: KeyOf, least: int) -> tuple[list[Group], Group]:
    groups: dict[str, Group] = {}
    whole = Group("*")
    for rows, take in (
        (counted.employed, Group.employ),
        (counted.covered, Group.cover_more),
        (counted.issued, Group.issue),
        (counted.decided, Group.decide),
    ):
        for row in rows:
            key = of(row["employer"], row.get("agreement"))
            take(groups.setdefault(key, Group(key)), row)
            take(whole, row)
    shown = sorted(groups.values(), key=lambda group: (group.key == UNKNOWN, group.key.zfill(3)))
    for place in hidden([group.agents for group in shown], least):
        shown[place].masked = True
    whole.masked = 0 < whole.agents < least
    return shown, whole
