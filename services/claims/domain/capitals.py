"""Capitals: death or IAD (option 2), loss of pension (option 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kit.money import Money
from kit.period import MONTHS_PER_YEAR
from kit.rate import Rate
from kit.trace import Trace
from rules.book import Rules
from rules.pay import withheld_tpp
from rules.vocabulary import Guarantee, Regime
from services.claims.domain.annuity import Annuity
from services.claims.domain.benefits import Alert
from services.claims.domain.entitlement import NO_PAY as NOTHING
from services.claims.domain.legal_age import legal_age_day
from services.claims.domain.override import Override, decided_so, said_so
from services.claims.domain.reference import base_of
from services.claims.domain.situation import Situation
from services.claims.domain.terms import WHOLE, CapitalDue

# The law is known here by its articles only, not by its text.
KEPT_COVER: Final = "accord art. 8 ; loi Évin art. 7 et 7-1, à vérifier"


class DeathKind(StrEnum):
    """Death, or absolute and definitive invalidity, which pays the same capital beforehand."""

    DEATH = "DEATH"
    IAD = "IAD"


@dataclass(frozen=True, slots=True)
class Death:
    """When, and which of the two; `advanced`: the share of the capital that an IAD before it has paid.

    `kept`: the last day of the contract that went on owing the cover, where it had ended (accord art. 8).
    """

    on: date
    kind: DeathKind
    advanced: Rate = NOTHING
    kept: date | None = None


@dataclass(frozen=True, slots=True)
class Capital:
    """Due once. `computed`: what was worked out, where a person decided another one. `kept`: as of `Death`."""

    guarantee: Guarantee
    amount: Money
    due: date
    trace: Trace
    alerts: tuple[Alert, ...] = ()
    computed: Money | None = None
    kept: date | None = None


def overridden_capital(capital: Capital, override: Override) -> Capital:
    """The capital with the amount decided, which stands whatever the computation becomes.

    After a death the terms give a share of a base and no more: what is decided beyond it bears an alert.
    """
    beyond = capital.guarantee is Guarantee.DEATH and override.amount > override.computed
    return replace(
        capital,
        amount=override.amount,
        computed=capital.amount,
        alerts=(*decided_so(capital.amount, override), *((Alert.OVERRIDE_ABOVE_TERMS,) if beyond else ())),
        trace=said_so(capital.amount, override, capital.trace),
    )


def death_capital(situation: Situation, death: Death | None, rules: Rules) -> Capital | None:
    """A share of twelve contribution bases of the reference month, rounded once. Raises as `after_tpp`.

    An IAD pays the part of it that the terms advance, a death what no IAD has paid (S8).
    """
    option = situation.terms.death
    if death is None or option is None or not _open(situation, Guarantee.DEATH, option.populations):
        return None
    base, of_base = contribution_base(situation, rules)
    part = option.advance_on_iad if death.kind is DeathKind.IAD else death.advanced.complement()
    amount = base * (Fraction(option.share_of_annual_base.value) * MONTHS_PER_YEAR * Fraction(part.value))
    inputs: dict[str, object] = {"base": base, "share": option.share_of_annual_base, "cause": death.kind}
    inputs |= {} if part == WHOLE else {"part": part}
    inputs |= {"on": death.on, "annual_base": base * Fraction(MONTHS_PER_YEAR)}
    if not amount:
        return None
    steps = (*situation.reference.given.steps, of_base)
    if death.kept is not None:
        steps = (*steps, Trace("capital.death.kept", KEPT_COVER, {"on": death.on}, death.kept))
    trace = Trace("capital.death", option.source, inputs, amount, steps)
    return Capital(Guarantee.DEATH, amount, death.on, trace, kept=death.kept)


def retirement_capital(
    situation: Situation, annuity: Annuity | None, death: Death | None, rules: Rules
) -> Capital | None:
    """A flat capital on the day the legal age is reached, if an annuity above zero runs on it (rulebook S4, S24).

    Other terms may have it due with the annuity, or in the share that the annuity is of a full one.
    """
    option, birth = situation.terms.retirement, situation.insured.birth_date
    if option is None or not _open(situation, Guarantee.RETIREMENT_LOSS, option.populations):
        return None
    if annuity is None or not annuity.monthly or birth is None:
        return None
    of_age, age = legal_age_day(birth, annuity.start, rules)
    due = of_age if option.due is CapitalDue.LEGAL_AGE else annuity.start
    died_before = death is not None and death.kind is DeathKind.DEATH and death.on < due
    if of_age < annuity.start or died_before:
        return None
    amount = option.flat * annuity.part if option.prorated else option.flat
    inputs = {"annuity": annuity.monthly, **({"part": str(annuity.part)} if option.prorated else {})}
    inputs |= {"flat": option.flat, "due_when": option.due, "annuity_from": annuity.start, "due": due}
    trace = Trace("capital.retirement_loss", option.source, inputs, amount, (age,))
    return Capital(Guarantee.RETIREMENT_LOSS, amount, due, trace)


def contribution_base(situation: Situation, rules: Rules) -> tuple[Money, Trace]:
    """The elements that contributions are taken on, of the reference month (accord art. 5.2). Raises BaseUnknown."""
    insured, given = situation.insured, situation.reference.given
    rule, pay = base_of(situation.terms, insured.regime), given.pay
    steps: tuple[Trace, ...] = ()
    if rule.after_tpp:
        withheld = withheld_tpp(pay, insured.regime, insured.category, given.month, rules)
        pay, steps = replace(pay, ri=pay.ri - withheld.amount), (withheld.trace,)
    base = Money.sum(pay.of(element) for element in rule.elements)
    inputs = {"month": given.month, "elements": {element: pay.of(element) for element in rule.elements}}
    return base, Trace("capital.base", "accord, assiette des cotisations", inputs, base, steps)


def _open(situation: Situation, option: Guarantee, populations: frozenset[Regime]) -> bool:
    """Elected, and open to the agent's regime."""
    return situation.elected(option) and situation.insured.regime in populations
