"""The base of contributions: which elements of a month's pay count, by population (accord art. 5.2; S7, S21)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kit.money import Money
from kit.trace import Trace
from rules.book import Rules
from rules.pay import Withholding, monthly_tpp_rule, withheld_tpp
from rules.vocabulary import FONCTIONNAIRES, Category, PayElement, Regime
from services.contributions.domain.errors import RegimeOutsideAgreement
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class Status:
    """What decides an agent's base: the regime, and the category of fonctionnaires."""

    regime: Regime
    category: Category | None


@dataclass(frozen=True, slots=True)
class Base:
    """The base of one month's pay under one status."""

    regime: Regime
    amount: Money
    trace: Trace


def contribution_base(terms: Terms, status: Status, line: PayLine, rules: Rules) -> Base:
    """Sum the elements that the accord counts for this population, after TPP where it says so.

    Raises RegimeOutsideAgreement, and as `withheld_tpp`.
    """
    rule = terms.base_rule(status.regime)
    if rule is None:
        raise RegimeOutsideAgreement(pointer="/regime")
    pay = line.pay
    withheld = _withheld(status, line, rules)
    if rule.elements is None:
        whole: dict[str, Any] = {"regime": status.regime, "elements": PayElement.ALL}
        if line.gross is not None:
            whole["gross"] = line.gross
        return Base(status.regime, line.whole, Trace("contribution.base", f"accord {rule.source}", whole, line.whole))
    counted = replace(pay, ri=pay.ri - withheld.amount) if rule.after_tpp else pay
    elements = sorted(rule.elements)
    amount = Money.sum(counted.of(element) for element in elements)
    inputs = {
        "regime": status.regime,
        "tpp": "AFTER" if rule.after_tpp else "BEFORE",
        **{element.value: pay.of(element) for element in elements},
    }
    trace = Trace("contribution.base", f"accord {rule.source}", inputs, amount, (withheld.trace,))
    return Base(status.regime, amount, trace)


def _withheld(status: Status, line: PayLine, rules: Rules) -> Withholding:
    """The TPP; one that the payroll does not state is reduced as the traitement is (rulebook §3.1)."""
    pay, share = line.pay, line.share_of_pay
    if pay.ri < Money.zero() and not pay.tpp:
        nothing = Trace("tpp.monthly", "rappels : plus de prime à retenir", {"ri": pay.ri}, Money.zero())
        return Withholding(Money.zero(), nothing)
    if pay.tpp is not None or share is None or status.category is None or status.regime not in FONCTIONNAIRES:
        return withheld_tpp(pay, status.regime, status.category, line.month, rules)
    monthly = rules.at(monthly_tpp_rule(status.category), line.month.first)
    amount = min(monthly.money * share, pay.ri)
    inputs = {"ri": pay.ri, "monthly": monthly.money, "share_of_pay": share, "category": status.category}
    return Withholding(amount, Trace("tpp.monthly", monthly.reference, inputs, amount))
