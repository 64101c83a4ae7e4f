"""What an employer orders its bank to pay: one transfer a contract, for what its statements leave owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from kit.money import Money

# What a reference of a transfer may hold is 35 characters (ISO 20022, Max35Text).
_DIGITS: Final = 28  # lint(law) because it is the length of an identifier


@dataclass(frozen=True, slots=True)
class Owing:
    """What is left of a statement of a contract; below zero, in the employer's favour."""

    agreement: str
    insurer: str
    statement: UUID
    number: int
    left: Money


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer. `reference` is the same as long as the same is owed on the same statements: recorded with it, a
    payment that is ordered twice is found to be one.
    """

    agreement: str
    insurer: str
    amount: Money
    reference: str
    description: str


def transfers(employer: str, owing: Iterable[Owing], unallocated: Mapping[tuple[str, str], Money]) -> list[Transfer]:
    """A transfer for each contract (accord, insurer) that owes anything once its credits, and what was paid on it and
    settles nothing yet, are taken off; in the order of contracts.
    """
    contracts: dict[tuple[str, str], list[Owing]] = defaultdict(list)
    for one in owing:
        if one.left:
            contracts[one.agreement, one.insurer].append(one)
    found = []
    for agreement, insurer in sorted(contracts):
        statements = sorted(contracts[agreement, insurer], key=lambda one: one.number)
        paid = unallocated.get((agreement, insurer), Money.zero())
        amount = Money.sum(one.left for one in statements) - paid
        if amount > Money.zero():
            words = f"Prevoyance {employer} {_numbers([one.number for one in statements])} {agreement}"
            found.append(Transfer(agreement, insurer, amount, _reference(employer, statements, paid), words))
    return found


def _reference(employer: str, statements: Sequence[Owing], paid: Money) -> str:
    said = "|".join([employer, str(paid), *(f"{one.statement}:{one.left.cents}" for one in statements)])
    return f"RELAIS-{sha256(said.encode()).hexdigest()[:_DIGITS]}"


def _numbers(numbers: Sequence[int]) -> str:
    """Numbers in order, shortened so that the bank's 140 characters hold them.

    >>> _numbers([4]), _numbers([1, 2, 9])
    ('bordereau 4', 'bordereaux 1 a 9 (3)')
    """
    if len(numbers) == 1:
        return f"bordereau {numbers[0]}"
    return f"bordereaux {numbers[0]} a {numbers[-1]} ({len(numbers)})"
