"""What daily allowances that were notified come to over the days of a month that are indemnified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kit.money import Money
from kit.trace import Trace
from services.claims.domain.entitlement import PaidPeriod
from services.claims.domain.situation import DailyAllowance

REFERENCE: Final = "CSS R. 323-1 : par jour civil ; montant notifié, net de CSG et CRDS"


def daily_allowances(
    allowances: Iterable[DailyAllowance], indemnified: Sequence[PaidPeriod]
) -> tuple[Money, tuple[Trace, ...]]:
    """The daily amounts for each calendar day that is indemnified, and one step for each run of them."""
    found = [
        (days, allowance.daily, allowance.daily * days.days)
        for allowance in allowances
        for period in indemnified
        if (days := allowance.period.intersection(period.period)) is not None
    ]
    steps = (
        Trace("social_security.daily", REFERENCE, {"period": days, "days": days.days, "daily": daily}, amount)
        for days, daily, amount in found
    )
    return Money.sum(amount for *_, amount in found), tuple(steps)
