"""An amount that a person decided in place of the one worked out, of a month, an annuity or a capital."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kit.money import Money
from kit.trace import Trace
from services.claims.domain.benefits import Alert, MonthBenefit, shortfall

REFERENCE: Final = "décision motivée d'un gestionnaire, approuvée par une autre personne"


class OverrideReason(StrEnum):
    """Why another amount is decided, lower or up to the target."""

    PART_REFUSED = "PART_REFUSED"
    INSURER_DECISION = "INSURER_DECISION"
    COURT_DECISION = "COURT_DECISION"
    FACTS_NOT_RECORDED = "FACTS_NOT_RECORDED"
    TERMS_READ_OTHERWISE = "TERMS_READ_OTHERWISE"


# Reasons that stand on what the computation did not know.
BEYOND: Final = frozenset(
    {OverrideReason.INSURER_DECISION, OverrideReason.COURT_DECISION, OverrideReason.FACTS_NOT_RECORDED}
)


@dataclass(frozen=True, slots=True)
class Override:
    """The amount that is paid; `computed` is what was worked out when it was decided."""

    amount: Money
    reason: OverrideReason
    computed: Money


def overridden(month: MonthBenefit, override: Override) -> MonthBenefit:
    """The month with the amount decided. Where facts now give another computation, it stands, to be reviewed."""
    alerts = (*shortfall(override.amount, month.decree_floor), *decided_so(month.benefit, override))
    trace = said_so(month.benefit, override, month.trace)
    return replace(month, benefit=override.amount, computed=month.benefit, alerts=alerts, trace=trace)


def overridden_option(month: MonthBenefit, override: Override) -> MonthBenefit:
    """The same of what option 3 pays for the month."""
    said = decided_so(month.ri_full_pay, override)
    alerts = (*month.alerts, *(alert for alert in said if alert not in month.alerts))
    trace = replace(month.trace, steps=(*month.trace.steps, said_so(month.ri_full_pay, override)))
    return replace(month, ri_full_pay=override.amount, ri_computed=month.ri_full_pay, alerts=alerts, trace=trace)


def decided_so(computed: Money, override: Override) -> tuple[Alert, ...]:
    """That a person decided, and that the computation is no longer the one that he saw."""
    return (Alert.OVERRIDDEN, *((Alert.OVERRIDE_TO_REVIEW,) if computed != override.computed else ()))


def said_so(computed: Money, override: Override, *steps: Trace) -> Trace:
    """The amount decided, above the steps of the one worked out."""
    inputs = {"computed": computed, "computed_then": override.computed, "reason": override.reason}
    return Trace("benefit.override", REFERENCE, inputs, override.amount, steps)
