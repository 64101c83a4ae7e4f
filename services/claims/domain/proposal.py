"""From an agent's file to what should be decided: claims with their months, annuities, passages to half pay.

Pure and total over arrival orders: whatever came first, the same facts give the same proposal. What is missing is
named, and nothing is invented in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from kit.period import ONE_DAY, Month, Period
from rules.book import Rules
from rules.vocabulary import Regime
from services.claims.domain.agent_file import AgentFile, DatedTerms, Employment, Recognition, insured_of, person_of
from services.claims.domain.annuity import Run, pays
from services.claims.domain.benefits import opens_benefit
from services.claims.domain.case import Case
from services.claims.domain.ends import last_paid_day, run_of
from services.claims.domain.errors import LeaveInterrupted, PrivateLawNotVerified
from services.claims.domain.leave import Entry
from services.claims.domain.reference import ReferencePay
from services.claims.domain.reference_pay import ReferenceFound, months_needed, reference_from, told_to
from services.claims.domain.spell import Forecast, Spell, forecast, full_pay_months, spells, under_own_rights
from services.claims.domain.statutory import statutory_pay


@dataclass(frozen=True, slots=True)
class ProposedClaim:
    """A spell under cover, paid for up to `last`.

    `leave` is the one in which the first day to pay lies, `leaves` all those of the spell.
    """

    leave: str
    leaves: frozenset[str]
    opened_from: date
    spell: Spell
    version: DatedTerms
    reference: ReferenceFound
    last: date

    def months(self) -> Iterator[Month]:
        month = Month.of(self.opened_from)
        while month.first <= self.last:
            yield month
            month = month.next()


@dataclass(frozen=True, slots=True)
class ProposedAnnuity:
    """A recognition under cover, after a claim (its leave, and the day it opened) or without one."""

    recognition: Recognition
    claim_leave: str | None
    opened_from: date | None
    employment: Employment
    version: DatedTerms
    reference: ReferenceFound
    run: Run

    @property
    def days(self) -> Period | None:
        """Those on which it runs; None when it ends before its first."""
        start, until = self.recognition.invalidity.start, self.run.until
        return None if until is not None and until < start else Period(start, until)


@dataclass(frozen=True, slots=True)
class Proposal:
    """All that follows from a file. `unverified`: the code of what a person must work out beside it, if anything."""

    forecasts: tuple[Forecast, ...]
    claims: tuple[ProposedClaim, ...]
    annuities: tuple[ProposedAnnuity, ...]
    unverified: str | None = None

    def paid_days(self, agreement: str) -> Iterator[Period]:
        """The days that claims and annuities under an accord pay for, in no order."""
        for claim in self.claims:
            if claim.version.terms.agreement == agreement:
                yield Period(claim.opened_from, claim.last)
        for annuity in self.annuities:
            if annuity.version.terms.agreement == agreement and annuity.days is not None and _pays(annuity):
                yield annuity.days


def propose(file: AgentFile, rules: Rules) -> Proposal:
    """What should stand. Raises what `statutory_pay` raises when the leaves contradict the agent's regime.

    Raises LeaveInterrupted when two claims would open in one leave.
    """
    found = spells(file, rules)
    forecasts = [seen for spell in found if (seen := forecast(file, spell, rules)) is not None]
    claims = [claim for spell in found if (claim := _claim(file, spell, rules)) is not None]
    if len({claim.leave for claim in claims}) < len(claims):
        raise LeaveInterrupted
    takes_over = [one for one in _annuities(file, claims, rules) if _pays(one)]
    claims = [rest for claim in claims if (rest := _beside(file, claim, takes_over)) is not None]
    return Proposal(tuple(forecasts), tuple(claims), tuple(_annuities(file, claims, rules)), _unverified(file))


def _unverified(file: AgentFile) -> str | None:
    """Leaves and recognitions of private law, from which nothing follows here but the capital after a death."""
    days = [entry.start for entry in file.entries] + [one.invalidity.start for one in file.recognitions]
    found = (file.employment_on(day) for day in days)
    private = any(one is not None and one.regime is Regime.PRIVATE_LAW for one in found)
    return PrivateLawNotVerified.code if private else None


def month_case(file: AgentFile, claim: ProposedClaim, given: ReferencePay, month: Month) -> Case:
    """The case of one month of a claim: only the facts that bear on it, so that later ones leave it as it is."""
    return Case(
        person=claim.spell.person,
        insured=insured_of(claim.spell.employment),
        terms=claim.version.terms,
        reference=given,
        leaves=tuple(_until(entry, month.last) for entry in claim.spell.history if entry.start <= month.last),
        period=month.period(),
        days=Period(claim.opened_from, min(claim.last, month.last)),
        options=file.options_on(claim.opened_from),
        maintenance=file.maintenance_on(month.first),
        allowances=tuple(one for one in file.allowances if one.period.meets(month.period())),
        acquired=tuple(kept for one in file.acquired if (kept := one.intersection(Period(date.min, month.last)))),
        part_time=tuple(one for one in file.part_time if one.period.start <= month.last),
        ait=tuple(one for one in file.ait if one.period.meets(month.period())),
        replaced=tuple(days for one in file.replaced if (days := one.intersection(month.period())) is not None),
    )


def annuity_case(file: AgentFile, proposed: ProposedAnnuity, given: ReferencePay) -> Case:
    """The case of an annuity: no leave bears on it."""
    return Case(
        person=person_of(proposed.employment),
        insured=insured_of(proposed.employment, file.birth_date),
        terms=proposed.version.terms,
        reference=given,
        invalidity=proposed.recognition.invalidity,
        run=proposed.run,
    )


def _claim(file: AgentFile, spell: Spell, rules: Rules) -> ProposedClaim | None:
    """The claim of a spell: it opens on its first day that the contract may pay for and that is covered.

    One taken over opens on the first of them from the day of the takeover on.
    """
    leaves, last = frozenset(file.leave_on(entry.start) for entry in spell.entries), last_paid_day(file, spell)
    for takeover in (one for one in file.takeovers if one.leave in leaves):
        version = file.terms_on(takeover.agreement, takeover.start)
        opened = None if version is None else _first_day(file, spell, Period(takeover.start), version)
        if version is not None and opened is not None and opened <= last:
            given = takeover.given
            known = None if given is None else ReferenceFound(given.month, given)
            reference = known or reference_of_spell(file, spell, version, rules)
            return ProposedClaim(file.leave_on(opened), leaves, opened, spell, version, reference, last)
    for affiliation in file.affiliations:
        for covered in affiliation.covered():
            version = file.terms_on(affiliation.agreement, max(covered.start, spell.start))
            opened = None if version is None else _first_day(file, spell, covered, version)
            if version is not None and opened is not None and opened <= last:
                reference = reference_of_spell(file, spell, version, rules)
                return ProposedClaim(file.leave_on(opened), leaves, opened, spell, version, reference, last)
    return None


def _first_day(file: AgentFile, spell: Spell, covered: Period, version: DatedTerms) -> date | None:
    common = covered.intersection(spell.period)
    if common is None or spell.employment.regime not in version.terms.income.populations:
        return None
    for paid in spell.entitlement.within(common).periods():
        if opens_benefit(paid, version.terms, file.options_on(paid.period.start), spell.employment.regime):
            return paid.period.start
    return None


def _annuities(file: AgentFile, claims: Sequence[ProposedClaim], rules: Rules) -> list[ProposedAnnuity]:
    found = (_annuity(file, recognition, claims, rules) for recognition in file.recognitions)
    return [one for one in found if one is not None and one.days is not None]


def _pays(annuity: ProposedAnnuity) -> bool:
    terms = annuity.version.terms.income.annuity
    return pays(annuity.employment.regime, terms, annuity.recognition.invalidity)


def _beside(file: AgentFile, claim: ProposedClaim, annuities: Sequence[ProposedAnnuity]) -> ProposedClaim | None:
    """The claim without the days of an annuity, which takes over from it: no day is paid for twice (rulebook §5.3)."""
    opened, last = claim.opened_from, claim.last
    runs = (days for one in annuities if (days := one.days) is not None)
    for days in sorted(runs, key=lambda days: days.start):
        if opened in days:
            opened = days.last + ONE_DAY if days.end is not None else date.max
        elif opened < days.start <= last:
            last = days.start - ONE_DAY
    if opened > last:
        return None
    return replace(claim, leave=file.leave_on(opened), opened_from=opened, last=last)


def _annuity(
    file: AgentFile, recognition: Recognition, claims: Sequence[ProposedClaim], rules: Rules
) -> ProposedAnnuity | None:
    """An annuity follows the last claim before it, with its reference.

    Without one it needs cover on the day or the day before, its own or of a recognition it worsens: the end of the
    contract takes nothing from an invalidity that came under it (loi Évin art. 7). It then rests on the last full-pay
    month whose pay is known: between work and a pension an agent may be unpaid for long, and no later month need come.
    """
    start = recognition.invalidity.start
    employment = file.employment_on(start)
    if employment is None or employment.regime is Regime.PRIVATE_LAW:
        return None
    earlier = [claim for claim in claims if claim.opened_from <= start]
    if earlier:
        claim = max(earlier, key=lambda c: c.opened_from)
        run = run_of(file, claim.version, recognition, rules)
        return ProposedAnnuity(
            recognition, claim.leave, claim.opened_from, employment, claim.version, claim.reference, run
        )
    days = (one.invalidity.start for one in file.recognised_by(start))
    found = (version_covering(file, (day, day - ONE_DAY)) for day in days)
    version = next((one for one in found if one is not None), None)
    if version is None:
        return None
    paid = last_paid(file, employment, version, start, rules)
    run = run_of(file, version, recognition, rules)
    return ProposedAnnuity(recognition, None, None, employment, version, paid, run)


def last_paid(file: AgentFile, employment: Employment, version: DatedTerms, day: date, rules: Rules) -> ReferenceFound:
    """The last full-pay month before a day whose pay is known. Raises what `statutory_pay` raises."""
    before = [entry for entry in file.entries if entry.start <= day]
    if employment.regime is Regime.PRIVATE_LAW:
        months = _months_at_work(file, before, day)
    else:
        entitlement = statutory_pay(person_of(employment), under_own_rights(file, before, rules), rules)
        months = full_pay_months(file, entitlement, day, among=file.pay.keys())
    needed = months_needed(employment.regime, day, rules)
    found = reference_from(list(islice(months, needed)), file.pay, day, rules)
    return told_to(found, version.terms, employment.regime)


def _months_at_work(file: AgentFile, leaves: Sequence[Entry], day: date) -> Iterator[Month]:
    """Of private law the months whose pay is known, before a day and without one of leave, the last first."""
    for month in sorted((one for one in file.pay if one.last < day), reverse=True):
        if not any(leave.period.meets(month.period()) for leave in leaves):
            yield month


def version_covering(file: AgentFile, days: Sequence[date]) -> DatedTerms | None:
    """The terms of the accord that covers one of these days, if any."""
    for affiliation in file.affiliations:
        for covered in affiliation.covered():
            for day in days:
                if day in covered and (version := file.terms_on(affiliation.agreement, day)) is not None:
                    return version
    return None


def reference_of_spell(file: AgentFile, spell: Spell, version: DatedTerms, rules: Rules) -> ReferenceFound:
    """The reference of a spell, or the month of pay that is awaited."""
    months = full_pay_months(file, spell.entitlement, spell.start)
    needed = months_needed(spell.employment.regime, spell.start, rules)
    found = reference_from(list(islice(months, needed)), file.pay, spell.start, rules)
    return told_to(found, version.terms, spell.employment.regime)


def _until(entry: Entry, last: date) -> Entry:
    """The entry without its days after `last`; when a note was sent lowers what is paid, and no benefit."""
    return replace(entry, period=Period(entry.start, min(entry.end, last)), sent_on=None)
