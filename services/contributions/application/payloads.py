"""The payloads contributions publish. Amounts, rates and ids are strings; nothing tells who a person is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from kit.events.envelope import EventData
from services.contributions.adapters.ledger import Issued, RunRecord, Statement
from services.contributions.adapters.parking import Parked
from services.contributions.adapters.pay import PayVersion
from services.contributions.adapters.payments import Payment, Receivable
from services.contributions.domain.delta import Amounts
from services.contributions.domain.intake import Rappel

PAY_TOPIC: Final = "psc.contributions.pay.v1"
STATEMENT_TOPIC: Final = "psc.contributions.statement.v1"


class RappelData(BaseModel):
    """What a month's pay adds to `month`, an earlier one; negative: takes back."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    month: str
    tib: str
    nbi: str
    ri: str
    gross: str | None = None

    @classmethod
    def of(cls, rappel: Rappel) -> Self:
        return cls(
            month=str(rappel.month),
            tib=str(rappel.tib),
            nbi=str(rappel.nbi),
            ri=str(rappel.ri),
            gross=None if rappel.gross is None else str(rappel.gross),
        )


class PayData(EventData):
    """One version of a month's pay, whole: the highest `version` of (employer, employment, month) is the current one.

    `other` is the sum of the elements that no rule reads, `other_elements` each of them by the payroll's own code.
    `tpp` null: not stated. `share_of_pay` is the fraction of the full traitement paid; null: not said. `tib` holds the
    flat pay of cabinet staff, which `cabinet` shows apart; `gross` is the assiette of CSS L. 242-1 of private law.
    `rappels` are what this pay adds to earlier months, or takes back from them.
    """

    agent: str
    employer: str
    employment: str | None
    month: str
    version: int
    tib: str
    nbi: str
    ri: str
    sft: str
    ir: str
    tpp: str | None
    other: str
    other_elements: dict[str, str]
    share_of_pay: str | None
    cabinet: str = "0.00"
    gross: str | None = None
    rappels: list[RappelData] = Field(default_factory=list)

    @classmethod
    def of(cls, agent: str, stored: PayVersion) -> Self:
        pay, elements = stored.pay, stored.pay.counted
        return cls(
            agent=agent,
            employer=stored.key.employer,
            employment=stored.key.employment or None,
            month=str(stored.key.month),
            version=stored.version,
            tib=str(elements.tib),
            nbi=str(elements.nbi),
            ri=str(elements.ri),
            sft=str(elements.sft),
            ir=str(elements.ir),
            tpp=None if elements.tpp is None else str(elements.tpp),
            other=str(elements.other),
            other_elements={code: str(amount) for code, amount in sorted(pay.other.items())},
            share_of_pay=None if pay.share_of_pay is None else str(pay.share_of_pay),
            cabinet=str(pay.cabinet),
            gross=None if pay.gross is None else str(pay.gross),
            rappels=[RappelData.of(rappel) for rappel in pay.rappels],
        )


class PayRecorded(PayData):
    """The first version of a month's pay."""

    type: ClassVar[str] = "fr.psc.contributions.pay.recorded.v1"
    topic: ClassVar[str] = PAY_TOPIC


class PayCorrected(PayData):
    """A later version of a month's pay."""

    type: ClassVar[str] = "fr.psc.contributions.pay.corrected.v1"
    topic: ClassVar[str] = PAY_TOPIC


def pay_event(agent: str, stored: PayVersion) -> PayData:
    """The event of one version."""
    kind = PayRecorded if stored.version == 1 else PayCorrected
    return kind.of(agent, stored)


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


class WorkItem(EventData):
    """What a person must look at: a change beyond its bound, a statement that is late.

    `agent` null: the whole employer's. `due`: by when a statement was to be paid.
    """

    item: str
    kind: str
    employer: str
    agent: str | None
    month: str
    reference: str
    due: str | None = None

    @classmethod
    def of(cls, parked: Parked) -> Self:
        return cls(
            item=str(parked.id),
            kind="contributions-parked",
            employer=parked.employer,
            agent=parked.breach.agent or None,
            month=str(parked.month),
            reference=f"/v1/runs/parked/{parked.id}",
        )

    @classmethod
    def of_statement(cls, late: Receivable, due: date) -> Self:
        return cls(
            item=str(late.statement),
            kind="statement-late",
            employer=late.contract.employer,
            agent=None,
            month=str(late.month),
            reference=f"/v1/statements/{late.statement}",
            due=due.isoformat(),
        )


class WorkItemOpened(WorkItem):
    """Somebody must release the change or correct what it comes from; must have the statement paid."""

    type: ClassVar[str] = "fr.psc.contributions.work-item.opened.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC


class WorkItemClosed(WorkItem):
    """It was released, or what it came from is no longer so; the statement is paid."""

    type: ClassVar[str] = "fr.psc.contributions.work-item.closed.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC


class MonthMoved(EventData):
    """An employer's month."""

    employer: str
    month: str


class MonthWasClosed(MonthMoved):
    """Nothing more is issued for this month and those before; pay received after `cut_off` goes to the next one."""

    type: ClassVar[str] = "fr.psc.contributions.month.closed.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC

    cut_off: str
    run: str | None


class MonthWasReopened(MonthMoved):
    """The month and those after it may be issued again."""

    type: ClassVar[str] = "fr.psc.contributions.month.reopened.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC


class PaymentData(EventData):
    """What an employer paid on a contract. `insurer` null: the accord names none. `on` is the day it was received."""

    payment: str
    employer: str
    agreement: str
    insurer: str | None
    on: str
    amount: str

    @classmethod
    def of(cls, paid: Payment) -> Self:
        contract = paid.contract
        return cls(
            payment=str(paid.id),
            employer=contract.employer,
            agreement=contract.agreement,
            insurer=contract.insurer or None,
            on=paid.received_on.isoformat(),
            amount=str(paid.amount),
        )


class PaymentRecorded(PaymentData):
    """A payment came."""

    type: ClassVar[str] = "fr.psc.contributions.payment.recorded.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC


class PaymentWasCancelled(PaymentData):
    """It counts no more: the bank sent it back, or it was recorded by mistake."""

    type: ClassVar[str] = "fr.psc.contributions.payment.cancelled.v1"
    topic: ClassVar[str] = STATEMENT_TOPIC


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
    def of(cls, employer: str, first: Issued, by: Statement, amounts: Sequence[Amounts]) -> Self:
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
            lines=len(amounts),
            total=Totals.of(Amounts.sum(amounts)),
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
            lines=len(issued.lines),
            guarantees={code: Totals.of(amounts) for code, amounts in draft.by_guarantee.items()},
            total=Totals.of(draft.total),
        )
