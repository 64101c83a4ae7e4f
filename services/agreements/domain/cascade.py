"""What follows from an end (art. 8): conventions carry contracts, contracts carry accords and adhesions.

Every function says what would change and changes nothing: its result is what a preview shows and what is then applied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kit.period import ONE_DAY, Period
from kit.trace import canonical
from services.agreements.domain.agreement import Agreement
from services.agreements.domain.errors import ConventionNotSaid
from services.agreements.domain.scheme import Convention

SOURCE: Final = "accord art. 8"


class EffectKind(StrEnum):
    """What a change does."""

    TERM_CHANGES = "TERM_CHANGES"
    AGREEMENT_SUSPENDED = "AGREEMENT_SUSPENDED"
    AGREEMENT_RESUMED = "AGREEMENT_RESUMED"
    AGREEMENT_DENOUNCED = "AGREEMENT_DENOUNCED"
    AGREEMENT_LAPSES = "AGREEMENT_LAPSES"
    CONVENTION_ENDS = "CONVENTION_ENDS"
    CONTRACT_ENDS = "CONTRACT_ENDS"
    ADHESION_ENDS = "ADHESION_ENDS"
    ANNUITIES_REVALUED = "ANNUITIES_REVALUED"
    DEATH_COVER_KEPT = "DEATH_COVER_KEPT"


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that changes. `on`: the last day of what ends, the first day of what begins or goes on."""

    kind: EffectKind
    on: date
    source: str
    agreement: str | None = None
    employer: str | None = None
    insurer: str | None = None
    convention: str | None = None
    term: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Affected:
    """How many an accord's change concerns: agents covered after it as things stand, annuities running, agents whose
    cover it takes or gives.

    `gains` None: nobody knows how many an employer that comes in has. `at_most`: not each of them need be concerned.
    """

    agreement: str
    agents: int
    annuities: int
    loses: int = 0
    gains: int | None = 0
    at_most: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change, for how many, from when; `revisions` are those of the accords it was reckoned on."""

    effects: tuple[Effect, ...]
    affected: tuple[Affected, ...]
    revisions: tuple[tuple[str, int], ...]

    def token(self) -> str:
        """What a confirmation repeats: another as soon as anything of the preview would read otherwise."""
        return hashlib.sha256(canonical(_plain(asdict(self)))).hexdigest()


@dataclass(frozen=True, slots=True)
class Contract:
    """The collective contract of one employer with one insurer, as the accord's parties make it."""

    agreement: str
    employer: str
    insurer: str
    period: Period
    convention: str | None = None


def contracts(accord: Agreement) -> list[Contract]:
    """One contract for each employer and insurer that share a day of the accord."""
    found = []
    for employer in accord.employers:
        for insurer in accord.insurers:
            shared = employer.period.intersection(insurer.period)
            period = None if shared is None else shared.intersection(accord.effective)
            if period is not None:
                found.append(Contract(accord.id, employer.siret, insurer.code, period, insurer.convention))
    return found


def convention_ends(
    convention: Convention, accords: Iterable[Agreement], on: date, others: Iterable[Convention] = ()
) -> list[Effect]:
    """The insurer ends a convention: its contracts end, and an accord nobody insures any more lapses.

    `others` are those of the scheme. Raises ConventionNotSaid for an accord whose contracts may stand on another one
    that the insurer goes on holding.
    """
    held = any(o.insurer == convention.insurer and o.id != convention.id and on + ONE_DAY in o.period for o in others)
    found = [Effect(EffectKind.CONVENTION_ENDS, on, SOURCE, insurer=convention.insurer, convention=convention.id)]
    for accord in accords:
        ending = [c for c in contracts(accord) if _stands_on(c, convention) and _runs_after(c, convention, on)]
        if not ending:
            continue
        if held and any(c.convention is None for c in ending):
            raise ConventionNotSaid(accord.id)
        found += [_contract_ends(one, on, convention.id) for one in ending]
        found += _kept(ending, on)
        if not any(on + ONE_DAY in c.period and c not in ending for c in contracts(accord)):
            found.append(Effect(EffectKind.AGREEMENT_LAPSES, on, SOURCE, accord.id))
    return found


def employer_leaves(accord: Agreement, siret: str, on: date) -> list[Effect]:
    """An employer ends its contracts: its adhesion ends by right; the last employer takes the accord with it."""
    ending = [c for c in contracts(accord) if c.employer == siret and c.period.last > on]
    found = [_contract_ends(one, on, None) for one in ending]
    found.append(Effect(EffectKind.ADHESION_ENDS, on, SOURCE, accord.id, siret))
    found += _kept(ending, on, siret)
    if all(e.siret == siret or e.period.last <= on for e in accord.employers):
        found.append(Effect(EffectKind.AGREEMENT_LAPSES, on, SOURCE, accord.id))
    return found


def denounced(accord: Agreement, on: date) -> list[Effect]:
    """The accord is denounced: its contracts end with it."""
    ending = [one for one in contracts(accord) if one.period.last > on]
    found = [Effect(EffectKind.AGREEMENT_DENOUNCED, on, SOURCE, accord.id)]
    found += [_contract_ends(one, on, None) for one in ending]
    found += _kept(ending, on)
    return found


def lapses_at_term(accord: Agreement, on: date) -> list[Effect]:
    """Nobody insures the accord after `on`, the term of its conventions: its object disappears (S20)."""
    ending = [one for one in contracts(accord) if one.period.last > on]
    found = [_contract_ends(one, on, None) for one in ending]
    found += _kept(ending, on)
    return [*found, Effect(EffectKind.AGREEMENT_LAPSES, on, SOURCE, accord.id)]


def _stands_on(contract: Contract, convention: Convention) -> bool:
    return contract.insurer == convention.insurer and contract.convention in (None, convention.id)


def _runs_after(contract: Contract, convention: Convention, on: date) -> bool:
    """Whether a contract shares days with the convention and has some after its end."""
    return contract.period.meets(convention.period) and contract.period.last > on


def _contract_ends(one: Contract, on: date, convention: str | None) -> Effect:
    return Effect(EffectKind.CONTRACT_ENDS, on, SOURCE, one.agreement, one.employer, one.insurer, convention)


def _kept(ending: Iterable[Contract], on: date, employer: str | None = None) -> Iterator[Effect]:
    """What ended contracts go on owing: annuities are revalued, death cover is maintained for their holders.

    One that was yet to begin owes nothing.
    """
    first = on + ONE_DAY
    for agreement, insurer in dict.fromkeys((one.agreement, one.insurer) for one in ending if one.period.start <= on):
        yield Effect(EffectKind.ANNUITIES_REVALUED, first, SOURCE, agreement, employer, insurer)
        yield Effect(EffectKind.DEATH_COVER_KEPT, first, SOURCE, agreement, employer, insurer)


def _plain(value: object) -> object:
    """Values as JSON holds them."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
