"""The rights of a person over what contributions hold: erasure, and what forbids it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.data_protection import DataProtection, Hold, Holding, Preview
from kit.db.data_subjects import Erasure
from kit.events.envelope import Envelope
from kit.period import Month, add_years
from rules.book import Rules
from services.contributions.adapters import protection

# What is held, whether erasing takes it, and why.
_HELD: Final = {
    "declarations": (True, "Ce que les DSN disent de la personne, lignes brutes comprises."),
    "nir_index": (True, "Empreintes du NIR tirées des DSN."),
    "differences": (True, "Écarts relevés entre les DSN et les calculs."),
    "pay": (False, "Paie reçue, sous le matricule de l'employeur : preuve de ce qui a été dû."),
    "lines": (False, "Cotisations émises, sous un identifiant qui ne nomme plus personne."),
}


async def _look(tx: AsyncConnection, agent: UUID, rules: Rules, today: date) -> Preview:
    """What erasing would do here."""
    counts = await protection.counts(tx, agent)
    holds = []
    last = await protection.last_month(tx, agent)
    if last is not None:
        kept = rules.at("retention.payroll_years", today)
        until = add_years(Month.of(last).last, kept.integer)
        holds.append(Hold.by(kept, "pay", "Preuve de la paie et des cotisations.", until))
    return Preview.on(today, [Holding(what, counts[what], *said) for what, said in _HELD.items()], holds)


PROTECTION: Final = DataProtection(_look, protection.erase, protection.PURGES)


async def erased(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """Erased here before, unless the copy was built again since."""
    await PROTECTION.apply(
        tx, UUID(data["agent"]), Erasure(envelope.time, "eligibility", "agent.erased", overridden=False)
    )
