"""Whether a notified pension can be what its scheme pays: a doubt for a person to settle, never a refusal (§2.2, §2.3).

What is notified is net of levies, what the texts give is gross: only what no levy explains is doubtful. A pension of
zero is one that was not notified yet. The increase for the help of a third party pays for that help: it is kept apart
from what is notified here, and never deducted.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kit.money import Money
from kit.trace import Trace
from rules.book import NoValueAt, Rules, UnknownRule
from rules.pay import PayElements
from rules.vocabulary import Regime
from services.claims.domain.errors import GenerationUnknown
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.legal_age import legal_age_day
from services.claims.domain.reference import Insured

PARTS_OF_PASS: Final = {
    "1": "invalidity.ss.category_1_rate",
    "2": "invalidity.ss.category_2_rate",
    "3": "invalidity.ss.category_2_rate",
}
# The one category that has an increase for a third party, whose amount nobody vouches for.
HELPED: Final = "3"


class PensionDoubt(StrEnum):
    """What is odd about a notified pension."""

    BELOW_FLOOR = "PENSION_BELOW_FLOOR"
    ABOVE_PAY = "PENSION_ABOVE_PAY"
    ABOVE_CATEGORY = "PENSION_ABOVE_CATEGORY"
    WITH_THIRD_PARTY = "PENSION_WITH_THIRD_PARTY"
    AFTER_LEGAL_AGE = "PENSION_AFTER_LEGAL_AGE"


_Found = Iterator[tuple[PensionDoubt, Trace]]


def pension_doubts(
    insured: Insured, pay: PayElements, invalidity: Invalidity, rules: Rules
) -> tuple[tuple[PensionDoubt, ...], tuple[Trace, ...]]:
    """The doubts, each with its trace; none where nobody vouches for the rules of that day. `pay`: the reference's."""
    if not invalidity.pension_net:
        return (), ()
    checks = (_special,) if insured.regime is Regime.CNRACL else (_general, _after_legal_age)
    found = []
    for check in checks:
        try:
            found += list(check(insured, pay, invalidity, rules))
        except (GenerationUnknown, NoValueAt, UnknownRule):  # a decision of before these were looked at is not held
            continue
    return tuple(doubt for doubt, _ in found), tuple(trace for _, trace in found)


def _special(_insured: Insured, pay: PayElements, invalidity: Invalidity, rules: Rules) -> _Found:
    """CNRACL: half of the pay at least from a rate on, less levies; pension and rente within the pay, an ATI beside."""
    day, net = invalidity.start, invalidity.pension_net
    threshold = rules.at("invalidity.cnracl.floor_from_rate", day)
    if invalidity.cnracl_rate is not None and invalidity.cnracl_rate >= threshold.rate:
        floor, levies = rules.at("invalidity.cnracl.floor_share", day), rules.at("invalidity.levies.most", day)
        least = pay.tib * (Fraction(floor.value) * Fraction(levies.rate.complement().value))
        if net < least:
            inputs = {"pension_net": net, "tib": pay.tib, "levies": levies.rate}
            yield PensionDoubt.BELOW_FLOOR, Trace(floor.id, floor.reference, inputs, least)
    third_party, (ati, steps) = rules.at("invalidity.cnracl.third_party", day), _ati(invalidity, rules)
    most = pay.tib + pay.nbi + ati
    if net > most + third_party.money:
        inputs = {"pension_net": net, "tib": pay.tib, "third_party": third_party.money}
        yield (
            PensionDoubt.ABOVE_PAY,
            Trace(third_party.id, third_party.reference, inputs, most + third_party.money, steps),
        )
    elif net > most:
        inputs = {"pension_net": net, "tib": pay.tib, "nbi": pay.nbi}
        yield from _with_third_party(invalidity, inputs, most, steps, rules)


def _ati(invalidity: Invalidity, rules: Rules) -> tuple[Money, tuple[Trace, ...]]:
    """What an accident of the service gives beside the pension, of the rate of its own."""
    rate, day = invalidity.atmp_rate, invalidity.start
    try:
        if rate is None or rate < rules.at("ati.from_rate", day).rate:
            return Money.zero(), ()
        base = rules.at("ati.monthly_base", day)
    except (NoValueAt, UnknownRule):
        return Money.zero(), ()
    amount = base.money * rate
    return amount, (Trace(base.id, base.reference, {"base": base.money, "rate": rate}, amount),)


def _general(_insured: Insured, _pay: PayElements, invalidity: Invalidity, rules: Rules) -> _Found:
    """Régime général: at most a share of the ceiling, the increase for a third party apart."""
    day, net = invalidity.start, invalidity.pension_net
    part = PARTS_OF_PASS.get(invalidity.ss_category or "")
    if part is None or invalidity.atmp_rate is not None:  # a rente of the AT/MP comes beside
        return
    share, ceiling = rules.at(part, day), rules.at("pss.monthly", day)
    most = ceiling.money * share.rate
    if net > most:
        inputs = {"pension_net": net, "pss": ceiling.money, "share": share.rate}
        if invalidity.ss_category == HELPED:
            yield from _with_third_party(invalidity, inputs, most, (), rules)
        else:
            yield PensionDoubt.ABOVE_CATEGORY, Trace(share.id, share.reference, inputs, most)


def _with_third_party(
    invalidity: Invalidity, inputs: dict[str, object], most: Money, steps: tuple[Trace, ...], rules: Rules
) -> _Found:
    """More than the pension alone, not more than with the increase, which is not deducted unless a rule says so."""
    apart = rules.at("invalidity.third_party", invalidity.start)
    if apart.choice == "KEPT_APART":
        yield PensionDoubt.WITH_THIRD_PARTY, Trace(apart.id, apart.reference, inputs, most, steps)


def _after_legal_age(insured: Insured, _pay: PayElements, invalidity: Invalidity, rules: Rules) -> _Found:
    """Régime général: the pension ends at the legal age, and none begins from then on (CSS L. 341-15)."""
    if invalidity.ss_category is None or insured.birth_date is None:
        return
    until = rules.at("invalidity.ss.until", invalidity.start)
    reached, age = legal_age_day(insured.birth_date, invalidity.start, rules)
    if until.choice == "LEGAL_AGE" and invalidity.start >= reached:
        inputs = {"from": invalidity.start, "ss_category": invalidity.ss_category}
        yield PensionDoubt.AFTER_LEGAL_AGE, Trace(until.id, until.reference, inputs, reached, (age,))
