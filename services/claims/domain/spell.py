"""A spell: leaves without a day of work between them. Its claim, its reference month, its passage to half pay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from kit.period import ONE_DAY, Month, Period, add_years
from kit.rate import Rate
from rules.book import Rules
from rules.vocabulary import LeaveKind, Leg, Regime
from services.claims.domain.acquired import with_acquired
from services.claims.domain.agent_file import AgentFile, Employment
from services.claims.domain.benefits import is_indemnified
from services.claims.domain.entitlement import Entitlement, Stretch
from services.claims.domain.errors import SpellTooLong
from services.claims.domain.leave import Entry, Person, spells_of
from services.claims.domain.seniority import person_at
from services.claims.domain.statutory import statutory_pay
from services.claims.domain.waiting import with_waiting_waived

WHOLE: Final = Rate(Decimal(1))
# The rule that says after how long a leave passes to half pay at the latest.
FULL_YEARS: Final = {
    LeaveKind.CMO: "leave.cmo.window_years",
    LeaveKind.CLM: "leave.clm.full_years",
    LeaveKind.CLD: "leave.cld.full_years",
    LeaveKind.CGM: "leave.cgm.full_years",
}


# Beyond what any statute pays: a date that was mistyped, and not a leave.
LONGEST_YEARS: Final = 12


@dataclass(frozen=True, slots=True)
class Spell:
    """Contiguous entries, who the agent was on their first day, and what the statute pays up to their last."""

    entries: tuple[Entry, ...]
    employment: Employment
    person: Person
    history: tuple[Entry, ...]
    entitlement: Entitlement

    @property
    def period(self) -> Period:
        return Period(self.entries[0].start, self.entries[-1].end)

    @property
    def start(self) -> date:
        return self.entries[0].start

    @property
    def end(self) -> date:
        return self.entries[-1].end


@dataclass(frozen=True, slots=True)
class Forecast:
    """The day a spell passes to half pay, if it goes on until then; `last` is its last known day."""

    leave: str
    on: date
    last: date

    def stands(self, today: date) -> bool:
        """Whether it has happened, or still may: a leave that is over passes to nothing any more."""
        return self.on <= self.last or self.last >= today


def spells(file: AgentFile, rules: Rules) -> list[Spell]:
    """The spells whose agent is known, in date order. Raises what `statutory_pay` raises, and SpellTooLong.

    None of private law, whose pay during a leave nobody vouches for here. A spell ends with the employment or a death.
    """
    found = []
    entries = with_waiting_waived(tuple(under_own_rights(file, _in_service(file), rules)), rules)
    for group in spells_of(entries):
        if group[-1].end >= add_years(group[0].start, LONGEST_YEARS):
            raise SpellTooLong
        employment = file.employment_on(group[0].start)
        if employment is not None:
            history = tuple(entry for entry in entries if entry.start <= group[-1].start)
            person = person_at(file.employments, employment, group[0].start, rules)
            owed = statutory_pay(person, history, rules)
            entitlement = with_acquired(owed, file.acquired, rules)
            found.append(Spell(group, employment, person, history, entitlement))
    return found


def under_own_rights(file: AgentFile, entries: Iterable[Entry], rules: Rules) -> Iterator[Entry]:
    """Each entry with who the agent was on its first day; those of private law are left out. Raises NoValueAt."""
    for entry in entries:
        employment = file.employment_on(entry.start)
        if employment is None:
            yield entry
        elif employment.regime is not Regime.PRIVATE_LAW:
            yield replace(entry, person=person_at(file.employments, employment, entry.start, rules))


def _in_service(file: AgentFile) -> Iterator[Entry]:
    """The days of leave on which the agent serves, or on which it is not known yet whether he does."""
    for entry in file.entries:
        last = _last_day(file, entry.start) if file.employment_on(entry.start) else None
        if last is None or last >= entry.end:
            yield entry
        elif last >= entry.start:
            yield replace(entry, period=Period(entry.start, last))


def _last_day(file: AgentFile, since: date) -> date | None:
    """The death, or the end of the employment and of the days after it whose half pay is acquired; None: no end."""
    last = file.employed_until(since)
    if last is not None:
        after = last + ONE_DAY
        last = max((one.last for one in file.acquired if after in one), default=last)
    return min((day for day in (last, file.died_on) if day is not None), default=None)


def full_pay_months(
    file: AgentFile, entitlement: Entitlement, before: date, among: Collection[Month] | None = None
) -> Iterator[Month]:
    """Months wholly before a day, at work or on full pay throughout, since the first employment; the last first.

    `among`: only these months come into question.
    """
    hired = min(employment.period.start for employment in file.employments)
    month = Month.of(before).previous()
    while month.first >= hired:
        full = all(_whole(file, stretch) for stretch in entitlement.within(month.period()))
        if full and (among is None or month in among):
            yield month
        month = month.previous()


def _whole(file: AgentFile, stretch: Stretch) -> bool:
    """Full pay, and for full hours: a TPT is paid by the hours worked outside the CNRACL."""
    if stretch.leg is not Leg.FULL or stretch.rate != WHOLE:
        return False
    if stretch.kind is not LeaveKind.TPT:
        return True
    employment = file.employment_on(stretch.period.start)
    return employment is not None and employment.regime is Regime.CNRACL


def forecast(file: AgentFile, spell: Spell, rules: Rules) -> Forecast | None:
    """When the spell passes, or would pass if it went on, to a day that is indemnified; None for leaves that never do,
    and those that the end of the employment, or a death, ends first.
    """
    last = spell.entries[-1]
    known = _first_indemnified(spell.entitlement.within(spell.period))
    if known is not None:
        return Forecast(file.leave_on(known), known, last.end)
    if last.kind not in FULL_YEARS:
        return None
    if _last_day(file, last.end) == last.end:
        return None
    years = rules.at(FULL_YEARS[last.kind], last.start).integer
    goes_on = Entry(
        last.kind,
        Period(last.end + ONE_DAY, add_years(last.end, years) + ONE_DAY),
        pathology_group=last.pathology_group,
        person=last.person,
    )
    longer = statutory_pay(spell.person, (*spell.history, goes_on), rules)
    on = _first_indemnified(longer.within(goes_on.period))
    return None if on is None else Forecast(file.leave_on(last.end), on, last.end)


def _first_indemnified(entitlement: Entitlement) -> date | None:
    return next((period.period.start for period in entitlement.periods() if is_indemnified(period)), None)
