"""Settle with an insurer: every statement of its lots up to a month that no settlement holds yet, each once."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.ids import new_id
from kit.period import Month
from services.contributions.adapters import settlements
from services.contributions.application.record_pay import Reception
from services.contributions.domain.errors import NothingToSettle
from services.contributions.domain.settlement import reconcile

# Statements of one settlement: two years of a region's employers. What is beyond is left to the next one.
MAX_STATEMENTS: Final = 40_000


async def settle_insurer(tx: AsyncConnection, insurer: str, month: Month, reception: Reception) -> UUID:
    """The new settlement; statements issued later are in the next one. Raises NothingToSettle, SettlementOff."""
    await settlements.lock(tx, insurer)
    key = new_id()
    if not await settlements.take(tx, key, insurer, month, MAX_STATEMENTS):
        raise NothingToSettle(pointer="/month")
    reconcile(*await settlements.sum_up(tx, key))
    await settlements.record(tx, key, insurer, month, (reception.at, reception.client))
    return key
