"""Lives of agents, told to a claims database as other services' events would tell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from kit.clock import FixedClock
from kit.crypto import KeyRing
from kit.db.database import Scope
from kit.events.envelope import Envelope
from kit.ids import new_id
from kit.money import Money
from kit.recording import Recording
from rules.book import RuleBook
from services.claims.application.handle_claim import Asked, Declaration, declare, hold, receive, take
from services.claims.application.verify import verify
from services.claims.domain.claim_life import Payee, Step
from services.claims.events import subscriptions
from tests.postgres import ComponentDatabase
from tests.services.claims.simulator import ACCORD

NOW: Final = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
BOOK: Final = RuleBook.load()
CITY: Final = "99985001900012"
CENTRE: Final = "99985004300012"
TOPICS: Final = {
    "agreements": "psc.agreements.agreement.v1",
    "eligibility": "psc.eligibility.agent.v1",
    "contributions": "psc.contributions.pay.v1",
}
PAY: Final = {"tib": "2067.57", "nbi": "73.84", "ri": "300.00", "sft": "0.00", "ir": "0.00", "tpp": None}


@dataclass(frozen=True, slots=True)
class Fact:
    """An event of another service: who publishes it, which aggregate it is of, what it says."""

    producer: str
    kind: str
    key: str
    data: dict[str, Any]


@dataclass(slots=True)
class Life:
    """The facts of one agent under the accord of La Roche-sur-Yon, in the order in which they happen."""

    agent: UUID = field(default_factory=new_id)
    employer: str = CITY
    agreement: str = "la-roche-sur-yon-2025"
    facts: list[Fact] = field(default_factory=list)
    leaves: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, UUID] = field(default_factory=lambda: defaultdict(new_id))

    @property
    def who(self) -> dict[str, str]:
        return {"agent": str(self.agent), "employer": self.employer}

    @property
    def last(self) -> list[Fact]:
        return self.facts[-1:]

    def accord(self, version: int = 1, **changes: Any) -> Life:
        document = {**ACCORD, "agreement": self.agreement, "version": version, **changes}
        self.facts.append(Fact("agreements", "agreement.published", self.agreement, document))
        return self

    def hired(self, **status: Any) -> Life:
        """Since 2005, a titulaire of category C in the CNRACL unless `status` says otherwise."""
        employment = {
            "id": str(self.ids["employment"]),
            "kind": "TITULAIRE",
            "contract": None,
            "start": "2005-09-01",
            "end": None,
            "weekly_hours": "35.00",
            "category": "C",
            "regime": "CNRACL",
            "service_start": "2005-09-01",
            "titular": True,
            **status,
        }
        return self.told("agent.hired", matricule="M1", birth_date="1975-03-01", employment=employment)

    def employment(self, since: str, **status: Any) -> Life:
        hired = next(fact for fact in self.facts if fact.kind == "agent.hired")
        return self.told("employment.changed", **{"from": since}, employment={**hired.data["employment"], **status})

    def affiliated(self, *timeline: tuple[str, str | None, str]) -> Life:
        spans = timeline or (("2025-01-01", None, "AFFILIATED"),)
        stretches = [{"start": start, "end": end, "outcome": outcome} for start, end, outcome in spans]
        fields = {"agreement": self.agreement, "from": spans[0][0], "to": None, "reasons": [], "timeline": stretches}
        return self.told("affiliation.started", **fields)

    def elected(self, guarantee: str, start: str = "2025-01-01") -> Life:
        return self.told("option.elected", guarantee=guarantee, **{"from": start, "to": None})

    def paid(self, month: str, event: str = "pay.recorded", **elements: Any) -> Life:
        data = {**self.who, "employment": None, "month": month, "version": 1, **PAY, **elements}
        self.facts.append(Fact("contributions", event, str(self.agent), data))
        return self

    def sick(self, start: str, end: str | None, name: str = "leave", kind: str = "CMO", **said: Any) -> Life:
        """An initial stop, or a renewal of the leave of that name."""
        event = "extended" if self.leaves[name] else "started"
        entry = {"id": str(new_id()), "kind": kind, "start": start, "end": end, "paid": True}
        self.leaves[name].append({**entry, "waiting_days": None, "seniority_days": None, **said})
        return self._told_leave(event, name)

    def shortened(self, end: str, name: str = "leave") -> Life:
        entries = [entry for entry in self.leaves[name] if entry["start"] <= end]
        entries[-1] = {**entries[-1], "end": min(entries[-1]["end"], end)}
        self.leaves[name] = entries
        return self._told_leave("ended", name)

    def cancelled(self, name: str = "leave") -> Life:
        return self._told_leave("cancelled", name, entries=[])

    def invalid(self, start: str, event: str = "recognised", **measures: Any) -> Life:
        fields = {"cnracl_rate": None, "ss_category": None, "atmp_rate": None, "pension_net": "900.00", **measures}
        return self.told(f"invalidity.{event}", recognition=str(self.ids["invalidity"]), **{"from": start}, **fields)

    def told(self, event: str, /, **data: Any) -> Life:
        self.facts.append(Fact("eligibility", event, str(self.agent), {**self.who, **data}))
        return self

    def _told_leave(self, event: str, name: str, **changes: Any) -> Life:
        entries = self.leaves[name]
        first, last = entries[0], entries[-1]
        fields = {
            "leave": str(self.ids[name]),
            "kind": first["kind"],
            "start": first["start"],
            "end": last["end"],
            "waiting_days": first["waiting_days"],
            "seniority_days": first["seniority_days"],
            "paid": True,
            "entries": list(entries),
        }
        return self.told(f"sick-leave.{event}", **{**fields, **changes})


def insured(**about: Any) -> Life:
    """Hired and covered, with the pay of January 2026."""
    return Life(**about).accord().hired().affiliated().paid("2026-01")


def interleaved(facts: Sequence[Fact], random: Random) -> list[Fact]:
    """Any order that keeps the one of each aggregate, as deliveries do."""
    queues: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        queues[fact.producer, fact.key].append(fact)
    waiting = list(queues.values())
    result = []
    while waiting:
        queue = random.choice(waiting)
        result.append(queue.pop(0))
        waiting = [left for left in waiting if left]
    return result


@dataclass(slots=True)
class Claims:
    """What a test tells, and what it asks."""

    database: ComponentDatabase
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    versions: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    rules: RuleBook = BOOK

    async def tell(self, facts: Iterable[Fact], times: int = 1) -> None:
        """Handle events one by one, as the worker does."""
        handlers = {kind: handle for s in subscriptions(self.rules, self.clock) for kind, handle in s.handlers.items()}
        for fact in facts:
            envelope = self.envelope(fact)
            for _ in range(times):
                async with self.database.worker.transaction(Scope.all()) as tx:
                    await handlers[envelope.type](tx, envelope, envelope.data)

    def envelope(self, fact: Fact) -> Envelope:
        """The next event of the fact's aggregate."""
        aggregate = (fact.producer, fact.key)
        self.versions[aggregate] += 1
        return Envelope(
            id=new_id(),
            source=f"/{fact.producer}",
            type=f"fr.psc.{fact.producer}.{fact.kind}.v1",
            time=NOW,
            topic=TOPICS[fact.producer],
            partitionkey=fact.key,
            sequence=self.versions[aggregate],
            data=fact.data,
        )

    async def approved(self, life: Life) -> None:
        """The claims of an agent, taken through their life up to their approval."""
        for row in await self.rows("SELECT id FROM claim WHERE agent = :agent", agent=life.agent):
            async with self.database.worker.transaction(Scope.all()) as tx:
                today = self.clock.day()
                opened = await hold(tx, row["id"], self.rules, today)
                by = Recording(self.clock.instant(), "marie")
                await declare(tx, opened, Declaration(today, Payee.AGENT), KeyRing.parse(KeyRing.generate("test")), by)
                for document in opened.needed:
                    await receive(tx, opened, document, document, on=today, rules=self.rules, recording=by)
                for place, step in enumerate((Step.REVIEW, Step.PROPOSE, Step.APPROVE)):
                    opened = await hold(tx, row["id"], self.rules, today)
                    by = Recording(self.clock.instant(), f"{place}")
                    await take(tx, opened, Asked(step), opened.file.version, threshold=Money.zero(), recording=by)

    async def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        async with self.database.worker.transaction(Scope.all()) as tx:
            return [dict(row) for row in (await tx.execute(text(query), values)).mappings()]

    async def change(self, statement: str, **values: Any) -> None:
        async with self.database.worker.transaction(Scope.all()) as tx:
            await tx.execute(text(statement), values)

    async def seen_by(self, scope: Scope, query: str) -> list[dict[str, Any]]:
        """Rows as the api role sees them in a scope."""
        async with self.database.api.transaction(scope) as tx:
            return [dict(row) for row in (await tx.execute(text(query))).mappings()]

    async def events(self, kind: str = "%") -> list[dict[str, Any]]:
        """The payloads published, in the order of writing; all types, or one."""
        rows = await self.rows(
            "SELECT envelope FROM outbox WHERE type LIKE :type ORDER BY serial", type=f"fr.psc.claims.{kind}.v1"
        )
        return [row["envelope"]["data"] for row in rows]

    async def claims(self, life: Life) -> list[tuple[str, str, str, str | None]]:
        """Which leave, opened when, in which state and why."""
        names = {identifier: name for name, identifier in life.ids.items()}
        rows = await self.rows("SELECT * FROM claim WHERE agent = :agent ORDER BY opened_from, id", agent=life.agent)
        return [(names[row["leave"]], str(row["opened_from"]), row["status"], row["reason"]) for row in rows]

    async def benefits(self, life: Life) -> dict[str, str]:
        """What is due for each month, over all claims; the deltas must say the same."""
        issued = await self.rows(
            """
            SELECT to_char(month, 'YYYY-MM') AS month, sum(benefit_delta) AS benefit, sum(ri_full_pay_delta) AS option
              FROM benefit WHERE agent = :agent GROUP BY 1 ORDER BY 1
            """,
            agent=life.agent,
        )
        latest = await self.rows(
            """
            SELECT to_char(month, 'YYYY-MM') AS month, sum(benefit) AS benefit, sum(ri_full_pay) AS option
              FROM (SELECT DISTINCT ON (claim, month) * FROM benefit WHERE agent = :agent
                     ORDER BY claim, month, version DESC) AS last
             GROUP BY 1 ORDER BY 1
            """,
            agent=life.agent,
        )
        assert issued == latest, "the deltas of a month add up to its last version"
        return {row["month"]: f"{(row['benefit'] + row['option']) / 100:.2f}" for row in issued}

    async def annuities(self, life: Life) -> list[str]:
        rows = await self.rows(
            """
            SELECT DISTINCT ON (recognition) monthly FROM annuity WHERE agent = :agent
             ORDER BY recognition, version DESC
            """,
            agent=life.agent,
        )
        return sorted(f"{row['monthly'] / 100:.2f}" for row in rows)

    async def held(self, life: Life) -> list[str]:
        rows = await self.rows("SELECT code FROM held_case WHERE agent = :agent", agent=life.agent)
        return [row["code"] for row in rows]

    async def decided(self) -> int:
        """How many decisions are stored; each comes out the same when it is taken again."""
        async with self.database.worker.transaction(Scope.all()) as tx:
            verified = [one async for one in verify(tx)]
        assert all(one.same for one in verified)
        return len(verified)
