"""Events given to the gateway as its transport does, and feeds read as partners do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from gateway import events
from kit.db.database import Database, Scope
from kit.events.applying import Batch
from kit.events.delivery import Delivery
from kit.events.envelope import Envelope
from kit.events.reset import reset
from kit.ids import new_id
from tests.gateway.conftest import MINE, OTHER, Door

EPOCH = UUID("019a0000-0000-7000-8000-000000000000")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TOPICS = {
    "agreements": "psc.agreements.agreement.v1",
    "eligibility": "psc.eligibility.agent.v1",
    "contributions": "psc.contributions.statement.v1",
    "claims": "psc.claims.case.v1",
}


class Producers:
    """Makes events with the versions of their keys, and delivers them through the gateway's subscriptions."""

    def __init__(self, database: Database) -> None:
        self._deliveries = [Delivery(database, "gateway", one) for one in events.subscriptions()]
        self._versions: dict[tuple[str, str], int] = {}

    def event(self, kind: str, key: str, data: dict[str, Any], employer: str | None = MINE) -> Envelope:
        service = kind.split(".", maxsplit=1)[0]
        version = self._versions[service, key] = self._versions.get((service, key), 0) + 1
        return Envelope(
            id=new_id(),
            source=f"/{service}",
            type=f"fr.psc.{kind}.v1",
            time=NOON,
            topic=TOPICS[service],
            partitionkey=key,
            sequence=version,
            correlationid="4bf92f3577b34da6a3ce929d0e0e4736",
            causationid=str(new_id()),
            employer=employer,
            data=data | ({} if employer is None else {"employer": employer}),
        )

    async def deliver(self, *envelopes: Envelope) -> None:
        """Each in a transaction of its own. Asserts that none was parked."""
        for envelope in envelopes:
            service = envelope.source.strip("/")
            for delivery in self._deliveries:
                if delivery.subscription.producer == service:
                    tally = await delivery.deliver(Batch(EPOCH, [envelope]))
                    assert tally is not None
                    assert not any(outcome.waits for outcome in tally), tally

    async def build_again(self, *envelopes: Envelope) -> None:
        """As `relais events rebuild` does: projections emptied, then these events from the first one."""
        of_accords = [one for one in self._deliveries if one.subscription.projections]
        async with of_accords[0].database.transaction(Scope.all()) as tx:
            await reset(tx, of_accords)
        await self.deliver(*envelopes)

    def statement(self, month: str, employer: str = MINE, **more: Any) -> Envelope:
        data = {"statement": str(new_id()), "month": month, "run": "secret"} | more
        return self.event("contributions.statement.issued", employer, data, employer)

    def agreement(
        self, key: str = "accord", *, insurers: list[dict[str, Any]] | None = None, employers: list[str] | None = None
    ) -> Envelope:
        data = {
            "agreement": key,
            "version": 1,
            "effective": {"from": "2025-01-01", "to": None},
            "employers": [{"siret": siret, "from": "2025-01-01", "to": None} for siret in employers or [MINE]],
            "insurers": insurers or [insurer("demo-a")],
        }
        return self.event("agreements.agreement.published", key, data, None)


def insurer(code: str, start: str = "2025-01-01", end: str | None = None) -> dict[str, Any]:
    return {"code": code, "name": code, "from": start, "to": end}


async def read(door: Door, client: str, **params: Any) -> dict[str, Any]:
    """One page of a client's feed."""
    answer = await door.http.get("/v1/events", params=params, headers=await door.bearer(client))
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def ids(door: Door, client: str) -> list[str]:
    """Every event of a client's feed, page by page."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        content = await read(door, client, limit=2, **cursor)
        if not content["events"]:
            return found
        found += [event["id"] for event in content["events"]]
        cursor = {"after": content["next"]}


def named(*envelopes: Envelope) -> list[str]:
    return [str(envelope.id) for envelope in envelopes]


__all__ = ["MINE", "NOON", "OTHER", "Producers", "ids", "insurer", "named", "read"]
