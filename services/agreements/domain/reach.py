"""Whose cover a change of an accord takes or gives, as far as the registry can tell: eligibility alone decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from kit.period import ONE_DAY
from rules.vocabulary import AffiliationOutcome as Outcome
from services.agreements.domain.agreement import Agreement
from services.agreements.domain.term_tree import TermChange

# A term of who is covered, and what it keeps agents in who may come out of it when it changes (accord art. 2 and 3).
_HELD_BY: Final = {
    "excluded_kinds": Outcome.EXCLUDED,
    "seniority_months": Outcome.NOT_YET_ELIGIBLE,
    "seniority_gap_days": Outcome.NOT_YET_ELIGIBLE,
    "seniority_kinds": Outcome.NOT_YET_ELIGIBLE,
    "contract_months": Outcome.NOT_YET_ELIGIBLE,
    "return_days": Outcome.DEFERRED,
    "deferring_leaves": Outcome.DEFERRED,
    "dispense": Outcome.DISPENSED,
    "suspension": Outcome.SUSPENDED,
}
# Those that may also put out who is in; who has come in by the others stays when more is asked afterwards.
_TAKING: Final = frozenset({"excluded_kinds", "suspension"})


@dataclass(frozen=True, slots=True)
class Reach:
    """Where to look for whom a change concerns, at one employer or (None) at all.

    `lost`: covered after this day. `kept`: covered on this day and, as things stand, not after it. `freed`: kept out by
    one of these on the first day of the change. `joining`: employers that come in. `at_most`: not each of them.
    """

    lost: tuple[tuple[str | None, date], ...] = ()
    kept: tuple[tuple[str | None, date], ...] = ()
    freed: frozenset[Outcome] = frozenset()
    joining: frozenset[str] = frozenset()
    at_most: bool = False


NOBODY: Final = Reach()
# A suspension of the agent's own keeps on when that of the accord ends.
RESUMED: Final = Reach(freed=frozenset({Outcome.SUSPENDED}), at_most=True)


def ending(last: date, employer: str | None = None) -> Reach:
    """Cover ends after a day."""
    return Reach(lost=((employer, last),))


def of_revision(before: Agreement, after: Agreement, since: date, changed: Sequence[TermChange]) -> Reach:
    """An avenant: parties that leave, stay longer or come in, and conditions of cover that become others."""
    eve = since - ONE_DAY
    lost: list[tuple[str | None, date]] = []
    kept: list[tuple[str | None, date]] = []
    new = {one.siret: one.period.last for one in after.employers}
    old = {one.siret: one.period.last for one in before.employers}
    ends: list[tuple[str | None, date, date]] = [(None, before.effective.last, after.effective.last)]
    ends += [(siret, last, new.get(siret, eve)) for siret, last in old.items()]
    for employer, was, last in ends:
        lost += [(employer, max(last, eve))] if last < was else []
        kept += [(employer, was)] if last > was else []
    reach = Reach(tuple(lost), tuple(kept), joining=frozenset(new.keys() - old.keys()))
    terms = {name for change in changed for name in _conditions(change) if name in _HELD_BY}
    if not terms:
        return reach
    taken = ((None, eve),) if terms & _TAKING else ()
    freed = frozenset(_HELD_BY[name] for name in terms)
    return replace(reach, lost=taken or reach.lost, freed=freed, at_most=True)


def _conditions(change: TermChange) -> Iterator[str]:
    """Which condition of cover a term is part of, the accord's or an exception's."""
    parts = change.term.split("/")
    if "eligibility" in parts[:-1]:
        yield parts[parts.index("eligibility") + 1]
