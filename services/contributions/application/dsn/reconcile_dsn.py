"""Compare a declaration with what Relais computed for its month, agent by agent. It writes a report, no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.period import Month
from rules.book import NoValueAt, Rules
from services.contributions.adapters import agents, pay
from services.contributions.adapters.agents import Known
from services.contributions.adapters.dsn import parameters, report, store
from services.contributions.adapters.dsn.report import Found
from services.contributions.adapters.dsn.store import Declaration, StoredPart
from services.contributions.domain.agent_file import Employment
from services.contributions.domain.dsn.compare import adhesions_of, compare, compare_payments
from services.contributions.domain.dsn.difference import Difference, Held, What
from services.contributions.domain.dsn.expected import Owing
from services.contributions.domain.dsn.mapping import Block
from services.contributions.domain.dsn.norm import CANCELS, KNOWN_NORM, MONTHLY
from services.contributions.domain.dsn.parameters import Contracts
from services.contributions.domain.intake import Pay

# Agents compared at once: what is read of them is held in memory.
BATCH: Final = 500
POINT: Final = "index_point.yearly"
FULL_TIME: Final = "working_time.weekly_hours"


@dataclass(frozen=True, slots=True)
class Means:
    """The keys that open what a declaration says, and the law of its month."""

    crypto: KeyRing
    rules: Rules


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the work on one declaration: some of its agents; `first` and `last` do what is done once."""

    declaration: UUID
    agents: tuple[UUID, ...]
    first: bool
    last: bool


def comparable(one: Declaration) -> bool:
    """Whether it is a monthly DSN of the norm we know that nothing has withdrawn or replaced."""
    monthly = one.month is not None and one.nature == MONTHLY and one.norm in (None, KNOWN_NORM)
    return monthly and one.type != CANCELS and one.replaced_by is None


async def stretches(tx: AsyncConnection, one: Declaration) -> list[Stretch]:
    """The work of comparing it, cut up."""
    agents = await store.declared(tx, one.id)
    starts = range(0, max(1, len(agents)), BATCH)
    return [
        Stretch(one.id, tuple(agents[place : place + BATCH]), place == 0, place + BATCH >= len(agents))
        for place in starts
    ]


async def reconcile(tx: AsyncConnection, one: Declaration, means: Means, at: datetime) -> bool:
    """Write the report anew, at once. False, and no report, for what cannot be compared."""
    if not comparable(one):
        return False
    await store.reconciled_by(tx, one.id, None)
    for part in await stretches(tx, one):
        await reconcile_stretch(tx, one, part, means, at)
    return True


async def reconcile_stretch(tx: AsyncConnection, one: Declaration, part: Stretch, means: Means, at: datetime) -> None:
    """Persons nobody knows, then agents, then who is not declared, then payments: its part of the report."""
    assert one.month is not None, "only what is comparable is cut up"
    comparison = await _Comparison.of(tx, one, one.month, means)
    if part.first:
        await report.begin(tx, one.id)
        await report.add(tx, one.id, one.employer, await comparison.strangers())
    await report.add(tx, one.id, one.employer, await comparison.of_agents(part.agents))
    if part.last:
        await report.add(tx, one.id, one.employer, await comparison.of_nobody())
        await report.end(tx, one.id, at)


class _Comparison:
    """One declaration, with what is the same for all its agents."""

    def __init__(self, tx: AsyncConnection, one: Declaration, month: Month, means: Means) -> None:
        self._tx, self._one, self._month, self._crypto = tx, one, month, means.crypto
        self._point, self._full_time = (_figure(means.rules, name, month) for name in (POINT, FULL_TIME))
        self._contracts = Contracts(())
        self._heads: list[Block] = []

    @classmethod
    async def of(cls, tx: AsyncConnection, one: Declaration, month: Month, means: Means) -> _Comparison:
        self = cls(tx, one, month, means)
        self._contracts = Contracts.in_month(await parameters.of_employer(tx, one.employer), month)
        heads = await self._blocks(await store.heads(tx, one.id))
        self._heads = [block for blocks in heads.values() for block in blocks]
        return self

    async def strangers(self) -> list[Found]:
        """Individuals whom nobody knows."""
        return [
            Found(Difference(What.UNKNOWN_PERSON, None, None, part.first_line), None, part.matricule)
            for part in await store.strangers(self._tx, self._one.id)
        ]

    async def of_nobody(self) -> list[Found]:
        """Who is not declared, and the payments."""
        found = await self._not_declared(set(await store.declared(self._tx, self._one.id)))
        whole = await report.owing(self._tx, self._one.employer, self._month)
        payments = compare_payments(self._heads, (o for owing in whole.values() for o in owing), self._contracts)
        return [*found, *(Found(difference) for difference in payments)]

    async def of_agents(self, batch: Sequence[UUID]) -> list[Found]:
        """What is declared of these agents, against what is known of them."""
        if not batch:
            return []
        own: dict[UUID, list[StoredPart]] = defaultdict(list)
        for part in await store.parts_of(self._tx, self._one.id, batch):
            if part.agent is not None:
                own[part.agent].append(part)
        everybody = await agents.known_at(self._tx, [self._one.employer], batch)
        known = {agent: one for (_, agent), one in everybody.items()}
        blocks = await self._blocks([part for agent in batch for part in own[agent]])
        owing = await report.owing(self._tx, self._one.employer, self._month, batch)
        paid = await self._pay(batch)
        leaves = await agents.leaves_of(self._tx, self._one.employer, batch)
        adhesions = adhesions_of(self._heads)
        found: list[Found] = []
        for agent in batch:
            matricule = own[agent][0].matricule
            held = Held(
                self._running(known.get(agent, Known())),
                tuple(paid[agent]),
                tuple(owing.get(agent, ())),
                tuple(leaves.get(agent, ())),
                self._point,
                self._full_time,
            )
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

    def _running(self, known: Known) -> tuple[Employment, ...]:
        return tuple(one for one in known.employments if one.period.meets(self._month.period()))


def _figure(rules: Rules, name: str, month: Month) -> Decimal | None:
    """A figure of the law; None in a month for which nobody vouches."""
    try:
        return rules.at(name, month.last).value
    except NoValueAt:
        return None


def _undeclared(one: Owing) -> Difference:
    return Difference(What.NOT_DECLARED, None, str(one.amounts.amount), None, one.guarantee, one.month)
