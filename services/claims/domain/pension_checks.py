"""Whether a notified pension can be what its scheme pays: a doubt for a person to settle, never a refusal (§2.2, §2.3).

What is notified is net of levies, what the texts give is gross: only what no levy explains is doubtful. A pension of
zero is one that was not notified yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kit.trace import Trace
from rules.book import NoValueAt, Rules, UnknownRule
from rules.pay import PayElements
from rules.vocabulary import Regime
from services.claims.domain.invalidity import Invalidity

PARTS_OF_PASS: Final = {"1": "invalidity.ss.category_1_rate", "2": "invalidity.ss.category_2_rate"}


class PensionDoubt(StrEnum):
    """What is odd about a notified pension."""

    BELOW_FLOOR = "PENSION_BELOW_FLOOR"
    ABOVE_PAY = "PENSION_ABOVE_PAY"
    ABOVE_CATEGORY = "PENSION_ABOVE_CATEGORY"


def pension_doubts(
    regime: Regime, pay: PayElements, invalidity: Invalidity, rules: Rules
) -> tuple[tuple[PensionDoubt, ...], tuple[Trace, ...]]:
    """The doubts, each with its trace; none where nobody vouches for the rules of that day. `pay`: the reference's."""
    if not invalidity.pension_net:
        return (), ()
    try:
        found = list((_special if regime is Regime.CNRACL else _general)(pay, invalidity, rules))
    except (NoValueAt, UnknownRule):  # a decision of before these were looked at does not hold them
        return (), ()
    return tuple(doubt for doubt, _ in found), tuple(trace for _, trace in found)


def _special(pay: PayElements, invalidity: Invalidity, rules: Rules) -> Iterator[tuple[PensionDoubt, Trace]]:
    """CNRACL: half of the pay at least from a rate on, less levies; pension and rente within the pay at most."""
    day, net = invalidity.start, invalidity.pension_net
    threshold = rules.at("invalidity.cnracl.floor_from_rate", day)
    if invalidity.cnracl_rate is not None and invalidity.cnracl_rate >= threshold.rate:
        floor, levies = rules.at("invalidity.cnracl.floor_share", day), rules.at("invalidity.levies.most", day)
        least = pay.tib * (Fraction(floor.value) * Fraction(levies.rate.complement().value))
        if net < least:
            inputs = {"pension_net": net, "tib": pay.tib, "levies": levies.rate}
            yield PensionDoubt.BELOW_FLOOR, Trace(floor.id, floor.reference, inputs, least)
    third_party = rules.at("invalidity.cnracl.third_party", day)
    most = pay.tib + pay.nbi + third_party.money
    if net > most:
        inputs = {"pension_net": net, "tib": pay.tib, "third_party": third_party.money}
        yield PensionDoubt.ABOVE_PAY, Trace(third_party.id, third_party.reference, inputs, most)


def _general(_pay: PayElements, invalidity: Invalidity, rules: Rules) -> Iterator[tuple[PensionDoubt, Trace]]:
    """Régime général: at most a share of the ceiling; category 3 has a supplement whose amount nobody vouches for."""
    day, net = invalidity.start, invalidity.pension_net
    part = PARTS_OF_PASS.get(invalidity.ss_category or "")
    if part is None or invalidity.atmp_rate is not None:  # a rente of the AT/MP comes beside
        return
    share, ceiling = rules.at(part, day), rules.at("pss.monthly", day)
    most = ceiling.money * share.rate
    if net > most:
        inputs = {"pension_net": net, "pss": ceiling.money, "share": share.rate}
        yield PensionDoubt.ABOVE_CATEGORY, Trace(share.id, share.reference, inputs, most)
