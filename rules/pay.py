"""A month's pay, element by element, and what the transfert primes/points (TPP) withholds from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kit.money import Money
from kit.period import Month
from kit.trace import Trace
from rules.book import Rules
from rules.errors import CategoryRequired, TppAboveRi, TppNotApplicable
from rules.vocabulary import FONCTIONNAIRES, Category, PayElement, Regime

ZERO: Final = Money.zero()


@dataclass(frozen=True, slots=True)
class PayElements:
    """Gross monthly amounts. `tpp` None: not said, so the rule gives it.

    >>> pay = PayElements(tib=Money.parse("2067.57"), ri=Money.parse("300"))
    >>> pay.total, pay.of(PayElement.RI)
    (Money('2367.57'), Money('300.00'))
    """

    tib: Money = ZERO
    nbi: Money = ZERO
    ri: Money = ZERO
    sft: Money = ZERO
    ir: Money = ZERO
    other: Money = ZERO
    tpp: Money | None = None

    @property
    def total(self) -> Money:
        """The sum of the elements; after `after_tpp` it is the gross."""
        return Money.sum((self.tib, self.nbi, self.ri, self.sft, self.ir, self.other))

    def of(self, element: PayElement) -> Money:
        """The amount of one element; ALL is the sum of them."""
        amounts = {
            PayElement.TIB: self.tib,
            PayElement.NBI: self.nbi,
            PayElement.RI: self.ri,
            PayElement.SFT: self.sft,
            PayElement.IR: self.ir,
            PayElement.OTHER: self.other,
        }
        return self.total if element is PayElement.ALL else amounts[element]

    def after_tpp(self, regime: Regime, category: Category | None, month: Month, rules: Rules) -> PayElements:
        """The same pay with the TPP taken from the RI, and `tpp` the amount withheld. Raises as `withheld_tpp`."""
        withheld = withheld_tpp(self, regime, category, month, rules).amount
        return replace(self, ri=self.ri - withheld, tpp=withheld)


@dataclass(frozen=True, slots=True)
class Withholding:
    """What is withheld, and why."""

    amount: Money
    trace: Trace


def withheld_tpp(
    pay: PayElements, regime: Regime, category: Category | None, month: Month, rules: Rules
) -> Withholding:
    """The month's TPP: as given, else the monthly amount of the category, at most the RI (rulebook §3.1, S7).

    Raises TppNotApplicable (given to who is no fonctionnaire), CategoryRequired, TppAboveRi, NoValueAt.
    """
    if regime not in FONCTIONNAIRES:
        if pay.tpp:
            raise TppNotApplicable(pointer="/pay/tpp")
        return _withholding(ZERO, "décret 2016-588 : fonctionnaires seulement", pay, category)
    if pay.ri and category is None:
        raise CategoryRequired(pointer="/category")
    if pay.tpp is not None:
        if pay.tpp > pay.ri:
            raise TppAboveRi(pointer="/pay/tpp")
        return _withholding(pay.tpp, "montant déclaré en paie", pay, category)
    if category is None or not pay.ri:
        return _withholding(ZERO, "décret 2016-588 : aucune prime", pay, category)
    rule = rules.at(monthly_tpp_rule(category), month.first)
    return _withholding(min(rule.money, pay.ri), rule.reference, pay, category)


def monthly_tpp_rule(category: Category) -> str:
    """The id of the rule that gives a category's monthly TPP.

    >>> monthly_tpp_rule(Category.C)
    'tpp.monthly.C'
    """
    return f"tpp.monthly.{category}"


def _withholding(amount: Money, reference: str, pay: PayElements, category: Category | None) -> Withholding:
    inputs = {"ri": pay.ri, "given": pay.tpp, "category": category}
    return Withholding(amount, Trace("tpp.monthly", reference, inputs, amount))
