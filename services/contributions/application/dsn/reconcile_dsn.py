"""Compare a declaration with what Relais computed for its month, agent by agent. It writes a report, no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.period import Month
from rules.vocabulary import Regime
from services.contributions.adapters import agents, pay
from services.contributions.adapters.agents import Known
from services.contributions.adapters.dsn import parameters, report, store
from services.contributions.adapters.dsn.report import Found
from services.contributions.adapters.dsn.store import Declaration, StoredPart
from services.contributions.domain.dsn.compare import (
    Difference,
    Held,
    What,
    adhesions_of,
    compare,
    compare_payments,
)
from services.contributions.domain.dsn.expected import Owing
from services.contributions.domain.dsn.mapping import Block
from services.contributions.domain.dsn.norm import KNOWN_NORM, MONTHLY
from services.contributions.domain.dsn.parameters import Contracts
from services.contributions.domain.intake import Pay

# Agents compared at once: what is read of them is held in memory.
BATCH: Final = 500


async def reconcile(tx: AsyncConnection, one: Declaration, crypto: KeyRing, at: datetime) -> bool:
    """Write the report anew. False, and no report, for what is no monthly DSN of the norm we know."""
    if one.month is None or one.nature != MONTHLY or one.norm not in (None, KNOWN_NORM):
        return False
    comparison = await _Comparison.of(tx, one, one.month, crypto)
    await report.replace(tx, one.id, one.employer, await comparison.found(), at)
    return True


class _Comparison:
    """One declaration, with what is the same for all its agents."""

    def __init__(self, tx: AsyncConnection, one: Declaration, month: Month, crypto: KeyRing) -> None:
        self._tx, self._one, self._month, self._crypto = tx, one, month, crypto
        self._contracts = Contracts(())
        self._heads: list[Block] = []
        self._parts: list[StoredPart] = []
        self._known: dict[UUID, Known] = {}

    @classmethod
    async def of(cls, tx: AsyncConnection, one: Declaration, month: Month, crypto: KeyRing) -> _Comparison:
        self = cls(tx, one, month, crypto)
        self._contracts = Contracts.in_month(await parameters.of_employer(tx, one.employer), month)
        self._parts = await store.parts(tx, one.id)
        heads = await self._blocks([part for part in self._parts if not part.individual])
        self._heads = [block for blocks in heads.values() for block in blocks]
        self._known = await agents.known(tx, one.employer)
        return self

    async def found(self) -> list[Found]:
        """Persons nobody knows, then agents, then who is not declared, then payments."""
        own: dict[UUID, list[StoredPart]] = defaultdict(list)
        found: list[Found] = []
        for part in self._parts:
            if part.individual and part.agent is not None:
                own[part.agent].append(part)
            elif part.individual:
                found.append(Found(Difference(What.UNKNOWN_PERSON, None, None, part.first_line), None, part.matricule))
        everybody = sorted(own)
        for place in range(0, len(everybody), BATCH):
            found += await self._of_agents(everybody[place : place + BATCH], own)
        found += await self._not_declared(own.keys())
        whole = await report.owing(self._tx, self._one.employer, self._month)
        payments = compare_payments(self._heads, (o for owing in whole.values() for o in owing), self._contracts)
        return [*found, *(Found(difference) for difference in payments)]

    async def _of_agents(self, batch: Sequence[UUID], own: dict[UUID, list[StoredPart]]) -> list[Found]:
        blocks = await self._blocks([part for agent in batch for part in own[agent]])
        owing = await report.owing(self._tx, self._one.employer, self._month, batch)
        paid = await self._pay(batch)
        adhesions = adhesions_of(self._heads)
        found: list[Found] = []
        for agent in batch:
            matricule = own[agent][0].matricule
            held = Held(self._regimes(agent), tuple(paid[agent]), tuple(owing.get(agent, ())))
            declared = [block for part in own[agent] for block in blocks.get(part.first_line, ())]
            differences = [
                *(Difference(What.OTHER_PERSON, None, None, p.first_line) for p in own[agent] if p.other_person),
                *compare(declared, held, adhesions, self._contracts, self._month),
            ]
            found += [Found(difference, agent, matricule) for difference in differences]
        return found

    async def _not_declared(self, declared: Collection[UUID]) -> list[Found]:
        """Agents on the month's statements who are not in the DSN."""
        found: list[Found] = []
        last: UUID | None = None
        while page := await report.agents_after(self._tx, self._one.employer, self._month, BATCH, last):
            missing = [agent for agent in page if agent not in declared]
            owing = await report.owing(self._tx, self._one.employer, self._month, missing)
            names = await report.matricules(self._tx, self._one.employer, missing)
            for agent in missing:
                matricule = next(iter(names.get(agent, ())), None)
                found += [Found(_undeclared(one), agent, matricule) for one in owing.get(agent, ())]
            last = page[-1]
        return found

    async def _pay(self, batch: Sequence[UUID]) -> dict[UUID, list[Pay]]:
        names = await report.matricules(self._tx, self._one.employer, batch)
        agent_of = {matricule: agent for agent, matricules in names.items() for matricule in matricules}
        keys = await report.pay_keys(self._tx, self._one.employer, self._month, list(agent_of))
        paid: dict[UUID, list[Pay]] = defaultdict(list)
        for key, stored in (await pay.current(self._tx, keys)).items() if keys else ():
            paid[agent_of[key.matricule]].append(stored.pay)
        return paid

    async def _blocks(self, parts: Sequence[StoredPart]) -> dict[int, tuple[Block, ...]]:
        """What the parts declare, by their first lines."""
        mapped = await store.mapped(self._tx, self._one.id, [part.first_line for part in parts], self._crypto)
        return {first: mapped[first].blocks for first in sorted(mapped)}

    def _regimes(self, agent: UUID) -> frozenset[Regime]:
        known = self._known.get(agent, Known())
        running = [e for e in known.employments if e.period.meets(self._month.period())]
        return frozenset(e.status.regime for e in running)


def _undeclared(one: Owing) -> Difference:
    return Difference(What.NOT_DECLARED, None, str(one.amounts.amount), None, one.guarantee, one.month)
