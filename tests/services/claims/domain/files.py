"""Agents' files to propose from: the agent of rulebook G30, covered since the accord began."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from kit.money import Money
from kit.period import Month, Period
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, LeaveKind, Regime
from services.claims.domain.agent_file import Affiliation, AgentFile, DatedTerms, Employment, Leave
from services.claims.domain.leave import Entry
from tests.services.claims.simulator import ACCORD, TERMS

ACCORD_START: Final = date(2025, 1, 1)
PAY: Final = PayElements(tib=Money(206_757), nbi=Money(7_384), ri=Money(30_000))
FIRST: Final = "11111111-1111-7111-8111-111111111111"
SECOND: Final = "22222222-2222-7222-8222-222222222222"


def day(text: str) -> date:
    return date.fromisoformat(text)


def entry(start: str, end: str, kind: LeaveKind = LeaveKind.CMO, waiting: int | None = None) -> Entry:
    return Entry(kind, Period(day(start), day(end)), waiting)


def leave(*entries: Entry, id: str = FIRST) -> Leave:  # noqa: A002 - the field's name
    return Leave(id, entries)


def covered(start: str = "2025-01-01", end: str | None = None, agreement: str = TERMS.agreement) -> Affiliation:
    period = Period(day(start), day(end) if end else None)
    return Affiliation(agreement, ((period, AffiliationOutcome.AFFILIATED),))


def employed(start: str = "2005-09-01", regime: Regime = Regime.CNRACL, end: str | None = None) -> Employment:
    return Employment("e", Period(day(start), day(end) if end else None), regime, Category.C, day(start))


def paid(*months: str) -> dict[Month, PayElements]:
    return {Month.parse(month): PAY for month in months}


def file(**facts: Any) -> AgentFile:
    """The file, with these facts instead of the usual ones."""
    usual = {
        "employments": (employed(),),
        "birth_date": day("1975-03-01"),
        "affiliations": (covered(),),
        "pay": paid("2026-01"),
        "terms": {TERMS.agreement: (DatedTerms(ACCORD_START, TERMS, ACCORD),)},
    }
    return AgentFile(**{**usual, **facts})
