"""A contributions database to which other services' facts are told, as their events would tell them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.database import Scope
from kit.events.consumer import Handler
from kit.events.envelope import Envelope
from kit.ids import new_id
from kit.period import Month
from services.contributions.application.close_month import ClosingOutcome, close_month
from services.contributions.application.record_pay import Reception, Sent, record_pay
from services.contributions.application.release_parked import release_parked
from services.contributions.application.run_contributions import RunOutcome, run_contributions
from services.contributions.domain.intake import Pay, PayKey
from services.contributions.events import subscriptions
from tests.postgres import ComponentDatabase
from tests.services.contributions.facts import ACCORD, BOOK, CITY, document, elements

NOW: Final = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)
RECEPTION: Final = Reception(NOW, "demo-hris")
HANDLERS: Final[dict[str, Handler]] = {k: h for s in subscriptions() for k, h in s.handlers.items()}
# Who tells of what; eligibility of all the rest.
SERVICES: Final = {"agreement": "agreements", **dict.fromkeys(("claim", "benefit", "annuity", "capital"), "claims")}
SINCE_2025: Final = ({"start": "2025-01-01", "end": None, "outcome": "AFFILIATED"},)


def amounts(outcome: RunOutcome) -> list[tuple[str, str, str]]:
    """Month, guarantee and amount of each line."""
    lines = [delta for draft in outcome.drafts for delta in draft.deltas]
    return [(str(d.key.month), d.key.guarantee.value, str(d.amounts.amount)) for d in lines]


def hired(matricule: str, agent: UUID, employer: str = CITY, **status: Any) -> dict[str, Any]:
    """The payload of a hire: a CNRACL agent of category C since 2020, unless `status` says otherwise."""
    employment = {"id": f"e-{matricule}", "start": "2020-01-01", "end": None, "regime": "CNRACL", "category": "C"}
    who = {"agent": str(agent), "employer": employer, "matricule": matricule, "birth_date": "1980-01-01"}
    return {**who, "employment": {**employment, **status}}


def affiliated(agent: UUID, timeline: Sequence[dict[str, Any]] = SINCE_2025, employer: str = CITY) -> dict[str, Any]:
    """The payload of an affiliation, since the accord began unless a timeline is given."""
    who = {"agent": str(agent), "employer": employer, "agreement": ACCORD}
    return {**who, "from": "2025-01-01", "timeline": list(timeline)}


@dataclass(frozen=True, slots=True)
class World:
    """What a test tells, and what it asks."""

    database: ComponentDatabase

    async def tell(self, kind: str, data: dict[str, Any]) -> None:
        """Handle one event, as the worker does. `kind` is `agent.hired` and alike."""
        async with self.database.worker.transaction(Scope.all()) as tx:
            await self.tell_in(tx, kind, data)

    async def tell_in(self, tx: AsyncConnection, kind: str, data: dict[str, Any]) -> None:
        """The same, in a transaction of the caller's."""
        service = SERVICES.get(kind.partition(".")[0], "eligibility")
        full = f"fr.psc.{service}.{kind}.v1"
        envelope = Envelope(
            id=new_id(),
            source=f"/{service}",
            type=full,
            time=NOW,
            topic=f"psc.{service}.agent.v1",
            partitionkey=str(data.get("agent", data.get("agreement"))),
            sequence=1,
            data=data,
        )
        await HANDLERS[full](tx, envelope, data)

    async def accord(self, **changes: Any) -> None:
        await self.tell("agreement.published", document(**changes))

    async def hire(self, matricule: str, *, agent: UUID | None = None, employer: str = CITY, **status: Any) -> UUID:
        """Somebody is employed since 2020, a CNRACL agent of category C unless `status` says otherwise."""
        who = agent or new_id()
        await self.tell("agent.hired", hired(matricule, who, employer, **status))
        return who

    async def affiliate(self, agent: UUID, *timeline: dict[str, Any], employer: str = CITY) -> None:
        """Covered since the accord began, unless a timeline is given."""
        await self.tell("affiliation.started", affiliated(agent, timeline or SINCE_2025, employer))

    async def elect(self, agent: UUID, guarantee: str, start: str, end: str | None = None) -> None:
        body = {"agent": str(agent), "employer": CITY, "guarantee": guarantee, "from": start, "to": end}
        await self.tell("option.elected", body)

    async def member(self, matricule: str, *, employer: str = CITY, **status: Any) -> UUID:
        """Hired and covered."""
        agent = await self.hire(matricule, employer=employer, **status)
        await self.affiliate(agent, employer=employer)
        return agent

    async def members(self, matricules: Iterable[str]) -> None:
        """Many, in one transaction."""
        async with self.database.worker.transaction(Scope.all()) as tx:
            for matricule in matricules:
                agent = new_id()
                await self.tell_in(tx, "agent.hired", hired(matricule, agent))
                await self.tell_in(tx, "affiliation.started", affiliated(agent))

    async def pay(
        self, matricule: str, month: str, given: int | None = None, *, employer: str = CITY, **sent: str
    ) -> None:
        """A month's pay arrives; `given` is the version it corrects."""
        key = PayKey(employer, matricule, "", Month.parse(month))
        async with self.database.api.transaction(Scope.all()) as tx:
            await record_pay(tx, {key: Sent(Pay(elements(**sent)), given)}, RECEPTION)

    async def run(self, month: str, *, employer: str = CITY, dry_run: bool = False) -> RunOutcome:
        """A run, as the employer's own client asks for it."""
        async with self.database.api.transaction(Scope.of(frozenset({employer}))) as tx:
            return await run_contributions(tx, employer, Month.parse(month), BOOK, RECEPTION, dry_run=dry_run)

    async def close(self, month: str, *, employer: str = CITY, cut_off: datetime | None = None) -> ClosingOutcome:
        """The employer closes a month."""
        async with self.database.api.transaction(Scope.of(frozenset({employer}))) as tx:
            return await close_month(tx, employer, Month.parse(month), BOOK, RECEPTION, cut_off=cut_off)

    async def release(self, reason: str = "Vérifié.") -> None:
        """Somebody releases all that is parked."""
        for row in await self.rows("SELECT id FROM parked_change WHERE state = 'OPEN' ORDER BY id"):
            async with self.database.api.transaction(Scope.all()) as tx:
                await release_parked(tx, row["id"], reason, RECEPTION)

    async def rows(self, query: str, scope: Scope | None = None) -> list[dict[str, Any]]:
        """Rows as the api role sees them, in the scope of all unless one is given."""
        async with self.database.api.transaction(scope or Scope.all()) as tx:
            return [dict(row) for row in (await tx.execute(text(query))).mappings()]

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The payloads published of one type, in the order of writing."""
        async with self.database.worker.transaction(Scope.all()) as tx:
            rows = await tx.execute(
                text("SELECT envelope FROM outbox WHERE type = :type ORDER BY serial"),
                {"type": f"fr.psc.contributions.{kind}.v1"},
            )
            return [body["data"] for body in rows.scalars()]
