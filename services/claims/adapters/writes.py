"""What decisions change, collected over a set of agents and written together: one statement a table, COPY for many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import decisions
from kit.db.copy import put_rows
from kit.db.decisions import Decision
from services.claims.adapters import claim_files, tables
from services.claims.adapters.annuities import Annuity
from services.claims.adapters.capitals import Capital
from services.claims.adapters.claim_files import ApprovedMonth, ClaimFile, StepTaken
from services.claims.adapters.claims import Benefit, Claim, FrozenReference
from services.claims.adapters.handling_tables import acquired_half_pay, claim_file, claim_step
from services.claims.adapters.overpayment_tables import overpayment, overpayment_movement
from services.claims.adapters.overpayments import Movement, Overpayment

# An employer, an agent, and a leave or a first day.
Key = tuple[str, UUID, Any]


@dataclass(slots=True)
class Writes:
    """Rows to write. Of a claim, of its file and of a passage the last state counts; the others only grow."""

    forecasts: dict[Key, date | None] = field(default_factory=dict)
    claims: dict[UUID, Claim] = field(default_factory=dict)
    files: dict[UUID, ClaimFile] = field(default_factory=dict)
    acquired: dict[Key, date] = field(default_factory=dict)
    references: list[FrozenReference] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    benefits: list[Benefit] = field(default_factory=list)
    annuities: list[Annuity] = field(default_factory=list)
    capitals: list[Capital] = field(default_factory=list)
    overpayments: list[Overpayment] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    steps: list[StepTaken] = field(default_factory=list)
    approved: list[ApprovedMonth] = field(default_factory=list)

    def add(self, other: Writes) -> None:
        """Let those of another agent be written with these."""
        for one in fields(self):
            mine, more = getattr(self, one.name), getattr(other, one.name)
            mine.update(more) if isinstance(mine, dict) else mine.extend(more)

    async def flush(self, tx: AsyncConnection) -> None:
        """Write them all."""
        await _put(tx, tables.claim, self.claims.values(), key=("id",))
        await _put(tx, tables.claim_reference, self.references)
        await decisions.store_many(tx, self.decisions)
        await _put(tx, tables.benefit, self.benefits)
        await _put(tx, tables.annuity, self.annuities)
        await _put(tx, tables.capital, self.capitals)
        await _put(tx, overpayment, self.overpayments)
        await _put(tx, overpayment_movement, self.movements)
        files = [claim_files.row_of(changed) for changed in self.files.values()]
        await _settle(tx, claim_file, files, key=("claim",))
        await _put(tx, claim_step, self.steps)
        await claim_files.approve(tx, self.approved)
        await _keyed(tx, tables.half_pay_forecast, self.forecasts, ("employer", "agent", "leave"), "passes_on")
        await _keyed(tx, acquired_half_pay, self.acquired, ("employer", "agent", "starts"), "ends")


async def _put(tx: AsyncConnection, table: Table, records: Iterable[Any], key: Sequence[str] = ()) -> None:
    rows = [{one.name: getattr(record, one.name) for one in fields(record)} for record in records]
    await _settle(tx, table, rows, key)


async def _keyed(tx: AsyncConnection, table: Table, changed: Mapping[Key, Any], key: Sequence[str], value: str) -> None:
    await _settle(tx, table, [dict(zip((*key, value), (*of, to), strict=True)) for of, to in changed.items()], key)


async def _settle(tx: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
    """Insert, or with a key replace what is not the key."""
    update = [name for name in rows[0] if name not in key] if rows and key else ()
    await put_rows(tx, table, rows, key=key, update=update)
