"""What an insurer is owed for its lots, out of statements: summed from lines, held against what the statements say.

A lot here is the contract of one accord with one insurer. The numbers of the market's lots are published nowhere (S19).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rules.vocabulary import Guarantee
from services.contributions.domain.delta import Amounts
from services.contributions.domain.errors import SettlementOff


@dataclass(frozen=True, slots=True)
class Share:
    """What the lines of the statements settled add up to, for one accord, employer and guarantee."""

    agreement: str
    employer: str
    guarantee: Guarantee
    lines: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Stated:
    """What one of the statements says of itself: its total (its base aside), and each guarantee's."""

    agreement: str
    employer: str
    lines: int
    total: Amounts
    guarantees: Mapping[Guarantee, Amounts]


def reconcile(shares: Iterable[Share], statements: Iterable[Stated]) -> None:
    """Raise SettlementOff unless lines and statements say the same, by accord, employer and guarantee, to the cent."""
    counted: dict[tuple[str, str], int] = defaultdict(int)
    summed: dict[tuple[str, str, Guarantee], Amounts] = {}
    for share in shares:
        counted[share.agreement, share.employer] += share.lines
        summed[share.agreement, share.employer, share.guarantee] = share.amounts
    said: dict[tuple[str, str, Guarantee], Amounts] = defaultdict(Amounts.zero)
    for one in statements:
        counted[one.agreement, one.employer] -= one.lines
        if _figures(Amounts.sum(one.guarantees.values())) != _figures(one.total):
            raise SettlementOff
        for guarantee, amounts in one.guarantees.items():
            said[one.agreement, one.employer, guarantee] += amounts
    if any(counted.values()) or summed != dict(said):
        raise SettlementOff


def _figures(amounts: Amounts) -> tuple[object, ...]:
    return amounts.amount, amounts.employer, amounts.agent
