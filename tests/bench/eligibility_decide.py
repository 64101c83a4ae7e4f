"""Deciding agents in sets against one by one: through the API, each hired and decided before the next is sent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from kit.db.database import Scope, count_statements
from relais.synthetic.files import hire_row
from relais.synthetic.region import draw_agent
from services.eligibility.adapters import redecisions
from tests.bench.eligibility_world import World

# A stage is made, filled by COPY, which no listener sees, and read.
STAGE: Final = "CREATE TEMPORARY TABLE"


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds an agent: in sets; one by one with its request; the decision alone of those. Statements an agent."""

    in_sets: float
    one_by_one: float
    decision_alone: float
    statements: float


async def decided(world: World, rounds: int, sample: int) -> list[Round]:
    """All agents of the region in sets, a share each round, beside some more through the API."""
    async with world.database.worker.transaction(Scope.all()) as tx:
        await tx.execute(text("TRUNCATE redecision"))
        everybody: Sequence[UUID] = (await tx.execute(text("SELECT id FROM agent ORDER BY id"))).scalars().all()
    share = len(everybody) // rounds
    found: list[Round] = []
    for number in range(rounds):
        some = everybody[number * share : (number + 1) * share]
        in_sets, statements = await _in_sets(world, some)
        one_by_one, alone = await _one_by_one(world, number * sample, sample)
        found.append(Round(in_sets / share, one_by_one / sample, alone / sample, statements / share))
    return found


async def _in_sets(world: World, agents: Sequence[UUID]) -> tuple[float, int]:
    """Seconds and statements to decide these agents from the queue, with writes and events."""
    async with world.database.worker.transaction(Scope.all()) as tx:
        await redecisions.ask(tx, *agents)
    async with count_statements(world.database.worker) as statements:
        began = time.perf_counter()
        assert await world.decider.drain() == len(agents)
        seconds = time.perf_counter() - began
    return seconds, statements.total + sum(STAGE in sent for sent in statements.sent)


async def _one_by_one(world: World, first: int, sample: int) -> tuple[float, float]:
    """Seconds for agents hired over HTTP, each decided before the next; and of those, for the decisions."""
    bodies = [_hire(world, first + number) for number in range(sample)]
    alone = 0.0
    async with world.staff() as staff:
        began = time.perf_counter()
        for number, body in enumerate(bodies):
            answer = await staff.post("/v1/agents", json=body, headers={"idempotency-key": f"bench-{first + number}"})
            assert answer.status_code == 201, answer.text
            asked = time.perf_counter()
            assert await world.decider.drain() == 1
            alone += time.perf_counter() - asked
    return time.perf_counter() - began, alone


def _hire(world: World, number: int) -> dict[str, Any]:
    """Somebody more of the same region."""
    employer = world.employers[number % len(world.employers)]
    row = hire_row(draw_agent(employer, f"X{number:06d}", seed=2, today=date(2026, 6, 30), point=Decimal("59.0734")))
    return {**row, "employment": {name: value for name, value in row["employment"].items() if value is not None}}
