"""The accord's dated terms, as far as contributions need them: who pays what rate on which base."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from kit.period import Month, Period
from kit.rate import Rate
from rules.vocabulary import Guarantee, PayElement, Regime

ALWAYS: Final = Period(date.min)


@dataclass(frozen=True, slots=True)
class DatedRate:
    """One rate of one guarantee: a fraction of the base, and the employer's fraction of the contribution."""

    period: Period
    guaranteed_to: date | None
    rate: Rate
    employer_share: Rate
    source: str

    def guaranteed_in(self, month: Month) -> bool:
        """Whether the insurer still holds this rate in that month (accord art. 5.3)."""
        return self.guaranteed_to is None or month.last <= self.guaranteed_to


@dataclass(frozen=True, slots=True)
class GuaranteeTerms:
    """One guarantee: whom it covers, whether it is compulsory, its successive rates in date order.

    `unresolved` marks a funding the accord leaves open (option 3: the preamble says the employer, art. 5.1 is silent).
    """

    code: Guarantee
    mandatory: bool
    populations: frozenset[Regime]
    unresolved: bool
    rates: tuple[DatedRate, ...]
    source: str

    def rate_in(self, month: Month) -> DatedRate | None:
        """The rate of a month: the one of its first day, or the first one when it starts inside the month.

        After the last known rate, that rate goes on: an accord without a term is not left without a price.
        None before the first.
        """
        known = [rate for rate in self.rates if rate.period.start <= month.last]
        on_first_day = [rate for rate in known if rate.period.start <= month.first]
        found = on_first_day[-1:] or known[:1]
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class BaseRule:
    """What a population's contribution is a percentage of (accord art. 5.2); `elements` None means all of them."""

    populations: frozenset[Regime]
    elements: frozenset[PayElement] | None
    after_tpp: bool
    source: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A dated member of the accord: an employer by SIRET, or an insurer by code."""

    code: str
    period: Period


@dataclass(frozen=True, slots=True)
class TermsException:
    """What the accord says otherwise for one employer in a period: guarantees by their code, the bases as a whole."""

    employer: str
    period: Period
    guarantees: tuple[GuaranteeTerms, ...]
    bases: tuple[BaseRule, ...]


@dataclass(frozen=True, slots=True)
class FormerTerms:
    """What an accord said until a day included, before an avenant said otherwise."""

    until: date
    guarantees: tuple[GuaranteeTerms, ...]
    bases: tuple[BaseRule, ...]
    exceptions: tuple[TermsException, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What one version of an accord says about contributions; its guarantees in the order of the enumeration.

    `former`: what it said before, oldest first.
    """

    agreement: str
    version: int
    effective: Period
    employers: tuple[Membership, ...]
    insurers: tuple[Membership, ...]
    guarantees: tuple[GuaranteeTerms, ...]
    bases: tuple[BaseRule, ...]
    exceptions: tuple[TermsException, ...] = ()
    former: tuple[FormerTerms, ...] = ()

    def of_employer(self, employer: str | None, month: Month) -> Terms:
        """The terms as they read for one employer, or none in particular, in a month: those of its first day."""
        said = next((former for former in self.former if month.first <= former.until), self)
        found = next((e for e in said.exceptions if e.employer == employer and month.first in e.period), None)
        if found is None and said is self:
            return self
        own = found.guarantees if found else ()
        everything = {guarantee.code: guarantee for guarantee in (*said.guarantees, *own)}
        return replace(
            self,
            guarantees=tuple(everything[code] for code in Guarantee if code in everything),
            bases=(found and found.bases) or said.bases,
            exceptions=(),
            former=(),
        )

    def held_on(self, day: date) -> Terms:
        """What they say on a day, said of every month: its rates, bases and exceptions, and no others.
        Without guarantees where the accord is not in effect.
        """
        said = next((former for former in self.former if day <= former.until), self)
        exceptions = (one for one in said.exceptions if day in one.period)
        return replace(
            self,
            guarantees=_held(said.guarantees, day) if day in self.effective else (),
            bases=said.bases,
            exceptions=tuple(replace(e, period=ALWAYS, guarantees=_held(e.guarantees, day)) for e in exceptions),
            former=(),
        )

    def guarantee(self, code: Guarantee) -> GuaranteeTerms | None:
        return next((g for g in self.guarantees if g.code == code), None)

    def base_rule(self, regime: Regime) -> BaseRule | None:
        return next((rule for rule in self.bases if regime in rule.populations), None)

    def insurer_in(self, month: Month) -> str | None:
        """Who carries the risk on the month's last day; None when the accord does not say."""
        return next((m.code for m in self.insurers if month.last in m.period), None)


def _held(guarantees: Iterable[GuaranteeTerms], day: date) -> tuple[GuaranteeTerms, ...]:
    """Each with the rate of a day alone; after the last one known, that one goes on. One without is left out."""
    dated = ((one, [rate for rate in one.rates if rate.period.start <= day]) for one in guarantees)
    return tuple(replace(one, rates=(replace(rates[-1], period=ALWAYS),)) for one, rates in dated if rates)
