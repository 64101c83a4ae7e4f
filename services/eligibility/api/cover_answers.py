"""What is answered of the cover of an agent: its timeline with reasons, its options, the decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from kit.http.types import Answer
from services.eligibility.api.answers import OptionAnswer


class DaysAnswer(Answer):
    """Days, both ends included; `end` null: open."""

    start: date
    end: date | None


class HeldOptionAnswer(OptionAnswer):
    """An option chosen, and the days on which it gives cover: under a regime that opens it (option 1: CNRACL).

    `open` is null where cover is not decided, or when it is asked what was known at an instant.
    """

    open: list[DaysAnswer] | None


class ReasonAnswer(Answer):
    """Why, with its article."""

    rule: str
    reference: str
    detail: str


class PeriodAnswer(Answer):
    """Days with one outcome."""

    start: date
    end: date | None
    outcome: str
    reasons: list[ReasonAnswer]


class AffiliationAnswer(Answer):
    """The cover of an agent with one employer. Not decided yet: no period, and `outcome` null."""

    agent: UUID
    employer: str | None
    agreement: str | None
    as_of: date
    outcome: str | None
    periods: list[PeriodAnswer]
    options: list[HeldOptionAnswer]
    references: list[str]
    decision: UUID | None
    decided_at: datetime | None
    trace: dict[str, Any] | None
