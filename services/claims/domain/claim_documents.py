"""The documents of a claim: which are required for its leave and regime, and which are missing (rulebook §5.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from rules.book import NoValueAt, Rules
from rules.vocabulary import LeaveKind, Regime

# What an agent of the régime général is paid beside his pay is told by.
DAILY_ALLOWANCES: Final = "DAILY_ALLOWANCES"


def required(kinds: Collection[LeaveKind], regime: Regime, day: date, rules: Rules) -> tuple[str, ...]:
    """The codes, in the order of the rule; a row without kind or regime is for all. Raises NoValueAt."""
    found = {
        row["document"]: None
        for row in rules.table("claim.documents", day)
        if row.get("kind") in (None, *kinds) and row.get("regime") in (None, regime)
    }
    return tuple(found)


def required_of(risk: str, regime: Regime | None, day: date, rules: Rules) -> tuple[str, ...]:
    """Those of an annuity (`ANNUITY`) or a capital (`DEATH`, `IAD`, `RETIREMENT_LOSS`), in the order of the rule.

    None on a day for which no list is known.
    """
    try:
        rows = rules.table("award.documents", day)
    except NoValueAt:
        return ()
    return tuple(row["document"] for row in rows if row["risk"] == risk and row.get("regime") in (None, regime))


def missing(needed: Iterable[str], received: Collection[str]) -> tuple[str, ...]:
    return tuple(document for document in needed if document not in received)
