"""What the databases hold afterwards, compared with what was acknowledged: rows, events, effects elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from kit.db.provision import database_name
from tests.chaos.load import Acknowledged
from tests.waiting import eventually

SETTLE_SECONDS: Final = 300.0
# Consumer: the service it is in, the producer, and the topics it reads whole.
CONSUMED: Final = {
    "contributions.eligibility": ("contributions", "eligibility", ("psc.eligibility.agent.v1",)),
    "claims.eligibility": ("claims", "eligibility", ("psc.eligibility.agent.v1",)),
    "claims.contributions": ("claims", "contributions", ("psc.contributions.pay.v1",)),
}
_AGENTS: Final = "SELECT employer, matricule, CAST(agent AS text) AS agent FROM agent_employer"
_PAY: Final = "SELECT employer, matricule, version, tib FROM pay_version"
_KNOWN: Final = "SELECT employer, matricule, CAST(agent AS text) AS agent FROM agent_matricule"
_EMPLOYED: Final = "SELECT employer, CAST(agent AS text) AS agent, count(*) AS rows FROM employment GROUP BY 1, 2"
# Claims is not concerned with whom cover is withheld from.
_COVERED: Final = """
    SELECT employer, CAST(agent AS text) AS agent, CAST(timeline AS text) AS timeline FROM affiliation
     WHERE CAST(timeline AS jsonb) @> '[{"outcome": "AFFILIATED"}]'
"""
_TOLD: Final = "SELECT envelope -> 'data' ->> 'employer', envelope -> 'data' ->> $2 FROM outbox WHERE type = $1"
_WRITTEN: Final = "SELECT CAST(id AS text) FROM outbox WHERE topic = ANY ($1)"
_APPLIED: Final = "SELECT CAST(event_id AS text) FROM inbox WHERE consumer = $1"
_PARKED: Final = "SELECT count(*) FROM parked_event"


@dataclass(slots=True)
class Findings:
    """What is missing and what is there twice; both empty when all is well."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def compare(self, what: str, wanted: Counter[Any], found: Counter[Any]) -> None:
        """What was acknowledged, against what is there."""
        self.lost += [f"{what}: {one}" for one in wanted - found]
        self.doubled += [f"{what}: {one}" for one in found - wanted]


class Ledger:
    """Every database, read as its administrator."""

    def __init__(self, admin_dsn: str) -> None:
        self._dsn = admin_dsn

    async def rows(self, component: str, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self._dsn, database=database_name(component))
        try:
            return list(await connection.fetch(statement, *arguments))
        finally:
            await connection.close()

    async def settled(self) -> None:
        """Wait until every event of the topics above has been applied by whoever reads it."""

        async def all_applied() -> bool:
            for consumer, (service, producer, topics) in CONSUMED.items():
                written = {row[0] for row in await self.rows(producer, _WRITTEN, topics)}
                applied = {row[0] for row in await self.rows(service, _APPLIED, consumer)}
                if not written <= applied:
                    return False
            return True

        await eventually(all_applied, "every event applied", SETTLE_SECONDS)

    async def findings(self, acknowledged: Acknowledged) -> Findings:
        """Everything acknowledged is there once, tells of itself once, and is known elsewhere as it is here."""
        found = Findings()
        agents = Counter((*key, agent) for key, agent in acknowledged.agents.items())
        pay = Counter((*key, 1, int(tib * 100)) for key, tib in acknowledged.pay.items())
        found.compare("agent", agents, await self._counted("eligibility", _AGENTS))
        found.compare("agent known to contributions", agents, await self._counted("contributions", _KNOWN))
        found.compare("pay", pay, await self._counted("contributions", _PAY))
        hired, paid = (
            ("eligibility", "fr.psc.eligibility.agent.hired.v1", "matricule"),
            ("contributions", "fr.psc.contributions.pay.recorded.v1", "agent"),
        )
        found.compare(
            "hire told", Counter((e, m) for e, m, _ in agents), await self._counted(hired[0], _TOLD, *hired[1:])
        )
        told = Counter((e, acknowledged.agents[e, m]) for e, m in acknowledged.pay)
        found.compare("pay told", told, await self._counted(paid[0], _TOLD, *paid[1:]))
        for statement, what in ((_EMPLOYED, "employment"), (_COVERED, "cover")):
            found.compare(
                f"{what} in claims as in contributions",
                await self._counted("contributions", statement),
                await self._counted("claims", statement),
            )
        for component in ("agreements", "eligibility", "contributions", "claims", "gateway"):
            parked = (await self.rows(component, _PARKED))[0][0]
            found.lost += [f"{parked} events parked in {component}"] if parked else []
        return found

    async def _counted(self, component: str, statement: str, *arguments: Any) -> Counter[Any]:
        return Counter(tuple(row) for row in await self.rows(component, statement, *arguments))
