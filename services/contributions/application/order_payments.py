"""Order what an employer owes, to the accounts it names. Nothing is stored: a payment counts once the bank made it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import PARIS
from services.contributions.adapters import payments
from services.contributions.adapters.papers.sepa import Account, order_of
from services.contributions.domain.errors import NothingToPay, OrderInThePast
from services.contributions.domain.payment_order import Owing, transfers

# Statements of one order: ten years of a contract of an employer, many times over.
MAX_STATEMENTS: Final = 5_000


async def order_payments(
    tx: AsyncConnection,
    employer: str,
    debtor: Account,
    creditors: Mapping[tuple[str, str], Account],
    when: tuple[date, datetime],
) -> bytes:
    """A SEPA order for the contracts (accord, insurer) of `creditors`; `when`: its execution, and now.

    Raises OrderInThePast, NothingToPay, OrderRefused.
    """
    on, now = when
    if on < now.astimezone(PARIS).date():
        raise OrderInThePast(pointer="/execution_date")
    left = await payments.receivables(tx, MAX_STATEMENTS, None, employer)
    owing = [Owing(one.contract.agreement, one.contract.insurer, one.statement, one.number, one.left) for one in left]
    accounts, _ = await payments.accounts(tx, MAX_STATEMENTS, None, employer)
    unallocated = {(one.contract.agreement, one.contract.insurer): one.unallocated for one in accounts}
    due = [one for one in transfers(employer, owing, unallocated) if (one.agreement, one.insurer) in creditors]
    if not due:
        raise NothingToPay(pointer="/creditors")
    pays = [(one, creditors[one.agreement, one.insurer]) for one in due]
    return await asyncio.to_thread(order_of, debtor, pays, on, now)
