"""CLM, CLD and CGM: years at full pay, then at half pay (rulebook §1.1).

Years run date to date over an unbroken run; once days of an earlier leave count too, a year is 365 days and days are
counted. What counts reaches back to the last time the agent was on duty for a year.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, pairwise

from kit.period import ONE_DAY, Period, add_years
from rules.book import Rules, RuleValue
from rules.vocabulary import LeaveKind, Leg
from services.claims.domain.duty import duty_days
from services.claims.domain.entitlement import NO_PAY, Ground, Stretch
from services.claims.domain.leave import Entry, Person, Run, runs_of
from services.claims.domain.seniority import reached


@dataclass(frozen=True, slots=True)
class _Years:
    """How long one kind of long leave is paid, and how long a year is when its days are counted."""

    full: RuleValue
    maximum: RuleValue
    year_days: int

    @classmethod
    def of(cls, kind: LeaveKind, day: date, rules: Rules) -> _Years:
        name = f"leave.{kind.lower()}"
        return cls(
            rules.at(f"{name}.full_years", day),
            rules.at(f"{name}.max_years", day),
            rules.at("leave.year_days", day).integer,
        )


@dataclass(frozen=True, slots=True)
class _Ends:
    """The days of a run, numbered from zero, on which full pay and rights have ended; `used` days came before it."""

    full: int
    rights: int
    used: int = 0

    @classmethod
    def date_to_date(cls, run: Run, full_origin: date, years: _Years) -> _Ends:
        """Years from an origin that may lie before the run."""
        full = add_years(full_origin, years.full.integer)
        rights = add_years(full_origin, years.maximum.integer)
        return cls((full - run.start).days, (rights - run.start).days)

    @classmethod
    def counted(cls, used: int, years: _Years) -> _Ends:
        """Years of which some days are used."""
        full, rights = (value.integer * years.year_days for value in (years.full, years.maximum))
        return cls(full - used, rights - used, used)

    def leg(self, place: int) -> Leg:
        """FULL, HALF, or NONE once rights have ended."""
        if place >= self.rights:
            return Leg.NONE
        return Leg.FULL if place < self.full else Leg.HALF


@dataclass(frozen=True, slots=True)
class _Segment:
    """Days of a run, numbered from zero, on one leg; `used` is how many days counted before the first of them."""

    first: int
    last: int
    leg: Leg
    used: int


def clm(person: Person, entries: Sequence[Entry], rules: Rules) -> Iterator[Stretch]:
    """The stretches of the CLM entries. `entries` are all the agent's leaves, in date order."""
    earlier: list[Run] = []
    for run in runs_of([entry for entry in entries if entry.kind is LeaveKind.CLM]):
        years = _Years.of(LeaveKind.CLM, run.start, rules)
        rebuilt = rules.at("leave.clm.duty_days", run.start).integer
        if earlier and duty_days(entries, earlier[-1].end, run.start) >= rebuilt:
            earlier.clear()
        if earlier:
            window = rules.at("leave.clm.window_years", run.start).integer
            legs = _split_clm(run, earlier, window, years)
        else:
            legs = _legs(run, _Ends.date_to_date(run, run.start, years))
        yield from _stretches(person, run, legs, years, rules)
        earlier.append(run)


def cld(person: Person, entries: Sequence[Entry], paid_clm: Sequence[Stretch], rules: Rules) -> Iterator[Stretch]:
    """The stretches of the CLD entries. Rights are given once in a career for each group, and never rebuilt.

    A CLM that the CLD follows without a gap (`paid_clm`: its stretches) counts as its first year, for the days at full
    pay only.
    """
    used: dict[Hashable, int] = {}
    clm_runs = {run.end: run for run in runs_of([entry for entry in entries if entry.kind is LeaveKind.CLM])}
    for run in runs_of([entry for entry in entries if entry.kind is LeaveKind.CLD]):
        years = _Years.of(LeaveKind.CLD, run.start, rules)
        group = run.entries[0].pathology_group
        former = clm_runs.get(run.start - ONE_DAY)
        credit = _full_days(paid_clm, former.start, former.end) if former else 0
        if group in used or (former and not _whole_first_year(former, credit, rules)):
            ends = _Ends.counted(used.get(group, 0) + credit, years)
        else:
            ends = _Ends.date_to_date(run, _origin(run, former, rules), years)
        yield from _stretches(person, run, _legs(run, ends), years, rules)
        used[group] = used.get(group, 0) + credit + run.days


def cgm(person: Person, entries: Sequence[Entry], rules: Rules) -> Iterator[Stretch]:
    """The stretches of the CGM entries; one that starts less than a year back on duty continues the former."""
    used, last = 0, None
    mine = [entry for entry in entries if entry.kind is LeaveKind.CGM]
    for run in runs_of([entry for entry in mine if not _without_right(person, entry, rules)]):
        years = _Years.of(LeaveKind.CGM, run.start, rules)
        needed = rules.at("leave.cgm.return_years", run.start).integer * years.year_days
        if last is not None and duty_days(entries, last, run.start) >= needed:
            used = 0
        ends = _Ends.counted(used, years) if used else _Ends.date_to_date(run, run.start, years)
        yield from _stretches(person, run, _legs(run, ends), years, rules)
        used, last = used + run.days, run.end
    for entry in mine:
        if _without_right(person, entry, rules):
            service = rules.at("leave.contractual.cgm_service_months", entry.start)
            yield Stretch(entry.period, entry.kind, Leg.NONE, NO_PAY, Ground(service.id, service.reference))


def _without_right(person: Person, entry: Entry, rules: Rules) -> bool:
    """A contractuel who has not served long enough on the entry's first day (décret 88-145 art. 8)."""
    if entry.of(person).fonctionnaire:
        return False
    return not reached(person, entry, rules.at("leave.contractual.cgm_service_months", entry.start).integer)


def _origin(run: Run, former: Run | None, rules: Rules) -> date:
    """Where the years of a CLD start: with the CLM before it, of which one year counts at most."""
    if former is None:
        return run.start
    first_year = rules.at("leave.clm.full_years", former.start).integer
    if run.start <= add_years(former.start, first_year):
        return former.start
    return add_years(run.start, -first_year)


def _whole_first_year(former: Run, credit: int, rules: Rules) -> bool:
    """Whether a CLM run was at full pay from its first day to the end of its year: it has no earlier days to count."""
    year_end = add_years(former.start, rules.at("leave.clm.full_years", former.start).integer)
    return credit == min(former.days, (year_end - former.start).days)


def _full_days(stretches: Sequence[Stretch], start: date, end: date) -> int:
    inside = (s.period.intersection(Period(start, end)) for s in stretches if s.leg is Leg.FULL)
    return sum(period.days for period in inside if period is not None)


def _legs(run: Run, ends: _Ends) -> list[_Segment]:
    """The run cut where full pay ends and where rights end."""
    cuts = sorted({0, run.days, *(cut for cut in (ends.full, ends.rights) if 0 < cut < run.days)})
    return [_Segment(first, last - 1, ends.leg(first), ends.used + first) for first, last in pairwise(cuts)]


def _split_clm(run: Run, earlier: Sequence[Run], window_years: int, years: _Years) -> list[_Segment]:
    """Day by day: full pay while less than a year of CLM lies in the window before, until the maximum is used."""
    before = [day for r in earlier for day in range(r.start.toordinal(), r.end.toordinal() + 1)]
    total, unbroken = _Ends.counted(len(before), years), _Ends.date_to_date(run, run.start, years)
    segments: list[_Segment] = []
    gone = 0
    for place in range(run.days):
        floor = add_years(run.start + timedelta(days=place), -window_years).toordinal()
        while gone < len(before) and before[gone] <= floor:
            gone += 1
        window = _Ends.counted(len(before) - gone, years) if gone < len(before) else unbroken
        leg = Leg.NONE if total.leg(place) is Leg.NONE else window.leg(place)
        if segments and segments[-1].leg is leg:
            segments[-1] = replace(segments[-1], last=place)
        else:
            segments.append(_Segment(place, place, leg, window.used + place))
    return segments


def _stretches(
    person: Person, run: Run, segments: Sequence[_Segment], years: _Years, rules: Rules
) -> Iterator[Stretch]:
    """Legs with their rates; beyond the maximum a fonctionnaire keeps half pay until a decision."""
    kind = run.entries[0].kind
    for segment in segments:
        period = Period(run.start + timedelta(days=segment.first), run.start + timedelta(days=segment.last))
        over = segment.leg is Leg.NONE
        limit = years.maximum if over else years.full
        ground = Ground(limit.id, limit.reference, segment.used, limit.integer * years.year_days)
        if over:
            yield from _after_rights(person, run, Stretch(period, kind, Leg.NONE, NO_PAY, ground), rules)
        else:
            rate = rules.at("leave.full_rate" if segment.leg is Leg.FULL else "leave.half_rate", run.start)
            yield Stretch(period, kind, segment.leg, rate.rate, ground)


def _after_rights(person: Person, run: Run, unpaid: Stretch, rules: Rules) -> Iterator[Stretch]:
    """The days beyond the maximum: at half pay in the entries of a fonctionnaire, unpaid in those of a contractuel."""
    for fonctionnaire, group in groupby(run.entries, key=lambda entry: entry.of(person).fonctionnaire):
        entries = tuple(group)
        inside = unpaid.period.intersection(Period(entries[0].start, entries[-1].end))
        if inside is None:
            continue
        before = (inside.start - unpaid.period.start).days
        ground = replace(unpaid.ground, counted=(unpaid.ground.counted or 0) + before)
        part = replace(unpaid, period=inside, ground=ground)
        if fonctionnaire:
            awaiting = rules.at("leave.awaiting_decision_rate", run.start)
            part = replace(part, leg=Leg.HALF, rate=awaiting.rate, ground=replace(ground, rule=awaiting.id))
        yield part
