"""One case decided whole: what simulations ask and what real decisions are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kit.period import Month, Period
from kit.trace import Trace
from rules.book import Rules
from rules.vocabulary import Guarantee, LeaveKind, Regime
from services.claims.domain.acquired import with_acquired
from services.claims.domain.annuity import ENDLESS, Annuity, Run, annuity_of
from services.claims.domain.benefits import MonthBenefit, month_benefit
from services.claims.domain.capitals import Capital, Death, death_capital, overridden_capital, retirement_capital
from services.claims.domain.entitlement import Entitlement
from services.claims.domain.errors import NotWholeMonths
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.leave import Entry, Person
from services.claims.domain.override import Override, overridden, overridden_option
from services.claims.domain.part_time import PartTime
from services.claims.domain.reference import Insured, ReferencePay, References, without_net
from services.claims.domain.situation import DailyAllowance, RiMaintained, Situation
from services.claims.domain.statutory import statutory_pay
from services.claims.domain.temporary_invalidity import TemporaryInvalidity
from services.claims.domain.terms import BenefitTerms


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a decision rests on. `period` is the whole months to decide, None for none.

    `leaves` decide the rights, `days` which days of them are paid for: all, or those of one claim.
    `acquired`: days whose half pay, kept while a decision was awaited, is not taken back. `override`: of the months;
    `ri_override`: of what option 3 pays for them; `annuity_override` and `capital_override`: of what their names say.
    `replaced`: the days on which somebody else held the agent's post.
    """

    person: Person
    insured: Insured
    terms: BenefitTerms
    reference: ReferencePay
    leaves: tuple[Entry, ...] = ()
    period: Period | None = None
    days: Period | None = None
    options: frozenset[Guarantee] = frozenset()
    maintenance: Mapping[LeaveKind, RiMaintained] = field(default_factory=dict)
    allowances: tuple[DailyAllowance, ...] = ()
    invalidity: Invalidity | None = None
    death: Death | None = None
    acquired: tuple[Period, ...] = ()
    run: Run = ENDLESS
    part_time: tuple[PartTime, ...] = ()
    ait: tuple[TemporaryInvalidity, ...] = ()
    replaced: tuple[Period, ...] = ()
    override: Override | None = None
    ri_override: Override | None = None
    annuity_override: Override | None = None
    capital_override: Override | None = None

    @property
    def only_a_capital_of_private_law(self) -> bool:
        """A death with nothing else to decide, of who has no net that anybody vouches for."""
        asked = self.death is not None and not self.leaves and self.invalidity is None
        return asked and self.insured.regime is Regime.PRIVATE_LAW and self.reference.net is None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is due: months with leave in date order, the annuity, capitals in the order of the guarantees."""

    months: tuple[MonthBenefit, ...]
    annuity: Annuity | None
    capitals: tuple[Capital, ...]
    trace: Trace


def decide(case: Case, rules: Rules, references: References | None = None) -> Decision:
    """Decide a case. Raises what statutory_pay, net_pay, annuity_of and the capitals raise, and NotWholeMonths.

    `references`: those of other cases decided under the same law, which need not be worked out again.
    """
    whole = with_acquired(statutory_pay(case.person, case.leaves, rules), case.acquired, rules)
    entitlement = whole.within(case.days) if case.days else whole
    situation = situation_of(case, rules, references)
    months = tuple(month_benefit(situation, entitlement, month, rules) for month in _months(case, entitlement))
    if case.override is not None:
        months = tuple(overridden(month, case.override) for month in months)
    if case.ri_override is not None:
        months = tuple(overridden_option(month, case.ri_override) for month in months)
    annuity = None
    if case.invalidity is not None:
        annuity = annuity_of(situation, case.invalidity, rules, case.run, case.annuity_override)
    candidates = (
        death_capital(situation, case.death, rules),
        retirement_capital(situation, annuity, case.death, rules),
    )
    capitals = tuple(capital for capital in candidates if capital is not None)
    if case.capital_override is not None:
        capitals = tuple(overridden_capital(capital, case.capital_override) for capital in capitals)
    return Decision(months, annuity, capitals, _trace(case, entitlement, months, annuity, capitals))


def situation_of(case: Case, rules: Rules, references: References | None = None) -> Situation:
    """The case with its reference worked out. Raises as `net_pay`."""
    if case.only_a_capital_of_private_law:
        reference = without_net(case.reference)
    else:
        reference = (references or References()).of(case.insured, case.reference, case.terms, rules)
    return Situation(
        insured=case.insured,
        reference=reference,
        terms=case.terms,
        maintenance=case.maintenance,
        allowances=case.allowances,
        options=case.options,
        part_time=case.part_time,
        ait=case.ait,
        replaced=case.replaced,
    )


def _months(case: Case, entitlement: Entitlement) -> Iterator[Month]:
    """The months of the period that hold a day of leave."""
    if case.period is None:
        return
    first, last = Month.of(case.period.start), Month.of(case.period.last)
    if case.period != Period(first.first, last.last):
        raise NotWholeMonths(pointer="/from")
    while first <= last:
        if entitlement.within(first.period()).stretches:
            yield first
        first = first.next()


def _trace(
    case: Case,
    entitlement: Entitlement,
    months: tuple[MonthBenefit, ...],
    annuity: Annuity | None,
    capitals: tuple[Capital, ...],
) -> Trace:
    statutory = entitlement.within(case.period) if case.period else entitlement
    of_person: dict[str, object] = {"regime": case.person.regime}
    of_person |= {"interruptions": case.person.interruptions} if case.person.interruptions else {}
    steps = [statutory.trace("statutory-pay", "CGFP L. 822-1 et suivants", of_person)]
    steps += [month.trace for month in months]
    steps += [annuity.trace] if annuity else []
    steps += [capital.trace for capital in capitals]
    others = [entry for entry in case.leaves if entry.of(case.person).regime is not case.person.regime]
    inputs = {
        "agreement": case.terms.agreement,
        "version": case.terms.version,
        "regime": case.insured.regime,
        "reference_month": case.reference.month,
        "options": case.options,
        "period": case.period,
        **({"other_regimes": [_other_regime(case.person, entry) for entry in others]} if others else {}),
    }
    result = {
        "benefit": {str(month.month): month.benefit for month in months},
        "annuity": annuity.monthly if annuity else None,
        "capitals": [{"guarantee": capital.guarantee, "amount": capital.amount} for capital in capitals],
    }
    return Trace("benefits", f"accord {case.terms.agreement}, annexe", inputs, result, tuple(steps))


def _other_regime(person: Person, entry: Entry) -> dict[str, object]:
    """A leave that began under another regime than the case is about: its rights are those of then."""
    return {"regime": entry.of(person).regime, "start": entry.start, "end": entry.end}
