"""The rights of a person over the file: restriction, and erasure once nothing forbids it. Others are told."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.data_protection import DataProtection, Hold, Holding, Preview
from kit.db import data_subjects
from kit.events.outbox import Outgoing, publish_many
from kit.period import add_years
from rules.book import Rules
from services.eligibility.adapters import agents, protection
from services.eligibility.adapters.protection import Restriction
from services.eligibility.application.status_payloads import (
    AboutPerson,
    AgentErased,
    AgentRestricted,
    AgentUnrestricted,
)
from services.eligibility.domain.errors import AgentNotFound

# What is held, whether erasing takes it, and why.
_HELD: Final = {
    "identity": (True, "Nom, prénom, NIR et jour de naissance, états antérieurs compris ; l'année de naissance reste."),
    "nir_index": (True, "Empreinte du NIR : plus personne ne retrouve la personne."),
    "proofs": (True, "Justificatifs transmis."),
    "causes": (True, "Clés de cause des congés déclarés à l'adhésion."),
    "matricules": (False, "Numéros de l'employeur, sur lesquels reposent la paie et les décisions."),
    "facts": (False, "Emplois, congés et reconnaissances, sous un identifiant qui ne nomme plus personne."),
}


async def restrict(tx: AsyncConnection, agent: UUID, said: Restriction) -> None:
    """Restrict the processing of a person's data, or end it, and tell those who hold a copy. What is so already stays.

    Raises AgentNotFound, PersonErased.
    """
    if agent not in await agents.lock(tx, [agent]):
        raise AgentNotFound
    standing = await data_subjects.hold(tx, agent)
    standing.check(allowed=True)
    if said.restricted == (standing.restricted_at is not None):
        return
    await data_subjects.restrict(tx, agent, said.recorded_at if said.restricted else None)
    await protection.note(tx, agent, said)
    await _tell(tx, agent, AgentRestricted if said.restricted else AgentUnrestricted)


async def _look(tx: AsyncConnection, agent: UUID, rules: Rules, today: date) -> Preview:
    """What erasing would do here, nobody else changing the file meanwhile. Raises AgentNotFound."""
    if agent not in await agents.lock(tx, [agent]):
        raise AgentNotFound
    counts = await protection.counts(tx, agent)
    holdings = [Holding(what, counts[what], erased, why) for what, (erased, why) in _HELD.items()]
    return Preview.on(today, holdings, await _holds(tx, agent, rules, today))


async def _holds(tx: AsyncConnection, agent: UUID, rules: Rules, today: date) -> list[Hold]:
    employed, died = await protection.last_days(tx, agent)
    found: list[Hold] = []
    if employed is not None and employed >= today:
        found.append(Hold("employment", "L'agent est en poste."))
    elif employed is not None:
        kept = rules.at("retention.file_years", today)
        why = "Dossier conservé après la fin du dernier emploi."
        found.append(Hold.by(kept, "employment", why, add_years(employed, kept.integer)))
    if died is not None:
        kept = rules.at("retention.death_years", today)
        found.append(Hold.by(kept, "death", "Dossier conservé après un décès.", add_years(died, kept.integer)))
    return found


async def _tell(tx: AsyncConnection, agent: UUID, event: type[AboutPerson]) -> None:
    """Every employer of the agent, and whoever holds a copy (GDPR art. 19)."""
    employers = sorted({link.employer for link in await agents.links(tx, [agent])})
    told = [event(agent=agent, employer=employer) for employer in employers]
    place = f"/v1/agents/{agent}"
    await publish_many(tx, [Outgoing(one, str(agent), one.employer, subject=place) for one in told])


async def _tell_erased(tx: AsyncConnection, agent: UUID) -> None:
    await _tell(tx, agent, AgentErased)


PROTECTION: Final = DataProtection(_look, protection.erase, protection.PURGES, _tell_erased)
