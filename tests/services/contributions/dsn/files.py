"""DSN files as a payroll would write them; persons are invented (no department has the number 00)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from kit.nir import Nir
from relais.synthetic.identity import fictitious_nir
from tests.services.contributions.facts import CITY

NIRS: Final = [Nir.parse(fictitious_nir(Random(seed), 1970 + seed, 1 + seed)).dsn for seed in range(10)]


def sender(norm: str = "P26V01") -> list[str]:
    return ["S10.G00.00.001,'Paie d’exemple'", f"S10.G00.00.006,'{norm}'", "S10.G00.01.003,'Éditeur'"]


def declaration(siret: str = CITY, month: str = "01062025", nature: str = "01", kind: str = "01") -> list[str]:
    return [
        f"S20.G00.05.001,'{nature}'",
        f"S20.G00.05.002,'{kind}'",
        f"S20.G00.05.005,'{month}'",
        f"S21.G00.06.001,'{siret[:9]}'",
        f"S21.G00.11.001,'{siret[9:]}'",
        "S21.G00.15.001,'DEMO-2025'",
        "S21.G00.15.002,'PDEMO'",
        "S21.G00.15.005,'1'",
    ]


def individual(
    matricule: str, nir: str | None = None, more: Sequence[str] = (), quotity: Sequence[str] = ()
) -> list[str]:
    """A CNRACL agent with a name that is kept raw."""
    number = NIRS[0] if nir is None else nir
    return [
        f"S21.G00.30.001,'{number}'",
        "S21.G00.30.002,'EXEMPLE'",
        f"S21.G00.30.019,'{matricule}'",
        "S21.G00.40.001,'01012020'",
        "S21.G00.40.002,'10'",
        "S21.G00.40.007,'50'",
        *quotity,
        "S21.G00.40.020,'120'",
        "S21.G00.40.026,'01'",
        "S21.G00.40.058,'420'",
        *more,
    ]


def contribution(
    base: str = "2400.00", amount: str = "49.20", option: str = "BASE", place: str = "1", population: str = "CNR"
) -> list[str]:
    """An affiliation and its contribution."""
    return [
        f"S21.G00.70.004,'{option}'",
        f"S21.G00.70.005,'{population}'",
        f"S21.G00.70.012,'{place}'",
        "S21.G00.70.013,'1'",
        "S21.G00.78.001,'31'",
        "S21.G00.78.002,'01062025'",
        "S21.G00.78.003,'30062025'",
        f"S21.G00.78.005,'{place}'",
        "S21.G00.79.001,'10'",
        f"S21.G00.79.004,'{base}'",
        "S21.G00.81.001,'059'",
        f"S21.G00.81.004,'{amount}'",
    ]


def trailer(count: int = 0) -> list[str]:
    return [f"S90.G00.90.001,'{count}'", "S90.G00.90.002,'1'"]


def written(*lines: str, charset: str = "latin-1", end: str = "\r\n") -> bytes:
    return "".join(line + end for line in lines).encode(charset, "replace")
