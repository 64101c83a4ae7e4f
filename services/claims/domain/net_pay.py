"""From gross to net, line by line, for one month (rulebook §3.2 and §3.3).

Net is before income tax and before contributions to prévoyance. Each base is rounded to the cent first, and each amount
is that base × a rate, rounded. A parameter is read only where its base is not zero, so that a month is refused
(`NoValueAt`) for what it needs and for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from kit.trace import Trace
from rules.book import Rules
from rules.pay import PayElements, withheld_tpp
from rules.vocabulary import Category, Regime
from services.claims.domain.errors import RegimeNotSimulated

REFERENCE: Final = "rulebook §3.2 et §3.3"


class LineCode(StrEnum):
    """The lines of a simulated payslip, in the order in which they are shown."""

    TPP = "TPP"
    CNRACL_TIB = "CNRACL_TIB"
    CNRACL_NBI = "CNRACL_NBI"
    RAFP = "RAFP"
    VIEILLESSE_PLAFONNEE = "VIEILLESSE_PLAFONNEE"
    VIEILLESSE_DEPLAFONNEE = "VIEILLESSE_DEPLAFONNEE"
    IRCANTEC_A = "IRCANTEC_A"
    IRCANTEC_B = "IRCANTEC_B"
    CSG_DEDUCTIBLE = "CSG_DEDUCTIBLE"
    CSG_NON_DEDUCTIBLE = "CSG_NON_DEDUCTIBLE"
    CRDS = "CRDS"


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule withholds. The TPP is an amount below zero, without base or rate."""

    code: LineCode
    base: Money | None
    rate: Rate | None
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class NetPay:
    """A month's net, and the two nets that guarantees are made of, both without SFT and IR."""

    gross: Money
    lines: tuple[Line, ...]
    net: Money
    net_tib_nbi: Money
    net_ri: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class _Base:
    """What a contribution is a share of, rounded to the cent, and where that comes from."""

    code: LineCode
    rule: str
    amount: Money


def net_pay(month: Month, regime: Regime, category: Category | None, pay: PayElements, rules: Rules) -> NetPay:
    """The net of a month's gross elements.

    Raises RegimeNotSimulated, CategoryRequired, TppAboveRi, TppNotApplicable, NoValueAt.
    """
    if regime is Regime.PRIVATE_LAW:
        raise RegimeNotSimulated(pointer="/regime")
    tpp = withheld_tpp(pay, regime, category, month, rules)
    ri = pay.ri - tpp.amount
    paid = PayElements(tib=pay.tib, nbi=pay.nbi, ri=ri, sft=pay.sft, ir=pay.ir, other=pay.other)
    lines = tuple(_contributions(paid, regime, month.first, rules))
    net = _net(paid, lines)
    tib_nbi = _net_of(PayElements(tib=pay.tib, nbi=pay.nbi), regime, month, rules)
    with_ri = _net_of(PayElements(tib=pay.tib, nbi=pay.nbi, ri=ri), regime, month, rules)
    withheld = (Line(LineCode.TPP, None, None, -tpp.amount, tpp.trace),) if tpp.amount else ()
    steps = (
        tpp.trace,
        *(line.trace for line in lines),
        _step("net.tib_nbi", tib_nbi),
        _step("net.tib_nbi_ri", with_ri),
    )
    inputs = {"month": month, "regime": regime, "gross": paid.total}
    return NetPay(
        gross=paid.total,
        lines=withheld + lines,
        net=net,
        net_tib_nbi=tib_nbi,
        net_ri=with_ri - tib_nbi,
        trace=Trace("net-pay", REFERENCE, inputs, net, steps),
    )


def _step(rule: str, net: Money) -> Trace:
    return Trace(rule, "rulebook §3.3 : net marginal, sans SFT ni IR", {}, net)


def _net_of(pay: PayElements, regime: Regime, month: Month, rules: Rules) -> Money:
    return _net(pay, tuple(_contributions(pay, regime, month.first, rules)))


def _net(pay: PayElements, contributions: tuple[Line, ...]) -> Money:
    return pay.total - Money.sum(line.amount for line in contributions)


def _contributions(pay: PayElements, regime: Regime, day: date, rules: Rules) -> Iterator[Line]:
    """The contributions of pay after TPP, those of amount zero left out."""
    special = regime is Regime.CNRACL
    bases = [*(_special(pay, day, rules) if special else _general(pay, day, rules)), *_social(pay, day, rules)]
    for base in bases:
        if base.amount and (line := _line(base, day, rules)).amount:
            yield line


def _line(base: _Base, day: date, rules: Rules) -> Line:
    rule = rules.at(base.rule, day)
    amount = base.amount * rule.rate
    trace = Trace(rule.id, rule.reference, {"base": base.amount, "rate": rule.rate}, amount)
    return Line(base.code, base.amount, rule.rate, amount, trace)


def _special(pay: PayElements, day: date, rules: Rules) -> Iterator[_Base]:
    """Régime spécial: pension on TIB and NBI, RAFP on the rest within a share of the TIB."""
    yield _Base(LineCode.CNRACL_TIB, "cnracl.employee.tib", pay.tib)
    yield _Base(LineCode.CNRACL_NBI, "cnracl.employee.nbi", pay.nbi)
    rest = pay.ri + pay.sft + pay.ir
    cap = pay.tib * rules.at("rafp.cap_share_of_tib", day).rate if rest else rest
    yield _Base(LineCode.RAFP, "rafp.employee.rate", min(rest, cap))


def _general(pay: PayElements, day: date, rules: Rules) -> Iterator[_Base]:
    """Régime général and IRCANTEC, whose base is the gross without SFT."""
    gross = pay.total
    if not gross:
        return
    ceiling = rules.at("pss.monthly", day).money
    yield _Base(LineCode.VIEILLESSE_PLAFONNEE, "vieillesse.capped.rate", min(gross, ceiling))
    yield _Base(LineCode.VIEILLESSE_DEPLAFONNEE, "vieillesse.uncapped.rate", gross)
    base = gross - pay.sft
    yield _Base(LineCode.IRCANTEC_A, "ircantec.employee.a.rate", min(base, ceiling))
    if base > ceiling:
        top = ceiling * Fraction(rules.at("ircantec.b.ceiling", day).value)
        yield _Base(LineCode.IRCANTEC_B, "ircantec.employee.b.rate", min(base, top) - ceiling)


def _social(pay: PayElements, day: date, rules: Rules) -> Iterator[_Base]:
    """CSG and CRDS, on a share of the gross up to some PMSS and on the whole of what lies above."""
    gross = pay.total
    if not gross:
        return
    limit = rules.at("pss.monthly", day).money * Fraction(rules.at("csg.abatement_ceiling", day).value)
    below = min(gross, limit)
    base = below * rules.at("csg.base_share", day).rate + (gross - below)
    yield _Base(LineCode.CSG_DEDUCTIBLE, "csg.deductible.rate", base)
    yield _Base(LineCode.CSG_NON_DEDUCTIBLE, "csg.non_deductible.rate", base)
    yield _Base(LineCode.CRDS, "crds.rate", base)
