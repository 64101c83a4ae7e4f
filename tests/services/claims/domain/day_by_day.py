"""Statutory pay asked for one day at a time, by looking at every day before it: slow, plain, and apart from the engine.

It knows the figures of the rulebook by heart, so that the engine's reading of `rules/` is checked too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from kit.period import Period
from rules.vocabulary import LeaveKind, Leg, Regime
from services.claims.domain.leave import Entry, Person

DAY = timedelta(days=1)
REFORM = date(2025, 3, 1)
WAITING_BACK = date(2018, 1, 1)
FONCTIONNAIRES = (Regime.CNRACL, Regime.IRCANTEC_FONCTIONNAIRE)
Answer = tuple[LeaveKind, Leg, str]


def years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


@dataclass
class DayByDay:
    """The life of one agent, told day by day."""

    person: Person
    entries: list[Entry]
    said: dict[date, Answer] = field(default_factory=dict)
    on: dict[date, Entry] = field(default_factory=dict)
    looked_back: dict[tuple[LeaveKind, date], list[date]] = field(default_factory=dict)
    begun: dict[tuple[LeaveKind, date, object], date] = field(default_factory=dict)
    part_time: dict[date, int] = field(default_factory=dict)
    grave: dict[date, date] = field(default_factory=dict)  # the first day of the open CGM each day is of

    def tell(self) -> dict[date, Answer]:
        """What each day of leave is paid."""
        self.on = {day: e for e in self.entries for day in e.period}
        for entry in sorted(self.entries, key=lambda e: e.start):
            day = entry.start
            while day <= entry.end:
                self.said[day] = (entry.kind, *self.day(entry, day))
                day += DAY
        return self.said

    def halved(self) -> set[date]:
        """The days for which a late note of a fonctionnaire, the second in 24 months or a later one, halves pay."""
        late: list[date] = []
        found: set[date] = set()
        for entry in sorted(self.entries, key=lambda e: e.start):
            sent = entry.sent_on
            if entry.kind is not LeaveKind.CMO or not self.fonctionnaire(entry) or sent is None:
                continue
            if sent <= entry.start + 2 * DAY:
                continue
            if any(entry.start < months_later(earlier, 24) for earlier in late):
                found |= {day for day in entry.period if day < sent}
            late.append(entry.start)
        return found

    def fonctionnaire(self, entry: Entry) -> bool:
        return (entry.person or self.person).regime in FONCTIONNAIRES

    def day(self, entry: Entry, day: date) -> tuple[Leg, str]:
        paid: dict[LeaveKind, Callable[[], tuple[Leg, str]]] = {
            LeaveKind.CMO: lambda: self.cmo(entry, day),
            LeaveKind.CLM: lambda: self.long(entry, self.clm_leg(day)),
            LeaveKind.CLD: lambda: self.long(entry, self.cld_leg(entry, day)),
            LeaveKind.CGM: lambda: self.cgm(entry, day),
            LeaveKind.AT_MP: lambda: self.accident(entry, day),
            LeaveKind.DO: lambda: (Leg.NONE, "0.00"),
            LeaveKind.TPT: lambda: self.therapeutic(entry, day),
        }
        return paid[entry.kind]() if entry.kind in paid else (Leg.FULL, "1.00")

    # --- therapeutic part-time

    def therapeutic(self, entry: Entry, day: date) -> tuple[Leg, str]:
        start = self.first_of_run(LeaveKind.TPT, day)
        if start not in self.part_time:
            self.part_time[start] = self.part_time_before(start)
        before = self.part_time[start]
        over = before + (day - start).days >= 365 if before else day >= years_later(start, 1)
        by_hours = entry.quotity is not None and (entry.person or self.person).regime is not Regime.CNRACL
        share = entry.quotity.text(2) if entry.quotity is not None and by_hours else "1.00"
        return (Leg.NONE, "0.00") if over else (Leg.FULL, share)

    def part_time_before(self, start: date) -> int:
        """Days of TPT before a run, back to a year in activity: in no TPT, and in no disponibilité."""
        days = sorted(d for d, entry in self.on.items() if entry.kind is LeaveKind.TPT and d < start)
        count = 0
        for one, following in pairwise([*days, start]):
            count += 1
            between = [one + n * DAY for n in range(1, (following - one).days)]
            away = sum(self.kind_on(d) is LeaveKind.DO for d in between)
            if following > years_later(one, 1) + away * DAY:
                count = 0
        return count

    # --- ordinary leave

    def cmo(self, entry: Entry, day: date) -> tuple[Leg, str]:
        waiting = entry.waiting_days
        if waiting is None:
            renewal = self.kind_on(entry.start - DAY) is LeaveKind.CMO
            waiting = 0 if renewal or entry.start < WAITING_BACK else 1
        if (day - entry.start).days < waiting:
            return Leg.WAITING, "0.00"
        by_service = self.discontinuous(entry)
        floor = self.three_hundredth(entry, day) - DAY if by_service else years_later(day, -1)
        before = (floor + n * DAY for n in range(1, (day - floor).days))
        window = [self.said[d] for d in before if d in self.said and self.said[d][0] is LeaveKind.CMO]
        full = sum(leg in (Leg.FULL, Leg.WAITING) for _, leg, _ in window)
        half = sum(leg is Leg.HALF for _, leg, _ in window)
        if len(window) >= 360 and not by_service:
            return self.over(entry)
        limit = 90 if self.fonctionnaire(entry) else self.contractual_limit(entry)
        if full < limit:
            return Leg.FULL, "0.90" if entry.start >= REFORM else "1.00"
        if not self.fonctionnaire(entry) and half >= limit:
            return Leg.NONE, "0.00"
        return Leg.HALF, "0.50"

    def discontinuous(self, entry: Entry) -> bool:
        """Whether a contractuel was between two contracts in the year before the stop."""
        year = Period(years_later(entry.start, -1) + DAY, entry.start - DAY)
        gaps = (entry.person or self.person).interruptions
        return not self.fonctionnaire(entry) and any(day in year for gap in gaps for day in gap)

    def three_hundredth(self, entry: Entry, day: date) -> date:
        """The day of service that is the 300th up to this one: under contract, and in no leave without pay."""
        gaps = (entry.person or self.person).interruptions
        count = 1
        while count < 300:
            day -= DAY
            between = day < entry.start and any(day in gap for gap in gaps)
            count += not between and (day not in self.said or self.said[day][1] is not Leg.NONE)
        return day

    def served(self, entry: Entry, months: int) -> bool:
        start = (entry.person or self.person).service_start
        if entry.seniority_days is not None:
            start = entry.start - timedelta(days=entry.seniority_days)
        assert start is not None
        return entry.start >= months_later(start, months)

    def contractual_limit(self, entry: Entry) -> int:
        return 90 if self.served(entry, 36) else 60 if self.served(entry, 24) else 30 if self.served(entry, 4) else 0

    def over(self, entry: Entry) -> tuple[Leg, str]:
        return (Leg.HALF, "0.50") if self.fonctionnaire(entry) else (Leg.NONE, "0.00")

    # --- long leaves

    def long(self, entry: Entry, leg: Leg | None) -> tuple[Leg, str]:
        if leg is None:
            return self.over(entry)
        return (Leg.FULL, "1.00") if leg is Leg.FULL else (Leg.HALF, "0.50")

    def kind_on(self, day: date) -> LeaveKind | None:
        return self.on[day].kind if day in self.on else None

    def first_of_run(self, kind: LeaveKind, day: date, group: object = None) -> date:
        """The first day of the unbroken days of a kind that end on, or just before, a day."""
        asked, first = day, day
        while self.is_of(kind, first - DAY, group):
            first -= DAY
            if (kind, first, group) in self.begun:
                first = self.begun[kind, first, group]
        self.begun[kind, asked, group] = first
        return first

    def is_of(self, kind: LeaveKind, day: date, group: object = None) -> bool:
        entry = self.on.get(day)
        if entry is None or entry.kind is not kind:
            return False
        return kind is not LeaveKind.CLD or entry.pathology_group == group

    def days_before(self, kind: LeaveKind, start: date) -> list[date]:
        """Days of a kind before `start`, back to a whole year of duty since one of them."""
        if (kind, start) not in self.looked_back:
            self.looked_back[kind, start] = self.look_back(kind, start)
        return self.looked_back[kind, start]

    def look_back(self, kind: LeaveKind, start: date) -> list[date]:
        found: list[date] = []
        day, duty = start - DAY, 0
        while day >= self.entries[0].start and duty < 365:
            if self.right_to(kind, day):
                found.append(day)
                duty = 0
            elif day not in self.on:
                duty += 1
            day -= DAY
        return found

    def right_to(self, kind: LeaveKind, day: date) -> bool:
        return self.is_of(kind, day) and (kind is not LeaveKind.CGM or self.open_cgm(day))

    def open_cgm(self, day: date) -> bool:
        return self.fonctionnaire(self.on[day]) or self.served(self.on[day], 36)

    def clm_leg(self, day: date) -> Leg | None:
        start = self.first_of_run(LeaveKind.CLM, day)
        place, before = (day - start).days, self.days_before(LeaveKind.CLM, start)
        over = len(before) + place >= 3 * 365 if before else day >= years_later(start, 3)
        if over:
            return None
        floor = years_later(day, -4)
        window = [d for d in before if d > floor]
        if window:
            return Leg.FULL if len(window) + place < 365 else Leg.HALF
        return Leg.FULL if day < years_later(start, 1) else Leg.HALF

    def cld_leg(self, entry: Entry, day: date) -> Leg | None:
        group = entry.pathology_group
        start = self.first_of_run(LeaveKind.CLD, day, group)
        clm_start = self.first_of_run(LeaveKind.CLM, start)
        clm_days = (start - clm_start).days
        clm_full = sum(self.said[clm_start + n * DAY][1] is Leg.FULL for n in range(clm_days))
        used = self.credited(group, start)
        whole_year = min(clm_days, (years_later(clm_start, 1) - clm_start).days)
        if used == 0 and clm_full == whole_year:
            origin = clm_start if start <= years_later(clm_start, 1) else years_later(start, -1)
            full_end, end = years_later(origin, 3), years_later(origin, 5)
            return None if day >= end else Leg.FULL if day < full_end else Leg.HALF
        place = used + clm_full + (day - start).days
        return None if place >= 5 * 365 else Leg.FULL if place < 3 * 365 else Leg.HALF

    def credited(self, group: object, before: date) -> int:
        """Days used by earlier runs of the group: their own, and the full-pay days of a CLM each followed."""
        total = 0
        for e in self.entries:
            if e.kind is not LeaveKind.CLD or e.pathology_group != group or e.start >= before:
                continue
            total += (e.end - e.start).days + 1
            if self.first_of_run(LeaveKind.CLD, e.start, group) == e.start:
                day = e.start - DAY
                while self.is_of(LeaveKind.CLM, day):
                    total += self.said[day][1] is Leg.FULL
                    day -= DAY
        return total

    def cgm(self, entry: Entry, day: date) -> tuple[Leg, str]:
        if not self.open_cgm(day):
            return Leg.NONE, "0.00"
        self.grave[day] = start = self.grave.get(day - DAY, day)
        before = self.days_before(LeaveKind.CGM, start)
        place = len(before) + (day - start).days
        if before:
            leg = None if place >= 3 * 365 else Leg.FULL if place < 365 else Leg.HALF
        else:
            leg = None if day >= years_later(start, 3) else Leg.FULL if day < years_later(start, 1) else Leg.HALF
        return self.long(entry, leg)

    # --- accidents

    def accident(self, entry: Entry, day: date) -> tuple[Leg, str]:
        if self.fonctionnaire(entry):
            return Leg.FULL, "1.00"
        start = self.first_of_run(LeaveKind.AT_MP, entry.start)
        limit = 90 if self.served(entry, 36) else 60 if self.served(entry, 12) else 30 if self.served(entry, 0) else 0
        return (Leg.FULL, "1.00") if (day - start).days < limit else (Leg.NONE, "0.00")
