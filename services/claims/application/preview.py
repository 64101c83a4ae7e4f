"""What facts that are only supposed would change: they are stored, decided, told, and taken back as if never said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.money import Money
from rules.book import RuleBook
from services.claims.adapters import progress
from services.claims.application.follow import Store
from services.claims.application.payloads import BenefitDecided, OverpaymentOpened
from services.claims.application.redecide import redecide

# Stores a fact that is only supposed.
Supposed = Callable[[AsyncConnection], Awaitable[object]]


def told(store: Store, data: dict[str, Any]) -> Supposed:
    """A fact as an event would tell it."""
    return lambda tx: store(tx, data)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be told, by type, in order; `held`: the code of what would keep anything from being decided."""

    events: tuple[tuple[str, dict[str, Any]], ...]
    held: str | None

    @property
    def benefit_delta(self) -> Money:
        """What all months of claims would change by."""
        return Money.sum(
            Money.parse(data.get(name, "0"))
            for _, data in self.events
            for name in ("benefit_delta", "ri_full_pay_delta")
        ) + Money.sum(
            Money.parse(data[name])
            for kind, data in self.events
            if kind == BenefitDecided.type
            for name in ("benefit", "ri_full_pay")
        )

    @property
    def overpaid(self) -> Money:
        """What would have to be paid back."""
        return Money.sum(Money.parse(data["amount"]) for kind, data in self.events if kind == OverpaymentOpened.type)


async def preview(
    tx: AsyncConnection, employer: str, agent: UUID, facts: Sequence[Supposed], *, rules: RuleBook, clock: Clock
) -> Preview:
    """Decide the agent on these facts besides those known, and leave no trace of it."""
    await progress.lock(tx, [str(agent)])
    async with tx.begin_nested() as attempt:
        for fact in facts:
            await fact(tx)
        events = await redecide(tx, employer, agent, rules, clock)
        held = (await progress.held(tx, agent)).get(employer)
        await attempt.rollback()
    return Preview(tuple((one.data.type, one.data.model_dump(mode="json")) for one in events), held)
