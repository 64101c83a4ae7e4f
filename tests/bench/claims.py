"""A region decided again after a rule changed, and one fact to its benefit, as ratios measured in one run.

    python -m tests.bench.claims [--agents 75000] [--rounds 3] [--sample 100] [--facts 200]

Each round changes a rate of CSG, which changes every open month. The reference asks, through the API, for one agent
after the other to be decided again under that law; its sample has open claims in the proportion of the region, and is
decided before the others are, in sets. Writes and events are part of both. The fact is a pay corrected: from the event
to the commit that stores the new benefit, beside three commits of one row on the same disk.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Final

import uvloop
from pydantic import SecretStr
from sqlalchemy import text

from kit.crypto import KeyRing
from kit.db.database import Scope, count_statements
from kit.events.applying import Application, Batch
from kit.events.envelope import Envelope
from kit.events.handling import plainly
from kit.ids import new_id
from rules.book import RuleBook
from services.claims.adapters.asked import Who
from services.claims.events import subscriptions
from services.claims.main import create_app
from tests.bench.claims_world import BOOK, NOW, ON_CLAIM, World, world
from tests.bench.events import show, verdict
from tests.services.client import running

GOAL: Final = 20.0
LATENCY_GOAL_MS: Final = 100.0
LAWS: Final = (BOOK.replacing("csg.deductible.rate", "0.0780"), BOOK)


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds an agent of the region: in sets; through the API. Of those, seconds for one with a claim. Statements."""

    in_sets: float
    one_by_one: float
    claim_in_sets: float
    claim_one_by_one: float
    statements: float


async def decided(region: World, law: RuleBook, number: int, sample: int) -> Round:
    """One change of the law: a sample through the API, then everybody in sets."""
    claims, others = int(sample * ON_CLAIM), sample - int(sample * ON_CLAIM)
    with_claim = region.on_claim[number * claims : (number + 1) * claims]
    without = [who for who in region.everybody if who not in set(region.on_claim)][:others]
    of_claims = await _through_the_api(region, law, with_claim)
    of_others = await _through_the_api(region, law, without)
    began = time.perf_counter()
    async with count_statements(region.database.worker) as statements:
        assert await region.decide_in_sets(law) == len(region.on_claim)
    seconds = time.perf_counter() - began
    return Round(
        in_sets=seconds / len(region.everybody),
        one_by_one=(of_claims + of_others) / sample,
        claim_in_sets=seconds / len(region.on_claim),
        claim_one_by_one=of_claims / claims,
        statements=statements.total / len(region.on_claim),
    )


async def _through_the_api(region: World, law: RuleBook, some: Sequence[Who]) -> float:
    ring = SecretStr(KeyRing.generate("bench"))
    async with (
        running(partial(create_app, rules=law), region.database, NOW, key_ring=ring) as service,
        service.caller("claims:read", "claims:write") as staff,
    ):
        await staff.get("/v1/claims/redecisions")
        began = time.perf_counter()
        for employer, agent in some:
            answer = await staff.put(f"/v1/claims/redecisions/{employer}/{agent}")
            assert answer.status_code == 200, answer.text
        return time.perf_counter() - began


async def delays(region: World, number: int) -> tuple[list[float], list[float]]:
    """Milliseconds of so many facts, one after the other, each beside three commits."""
    followed = next(one for one in subscriptions(BOOK, region.clock) if one.producer == "contributions")
    await region.database.admin.execute("CREATE TABLE IF NOT EXISTS bench_commit (n integer)")
    epoch, facts, commits = new_id(), [], []
    for who in region.on_claim[-number:]:
        envelope = await _corrected_pay(region, who)
        began = time.perf_counter()
        async with region.database.worker.transaction(Scope.all()) as tx:
            applying = Application("claims.pay", followed, Batch(epoch, [envelope]), plainly(followed))
            await applying.apply(tx)
        facts.append((time.perf_counter() - began) * 1e3)
        began = time.perf_counter()
        for _ in range(3):
            await region.database.admin.execute("INSERT INTO bench_commit VALUES (1)")
        commits.append((time.perf_counter() - began) * 1e3)
    return facts, commits


async def _corrected_pay(region: World, who: Who) -> Envelope:
    """The month of reference, ten euros more."""
    employer, agent = who
    query = text("SELECT to_char(month, 'YYYY-MM') AS month, tib, nbi, ri FROM pay_month WHERE agent = :agent")
    async with region.database.worker.transaction(Scope.all()) as tx:
        paid = (await tx.execute(query, {"agent": agent})).one()
    amounts = {"tib": paid.tib + 1_000, "nbi": paid.nbi, "ri": paid.ri}
    data = {name: f"{cents // 100}.{cents % 100:02d}" for name, cents in amounts.items()}
    return Envelope(
        id=new_id(),
        source="/contributions",
        type="fr.psc.contributions.pay.corrected.v1",
        time=NOW,
        topic="psc.contributions.pay.v1",
        partitionkey=str(agent),
        sequence=1,
        data={"agent": str(agent), "employer": employer, "month": paid.month, **data},
    )


def _quantile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


async def measure(agents: int, rounds: int, sample: int, number: int) -> bool:
    """Whether both goals are met."""
    async with world(agents) as region:
        began = time.perf_counter()
        first = await region.decide_in_sets(BOOK)
        show("claims opened in sets the first time, a second", f"{first / (time.perf_counter() - began):,.0f}")
        found = [await decided(region, LAWS[n % len(LAWS)], n, sample) for n in range(rounds)]
        facts, commits = await delays(region, number)
    show("agents, with an open claim", f"{agents}, {first}")
    show("in sets, agents of the region a second", f"{1 / median(one.in_sets for one in found):,.0f}")
    show("one by one through the API", f"{1 / median(one.one_by_one for one in found):,.1f}")
    show("statements a claim, in sets", f"{median(one.statements for one in found):.2f}")
    ratio = median(one.one_by_one / one.in_sets for one in found)
    show("the region in sets against one by one", f"{ratio:.1f}x", f"goal >= {GOAL:.0f}x: {verdict(ratio >= GOAL)}")
    alone = median(one.claim_one_by_one / one.claim_in_sets for one in found)
    show(
        "those with a claim alone",
        f"{alone:.1f}x",
        f"{median(one.claim_in_sets for one in found) * 1e3:.1f} ms a claim",
    )
    p99 = _quantile(facts, 99)
    note = f"goal p99 <= {LATENCY_GOAL_MS:.0f} ms: {verdict(p99 <= LATENCY_GOAL_MS)}"
    show("one fact to its benefit stored", f"p50 {_quantile(facts, 50):.1f} ms, p99 {p99:.1f} ms", note)
    show(
        "three commits", f"p50 {_quantile(commits, 50):.1f} ms, p99 {_quantile(commits, 99):.1f} ms", f"of {len(facts)}"
    )
    return ratio >= GOAL and p99 <= LATENCY_GOAL_MS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.claims", description=__doc__)
    parser.add_argument("--agents", type=int, default=75_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=100, help="agents of one round through the API")
    parser.add_argument("--facts", type=int, default=200)
    asked = parser.parse_args()
    met = uvloop.run(measure(asked.agents, asked.rounds, asked.sample, asked.facts))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
