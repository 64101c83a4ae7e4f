"""Where claims are, how they came there, their documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Row, Select, cast, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.among import among
from kit.db.copy import put_rows
from kit.money import Money
from kit.period import Month
from services.claims.adapters.claims import Benefit
from services.claims.adapters.handling_tables import (
    approved_month,
    claim_document,
    claim_file,
    claim_payment,
    claim_step,
    payment_review,
)
from services.claims.domain.claim_life import Life, Payee, Stage
from services.claims.domain.overpayment import LaidOut, ReviewOutcome

# The version of a claim that was detected, and that nobody has touched.
UNTOUCHED = 1


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """What people know of a claim. The IBAN is sealed; `iban_shown` is what may be shown of it."""

    claim: UUID
    employer: str
    version: int = UNTOUCHED
    life: Life = field(default_factory=Life)
    declared_on: date | None = None
    payee: Payee = Payee.AGENT
    iban: bytes | None = None
    iban_shown: str | None = None


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step of a claim's life."""

    id: UUID
    employer: str
    claim: UUID
    step: str
    stage: str
    reason: str | None
    note: str | None
    amount: Money | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document received; `reference` is where whoever keeps it finds it."""

    claim: UUID
    document: str
    reference: str
    employer: str
    received_on: date
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class ApprovedMonth:
    """What was approved of a month of a claim."""

    claim: UUID
    month: Month
    employer: str
    amount: Money

    @classmethod
    def of(cls, decided: Benefit) -> ApprovedMonth:
        return cls(decided.claim, decided.month, decided.employer, decided.benefit + decided.ri_full_pay)


async def read(tx: AsyncConnection, claim: UUID, employer: str) -> ClaimFile:
    """The file of a claim in scope; that of a claim only detected when nobody has touched it."""
    row = (await tx.execute(select(claim_file).where(claim_file.c.claim == claim))).one_or_none()
    return ClaimFile(claim, employer) if row is None else _file(row)


async def of_claims(tx: AsyncConnection, claims: Collection[UUID]) -> list[ClaimFile]:
    """The files of those of these claims that somebody has touched."""
    return [_file(row) for row in await tx.execute(select(claim_file).where(among(claim_file.c.claim, claims)))]


def _file(row: Row[Any]) -> ClaimFile:
    return ClaimFile(
        claim=row.claim,
        employer=row.employer,
        version=row.version,
        life=Life(Stage(row.stage), row.proposed_by, row.proposed_amount),
        declared_on=row.declared_on,
        payee=Payee(row.payee),
        iban=row.iban,
        iban_shown=row.iban_shown,
    )


def row_of(changed: ClaimFile) -> dict[str, Any]:
    """A file as its table holds it."""
    return {
        "claim": changed.claim,
        "employer": changed.employer,
        "version": changed.version,
        "stage": changed.life.stage.value,
        "declared_on": changed.declared_on,
        "payee": changed.payee.value,
        "iban": changed.iban,
        "iban_shown": changed.iban_shown,
        "proposed_by": changed.life.proposed_by,
        "proposed_amount": changed.life.proposed_amount,
    }


async def write(tx: AsyncConnection, changed: ClaimFile) -> None:
    """Store a file in its next version."""
    row = row_of(changed)
    new = upsert(claim_file).values(**row)
    changes = {name: new.excluded[name] for name in row if name not in ("claim", "employer")}
    await tx.execute(new.on_conflict_do_update(index_elements=["claim"], set_=changes))


async def approve(tx: AsyncConnection, months: Sequence[ApprovedMonth]) -> None:
    """These months are approved for these amounts, whatever was before."""
    await put_rows(tx, approved_month, [_values(one) for one in months], key=("claim", "month"), update=("amount",))


async def laid_out(tx: AsyncConnection, claims: Collection[UUID]) -> dict[tuple[UUID, Month], LaidOut]:
    """What was approved, and paid and not returned, of the months of these claims; none where neither was."""
    approved = select(approved_month).where(among(approved_month.c.claim, claims))
    found = {(row.claim, row.month): LaidOut(approved=row.amount) for row in await tx.execute(approved)}
    for row in await tx.execute(_left_paid(claims)):
        month = (row.claim, row.month)
        found[month] = replace(found.get(month, LaidOut()), paid=Money(row.amount))
    return found


def _left_paid(claims: Collection[UUID]) -> Select[Any]:
    """By claim and month, payments less what of them was returned to the insurer."""
    given, said = claim_payment, payment_review
    amount, back = cast(given.c.amount, BigInteger).label("amount"), -cast(said.c.amount, BigInteger)
    paid = select(given.c.claim, given.c.month, amount).where(among(given.c.claim, claims))
    returned = among(said.c.claim, claims) & (said.c.outcome == ReviewOutcome.RETURNED.value)
    moved = paid.union_all(select(said.c.claim, said.c.month, back).where(returned)).subquery()
    total = cast(func.sum(moved.c.amount), BigInteger).label("amount")
    return select(moved.c.claim, moved.c.month, total).group_by(moved.c.claim, moved.c.month)


async def note(tx: AsyncConnection, step: StepTaken) -> None:
    await tx.execute(insert(claim_step).values(**_values(step)))


async def steps(tx: AsyncConnection, claim: UUID) -> list[StepTaken]:
    """In the order of recording."""
    rows = await tx.execute(select(claim_step).where(claim_step.c.claim == claim).order_by(claim_step.c.id))
    return [StepTaken(**row._asdict()) for row in rows]


async def receive(tx: AsyncConnection, document: Document) -> bool:
    """Keep a document; whether it was new."""
    new = upsert(claim_document).values(**_values(document)).on_conflict_do_nothing()
    return (await tx.execute(new.returning(claim_document.c.claim))).first() is not None


async def documents(tx: AsyncConnection, claim: UUID) -> list[Document]:
    """In the order of recording."""
    table = claim_document
    query = select(table).where(table.c.claim == claim).order_by(table.c.recorded_at, table.c.document)
    return [Document(**row._asdict()) for row in await tx.execute(query)]


def _values(record: Any) -> dict[str, Any]:
    return {one.name: getattr(record, one.name) for one in fields(record)}
