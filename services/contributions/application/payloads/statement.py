"""Statements issued and regularised, as published."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from kit.events.envelope import EventData
from services.contributions.adapters.ledger import Issued, RunRecord, Statement
from services.contributions.application.payloads.topic import STATEMENT_TOPIC
from services.contributions.domain.delta import Amounts
from services.contributions.domain.lines import Lines


class Totals(BaseModel):
    """Sums of lines; negative when more was taken back than issued."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    base: str
    amount: str
    employer: str
    agent: str

    @classmethod
    def of(cls, amounts: Amounts) -> Self:
        return cls(
            base=str(amounts.base),
            amount=str(amounts.amount),
            employer=str(amounts.employer),
            agent=str(amounts.agent),
        )


class StatementAdjusted(EventData):
    """A statement is regularised by a later one: `total` is by how much, `lines` by how many lines.

    The statement itself is never changed; the sum of all statements is what is due.
    """

    type: ClassVar[str] = "fr.psc.contributions.statement.adjusted.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC

    statement: str
    number: int
    employer: str
    agreement: str
    insurer: str | None
    month: str
    by: str
    by_number: int
    lines: int
    total: Totals

    @classmethod
    def of(cls, employer: str, first: Issued, by: Statement, about: Lines) -> Self:
        agreement, insurer = first.contract
        return cls(
            statement=str(first.id),
            number=first.number,
            employer=employer,
            agreement=agreement,
            insurer=insurer or None,
            month=str(first.month),
            by=str(by.id),
            by_number=by.number,
            lines=len(about),
            total=Totals.of(about.total),
        )


class StatementIssued(EventData):
    """A statement (bordereau) of one employer, accord and insurer. `insurer` null: the accord names none.

    `lines` counts its lines, regularisations of earlier months included; `totals` sums them, by guarantee and in all.
    """

    type: ClassVar[str] = "fr.psc.contributions.statement.issued.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC

    statement: str
    number: int
    employer: str
    agreement: str
    insurer: str | None
    month: str
    run: str
    lines: int
    guarantees: dict[str, Totals]
    total: Totals

    @classmethod
    def of(cls, record: RunRecord, issued: Statement) -> Self:
        draft = issued.draft
        return cls(
            statement=str(issued.id),
            number=issued.number,
            employer=record.employer,
            agreement=draft.agreement,
            insurer=draft.insurer or None,
            month=str(record.month),
            run=str(record.id),
            lines=len(draft.deltas),
            guarantees={code: Totals.of(amounts) for code, amounts in draft.by_guarantee.items()},
            total=Totals.of(draft.total),
        )
