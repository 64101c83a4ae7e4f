"""Facts about one agent of the demo accord told to claims, in any order, and what claims say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from kit.clock import FixedClock
from kit.db.database import Scope
from kit.events.envelope import Envelope
from kit.ids import new_id
from rules.book import RuleBook
from services.claims.events import subscriptions
from tests.postgres import ComponentDatabase
from tests.services.contributions.facts import ACCORD, CITY, document

NOW: Final = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
BOOK: Final = RuleBook.load()
HANDLERS: Final = {
    name: handler for one in subscriptions(BOOK, FixedClock(NOW)) for name, handler in one.handlers.items()
}
Fact = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class World:
    """What a test tells claims of one agent, and what it asks."""

    database: ComponentDatabase
    agent: UUID = field(default_factory=new_id)

    async def tell(self, *facts: Fact) -> None:
        """Facts arrive one after the other, each in its own transaction as the worker does it."""
        for kind, data in facts:
            producer, _, name = kind.partition(":")
            full = f"fr.psc.{producer}.{name}.v1"
            envelope = Envelope(
                id=new_id(),
                source=f"/{producer}",
                type=full,
                time=NOW,
                topic=f"psc.{producer}.agent.v1",
                partitionkey=str(data.get("agent", data.get("agreement"))),
                sequence=1,
                data=data,
            )
            async with self.database.worker.transaction(Scope.all()) as tx:
                await HANDLERS[full](tx, envelope, data)

    async def rows(self, query: str, scope: Scope | None = None) -> list[dict[str, Any]]:
        """Rows as the api role sees them, in the scope of all unless one is given."""
        async with self.database.api.transaction(scope or Scope.all()) as tx:
            return [dict(row) for row in (await tx.execute(text(query))).mappings()]

    async def told(self, kind: str) -> list[dict[str, Any]]:
        """The payloads published of one type, in the order of writing."""
        async with self.database.worker.transaction(Scope.all()) as tx:
            query = text("SELECT envelope FROM outbox WHERE type = :type ORDER BY serial")
            rows = await tx.execute(query, {"type": f"fr.psc.claims.{kind}.v1"})
            return [body["data"] for body in rows.scalars()]

    def accord(self) -> Fact:
        return "agreements:agreement.published", document()

    def hired(self, *, birth: str = "1975-03-01", **status: Any) -> Fact:
        """Employed since 2020, a CNRACL agent of category C unless `status` says otherwise."""
        employment = {"id": "e1", "kind": "TITULAIRE", "start": "2020-01-01", "regime": "CNRACL", "category": "C"}
        return self._fact("eligibility:agent.hired", birth_date=birth, employment=employment | status)

    def covered(self, *timeline: tuple[str, str | None, str]) -> Fact:
        """Covered since the accord began, unless a timeline is given."""
        spans = timeline or (("2025-01-01", None, "AFFILIATED"),)
        stretches = [{"start": start, "end": end, "outcome": outcome} for start, end, outcome in spans]
        return self._fact("eligibility:affiliation.started", agreement=ACCORD, timeline=stretches)

    def elected(self, guarantee: str, start: str = "2025-01-01", end: str | None = None) -> Fact:
        return self._fact("eligibility:option.elected", guarantee=guarantee, **{"from": start, "to": end})

    def paid(self, month: str, tib: str, nbi: str = "0.00", ri: str = "0.00", tpp: str | None = None) -> Fact:
        return self._fact("contributions:pay.recorded", month=month, tib=tib, nbi=nbi, ri=ri, tpp=tpp)

    def died(self, day: str, kind: str = "DEATH") -> Fact:
        return self._fact("eligibility:agent.deceased", date=day, kind=kind)

    def did_not_die(self, day: str, kind: str = "DEATH") -> Fact:
        return self._fact("eligibility:agent.death-withdrawn", date=day, kind=kind)

    def on_leave(self, leave: UUID, start: str, end: str) -> Fact:
        entries = [{"start": start, "end": end, "waiting_days": 0}]
        return self._fact("eligibility:sick-leave.started", leave=str(leave), kind="CMO", entries=entries)

    def invalid(self, recognition: UUID, start: str, rate: str, *, pension: str = "900.00", gone: bool = False) -> Fact:
        """A recognition by the CNRACL; `gone`: it is withdrawn."""
        said = {"recognition": str(recognition), "from": start, "cnracl_rate": rate, "pension_net": pension}
        return self._fact(f"eligibility:invalidity.{'withdrawn' if gone else 'recognised'}", **said)

    def _fact(self, event: str, /, **data: Any) -> Fact:
        return event, {"agent": str(self.agent), "employer": CITY, **data}
