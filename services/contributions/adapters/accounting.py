"""The pieces of an employer's journal in a period: statements issued, payments received and sent back."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from rules.vocabulary import Guarantee
from services.contributions.domain.accounting import IssuedPiece, PaidPiece, Piece

# Days are those of Paris.
_ISSUED: Final = text("""
    SELECT (recorded_at AT TIME ZONE 'Europe/Paris')::date AS on_day, agreement, insurer, number, month, totals
      FROM statement
     WHERE employer = :employer AND (recorded_at AT TIME ZONE 'Europe/Paris')::date BETWEEN :first AND :last
     ORDER BY agreement, insurer, number
""")
_PAID: Final = text("""
    SELECT received_on AS on_day, agreement, insurer, reference, amount, 'Paiement' AS label
      FROM payment WHERE employer = :employer AND received_on BETWEEN :first AND :last
    UNION ALL
    SELECT (c.recorded_at AT TIME ZONE 'Europe/Paris')::date, agreement, insurer, reference, -amount,
           'Paiement annulé'
      FROM payment_cancellation c JOIN payment p ON p.id = c.payment
     WHERE p.employer = :employer AND (c.recorded_at AT TIME ZONE 'Europe/Paris')::date BETWEEN :first AND :last
     ORDER BY on_day, agreement, insurer, reference, amount DESC
""")


async def pieces(tx: AsyncConnection, employer: str, first: date, last: date) -> list[Piece]:
    """All of them, both days included."""
    asked = {"employer": employer, "first": first, "last": last}
    issued: list[Piece] = [_issued(row) for row in await tx.execute(_ISSUED, asked)]
    paid = [
        PaidPiece(row.on_day, row.reference, row.agreement, row.insurer, row.label, Money(row.amount))
        for row in await tx.execute(_PAID, asked)
    ]
    return [*issued, *paid]


def _issued(row: Row[Any]) -> IssuedPiece:
    shares = tuple(
        (code, Money(row.totals[code]["employer"]), Money(row.totals[code]["agent"]))
        for code in Guarantee
        if code in row.totals
    )
    label = f"Bordereau {row.number} du mois {row.month:%Y-%m}"
    return IssuedPiece(row.on_day, f"BORDEREAU-{row.number:04d}", row.agreement, row.insurer, label, shares)
