"""What an accord says about who is covered (accord art. 2.1, 2.2 and 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kit.period import Period
from rules.vocabulary import ContractKind, EmploymentKind, Guarantee, PositionKind, Regime


@dataclass(frozen=True, slots=True)
class DispenseTerms:
    """Who may stay out, until when it is asked, how long a proof holds."""

    contracts: frozenset[ContractKind]
    kinds: frozenset[EmploymentKind]
    present_deadline: date
    hire_days: int
    proof_months: int


@dataclass(frozen=True, slots=True)
class EligibilityTerms:
    """The conditions of cover. `effective` is the accord's own period; `open_to` the regimes of each guarantee."""

    agreement: str
    effective: Period
    return_days: int
    deferring_leaves: frozenset[PositionKind]
    seniority_months: int
    contract_months: int
    seniority_kinds: frozenset[EmploymentKind]
    excluded_kinds: frozenset[EmploymentKind]
    dispense: DispenseTerms | None
    paid_keeps_cover: bool
    open_to: Mapping[Guarantee, frozenset[Regime]]
