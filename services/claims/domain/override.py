"""An amount that a person decided for a month in place of the one worked out; both are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kit.money import Money
from kit.trace import Trace
from services.claims.domain.benefits import Alert, MonthBenefit

REFERENCE: Final = "décision motivée d'un gestionnaire, approuvée par une autre personne"


class OverrideReason(StrEnum):
    """Why another amount is decided, lower or up to the target."""

    PART_REFUSED = "PART_REFUSED"
    INSURER_DECISION = "INSURER_DECISION"
    COURT_DECISION = "COURT_DECISION"
    FACTS_NOT_RECORDED = "FACTS_NOT_RECORDED"
    TERMS_READ_OTHERWISE = "TERMS_READ_OTHERWISE"


@dataclass(frozen=True, slots=True)
class Override:
    """The amount of income maintenance of a month; `computed` is what was worked out when it was decided."""

    amount: Money
    reason: OverrideReason
    computed: Money


def overridden(month: MonthBenefit, override: Override) -> MonthBenefit:
    """The month with the amount decided. Where facts now give another computation, it stands, to be reviewed."""
    inputs = {"computed": month.benefit, "computed_then": override.computed, "reason": override.reason}
    trace = Trace("benefit.override", REFERENCE, inputs, override.amount, (month.trace,))
    alerts = [Alert.LEGAL_FLOOR_SHORTFALL] if override.amount < month.decree_floor else []
    alerts += [Alert.OVERRIDDEN]
    alerts += [Alert.OVERRIDE_TO_REVIEW] if month.benefit != override.computed else []
    return replace(month, benefit=override.amount, computed=month.benefit, alerts=tuple(alerts), trace=trace)
