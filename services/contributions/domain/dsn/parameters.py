"""The insurer's parameters of a contract (FPOC): the codes that an employer must echo in its DSN. Data, never guessed.

Which codes a guarantee has, and for which population, only the insurer says (rulebook §6.1, FPOC).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kit.period import Month, Period
from rules.vocabulary import Guarantee, Regime


@dataclass(frozen=True, slots=True)
class Codes:
    """How one guarantee is named in 70.004 and, by regime, in 70.005. None: the insurer has not said."""

    option: str | None
    populations: Mapping[Regime, str]


@dataclass(frozen=True, slots=True)
class Contract:
    """What an insurer says of an accord's contract in a period. `assumption`: nobody's fact, for demonstration."""

    agreement: str
    insurer: str
    period: Period
    reference: str
    organisation: str
    delegate: str | None
    staff: str | None
    guarantees: Mapping[Guarantee, Codes]
    assumption: bool
    source: str


@dataclass(frozen=True, slots=True)
class Contracts:
    """Those of one employer in one month, in a settled order: their place is their technical id (15.005)."""

    known: tuple[Contract, ...]

    @classmethod
    def in_month(cls, contracts: Sequence[Contract], month: Month) -> Contracts:
        """Those in force on the first day of the month; of one accord and insurer, the one that began last."""
        current: dict[tuple[str, str], Contract] = {}
        for one in sorted(contracts, key=lambda c: c.period.start):
            if month.first in one.period:
                current[one.agreement, one.insurer] = one
        return cls(tuple(current[key] for key in sorted(current)))

    def of(self, agreement: str, insurer: str) -> Contract | None:
        return next((c for c in self.known if (c.agreement, c.insurer) == (agreement, insurer)), None)

    def adhesion(self, contract: Contract) -> str:
        return str(self.known.index(contract) + 1)

    def named(self, reference: str, option: str) -> tuple[Contract, Guarantee] | None:
        """The contract and the guarantee that a DSN names by its contract's reference and an option."""
        for contract in self.known:
            for guarantee, codes in contract.guarantees.items():
                if contract.reference == reference and codes.option == option:
                    return contract, guarantee
        return None
