"""What an employer's accounts hold of its contracts: entries that balance, piece by piece.

Which account of its chart each role stands for is the employer's to say; none is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kit.money import Money
from rules.vocabulary import Guarantee


class Role(StrEnum):
    """What an entry is about: the employer's charge, what is withheld from agents, the insurer, the treasury."""

    CHARGE = "CHARGE"
    WITHHELD = "WITHHELD"
    INSURER = "INSURER"
    TREASURY = "TREASURY"


@dataclass(frozen=True, slots=True)
class IssuedPiece:
    """A statement: the shares of each guarantee, in the order of the enumeration."""

    on: date
    reference: str
    agreement: str
    insurer: str
    label: str
    shares: tuple[tuple[Guarantee, Money, Money], ...]


@dataclass(frozen=True, slots=True)
class PaidPiece:
    """A payment; below zero: it was sent back."""

    on: date
    reference: str
    agreement: str
    insurer: str
    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a journal; one of `debit` and `credit` is 0.00, and neither is below."""

    on: date
    reference: str
    role: Role
    agreement: str
    insurer: str
    guarantee: Guarantee | None
    label: str
    debit: Money
    credit: Money


Piece = IssuedPiece | PaidPiece


def journal(pieces: Iterable[Piece]) -> list[Entry]:
    """The entries of these pieces, by day, then as given; a piece of 0.00 has none."""
    return [entry for piece in sorted(pieces, key=lambda one: one.on) for entry in _entries(piece)]


def _entries(piece: Piece) -> Iterator[Entry]:
    if isinstance(piece, PaidPiece):
        yield from _entry(piece, Role.INSURER, None, piece.amount)
        yield from _entry(piece, Role.TREASURY, None, -piece.amount)
        return
    for guarantee, employer, agent in piece.shares:
        yield from _entry(piece, Role.CHARGE, guarantee, employer)
        yield from _entry(piece, Role.WITHHELD, guarantee, agent)
    owed = Money.sum(employer + agent for _, employer, agent in piece.shares)
    yield from _entry(piece, Role.INSURER, None, -owed)


def _entry(piece: Piece, role: Role, guarantee: Guarantee | None, debit: Money) -> Iterator[Entry]:
    """On the debit side; below zero, on the other."""
    nothing = Money.zero()
    if debit:
        sides = (debit, nothing) if debit > nothing else (nothing, -debit)
        yield Entry(piece.on, piece.reference, role, piece.agreement, piece.insurer, guarantee, piece.label, *sides)
