"""What an employer says of an agent when it joins: what came before, as far as rights still depend on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kit.errors import RelaisError
from kit.period import add_years
from rules.book import Rules
from rules.vocabulary import PositionKind
from services.eligibility.domain.errors import NotEmployed
from services.eligibility.domain.facts import DispenseRequest, Election, LeaveEntry, Spell

# How far back an ended leave still counts: the years before the day of joining, by rule. A CLD counts for a career.
WINDOWS: Final = {
    PositionKind.CMO: "leave.cmo.window_years",
    PositionKind.CLM: "leave.clm.window_years",
}


class OpeningTaken(RelaisError):
    """The agent's opening balance is known with other content; what came since is corrected fact by fact."""

    code = "opening_taken"
    title_fr = "Reprise déjà enregistrée avec un autre contenu"
    title_en = "Opening balance already recorded with other content"
    status = 409


class OpeningNotBefore(RelaisError):
    """The leave does not begin before the employer joins: it is recorded as any other."""

    code = "opening_not_before"
    title_fr = "Le congé ne commence pas avant la date de reprise"
    title_en = "The leave does not begin before the opening date"


class OpeningTooOld(RelaisError):
    """The leave ended before what rights look back to: it says nothing of them, and is not kept."""

    code = "opening_too_old"
    title_fr = "Congé trop ancien pour compter encore"
    title_en = "Leave too old to count"


@dataclass(frozen=True, slots=True)
class OpeningLeave:
    """A leave that began before; `cause` tells the causes of an agent's CLD apart and says nothing else."""

    entries: tuple[LeaveEntry, ...]
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The balance of one agent with the employer that joins on `as_of`."""

    employer: str
    as_of: date
    leaves: tuple[OpeningLeave, ...] = ()
    options: tuple[Election, ...] = ()
    dispense: DispenseRequest | None = None


def check(opening: Opening, spells: Iterable[Spell], rules: Rules) -> None:
    """Raises NotEmployed, OpeningNotBefore, OpeningTooOld."""
    if not any(opening.as_of in spell.period for spell in spells if spell.key.employer == opening.employer):
        raise NotEmployed(pointer="/as_of")
    for number, leave in enumerate(opening.leaves):
        _check_leave(leave.entries, opening.as_of, f"/leaves/{number}/entries", rules)


def _check_leave(entries: Sequence[LeaveEntry], as_of: date, pointer: str, rules: Rules) -> None:
    if entries[0].period.start >= as_of:
        raise OpeningNotBefore(pointer=f"{pointer}/0/start")
    last, kind = entries[-1].period.last, entries[0].kind
    if last >= as_of or kind is PositionKind.CLD:
        return
    window = WINDOWS.get(kind)
    if window is None or last < add_years(as_of, -rules.at(window, as_of).integer):
        raise OpeningTooOld(pointer=f"{pointer}/{len(entries) - 1}/end")
