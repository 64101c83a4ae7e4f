"""The rights of a person over what claims hold: erasure, and what forbids it; restriction as it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.data_protection import DataProtection, Hold, Holding, Preview
from kit.db import data_subjects
from kit.db.data_subjects import Erasure
from kit.period import add_years
from rules.book import Rules, RuleValue
from services.claims.adapters import files, progress, protection
from services.claims.domain.overpayment import legal_code
from services.claims.domain.prescription import CODES

# What is held, whether erasing takes it, and why.
_HELD: Final = {
    "ibans": (True, "Comptes bancaires où payer les prestations."),
    "causes": (True, "Clés de cause des congés ; reste ce qui distingue une cause d'une autre."),
    "claims": (False, "Sinistres, sous un identifiant qui ne nomme plus personne."),
    "decisions": (False, "Décisions et montants, avec leurs entrées et leur trace, à recalculer à l'octet."),
}


async def _look(tx: AsyncConnection, agent: UUID, rules: Rules, today: date) -> Preview:
    """What erasing would do here, nobody deciding about the person meanwhile."""
    await progress.lock(tx, [str(agent)])
    counts = await protection.counts(tx, agent)
    holdings = [Holding(what, counts[what], erased, why) for what, (erased, why) in _HELD.items()]
    return Preview.on(
        today, holdings, [*await _open(tx, agent, rules, today), *await _prescribed(tx, agent, rules, today)]
    )


async def _open(tx: AsyncConnection, agent: UUID, rules: Rules, today: date) -> list[Hold]:
    now = await protection.standing(tx, agent)
    found = [
        Hold(what, why)
        for what, count, why in (
            ("claims", now.open_claims, "Un sinistre est ouvert."),
            ("overpayments", now.open_overpayments, "Un indu n'est pas soldé."),
            ("annuities", now.running_annuities, "Une rente est servie."),
        )
        if count
    ]
    for rule, last, what, why in (
        ("retention.benefit_years", now.last_benefit, "benefits", "Dossier conservé après la dernière prestation."),
        ("retention.death_years", now.last_capital, "capitals", "Dossier conservé après un capital dû."),
    ):
        if last is not None:
            kept = rules.at(rule, today)
            found.append(Hold.by(kept, what, why, add_years(last, kept.integer)))
    return found


async def _prescribed(tx: AsyncConnection, agent: UUID, rules: Rules, today: date) -> list[Hold]:
    """Until when each claim may be asked of its insurer; by the longest text where nobody knows the insurer's code."""
    found: list[Hold] = []
    for agreement, opened in await protection.claims(tx, agent):
        terms = [one for one in await files.terms_of(tx, agreement) if one.start <= opened]
        code = legal_code(terms[-1].document, opened) if terms else None
        texts = [rules.at(f"prescription.{one}.INCAPACITY", today) for one in ([code] if code else CODES)]
        longest: RuleValue = max(texts, key=lambda one: one.integer)
        why = "La prestation peut être demandée à l'assureur."
        if code is None:
            why = f"{why} Code de l'assureur inconnu : la plus longue prescription est retenue."
        found.append(Hold.by(longest, "prescription", why, add_years(opened, longest.integer)))
    return found


PROTECTION: Final = DataProtection(_look, protection.erase, protection.PURGES)
# What eligibility says of a person's rights, by the type of its event.
Told = Callable[[AsyncConnection, UUID, datetime], Awaitable[None]]


async def restricted(tx: AsyncConnection, agent: UUID, at: datetime) -> None:
    await data_subjects.restrict(tx, agent, at)


async def unrestricted(tx: AsyncConnection, agent: UUID, _at: datetime) -> None:
    await data_subjects.restrict(tx, agent, None)


async def erased(tx: AsyncConnection, agent: UUID, at: datetime) -> None:
    """Erased here before, unless the copy was built again since."""
    await PROTECTION.apply(tx, agent, Erasure(at, "eligibility", "agent.erased", overridden=False))


TOLD: Final[dict[str, Told]] = {
    "agent.restricted": restricted,
    "agent.unrestricted": unrestricted,
    "agent.erased": erased,
}
