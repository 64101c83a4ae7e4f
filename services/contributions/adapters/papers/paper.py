"""A statement with its lines, as its documents show it, and the words they have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kit.period import Month
from rules.vocabulary import Guarantee
from services.contributions.adapters.statements import StoredLine, StoredStatement
from services.contributions.domain.delta import Amounts

GUARANTEES: Final[Mapping[str, str]] = {
    Guarantee.BASE: "Régime de base : incapacité, invalidité",
    Guarantee.DEATH: "Option 2 : décès, IAD",
    Guarantee.RETIREMENT_LOSS: "Option 1 : perte de retraite",
    Guarantee.RI_FULL_PAY: "Option 3 : maintien du régime indemnitaire",
}
COLUMNS: Final = (
    *("bordereau", "mois", "matricule", "agent", "garantie", "assiette", "taux", "cotisation"),
    *("part_employeur", "part_agent", "regularisation", "financement_a_preciser"),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A statement, its lines, and the matricule of each agent at its employer."""

    statement: StoredStatement
    lines: Sequence[StoredLine]
    matricules: Mapping[str, str]

    @property
    def name(self) -> str:
        """What its files are called, without extension."""
        return f"bordereau-{self.statement.employer}-{self.statement.month}-{self.statement.number:04d}"

    @property
    def regularised(self) -> dict[Month, Amounts]:
        """What each earlier month adds or takes back."""
        months = sorted({line.delta.key.month for line in self.lines if line.regularisation})
        return {
            month: Amounts.sum(line.delta.amounts for line in self.lines if line.delta.key.month == month)
            for month in months
        }

    def row(self, line: StoredLine) -> tuple[str, ...]:
        """A line in the order of the columns."""
        key, amounts = line.delta.key, line.delta.amounts
        return (
            str(self.statement.number),
            str(key.month),
            self.matricules.get(key.agent, ""),
            key.agent,
            key.guarantee.value,
            *(str(amounts.base), str(line.delta.rate), str(amounts.amount)),
            *(str(amounts.employer), str(amounts.agent)),
            "oui" if line.regularisation else "non",
            "oui" if line.delta.unresolved else "non",
        )


def digest(content: bytes) -> str:
    """What a signed document says of a file, so that the signature covers it.

    >>> digest(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()
