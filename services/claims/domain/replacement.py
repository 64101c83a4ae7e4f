"""The NBI of a long leave: kept in the proportion of pay until somebody replaces the agent in his post, and no longer.

Décret 93-863 art. 2 (rulebook §1.4). Whether a CLM that counts as the first year of a CLD loses its NBI backwards is
said nowhere. It changes no amount here: that year is at full pay, and only reduced pay is made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kit.period import Period, cut
from rules.book import Rules
from services.claims.domain.entitlement import PaidPeriod


def split(paid: PaidPeriod, replaced: Sequence[Period], rules: Rules) -> Iterator[tuple[Period, bool]]:
    """The days of a paid period in parts, each with whether its NBI is lost to a replacement. Raises NoValueAt."""
    inside = [one for one in replaced if one.meets(paid.period)]
    if not inside or all(
        row["kind"] != paid.kind for row in rules.table("leave.nbi.until_replaced", paid.period.start)
    ):
        yield paid.period, False
        return
    for part in cut(paid.period, inside):
        yield part, any(part.start in one for one in inside)
