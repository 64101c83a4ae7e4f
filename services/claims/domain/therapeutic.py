"""TPT (§1.1): whole pay for the CNRACL, by the quotity worked elsewhere; for a year, until a year of activity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from kit.period import ONE_DAY, Period, add_years
from rules.book import Rules, UnknownRule
from rules.vocabulary import LeaveKind, Leg, Regime
from services.claims.domain.entitlement import NO_PAY, Ground, Stretch
from services.claims.domain.leave import Entry, Person, Run, runs_of


def therapeutic(person: Person, entries: Sequence[Entry], rules: Rules) -> Iterator[Stretch]:
    """The stretches of the TPT entries; beyond the right to one, none is paid. `entries` are all the agent's leaves."""
    used, last = 0, None
    for run in runs_of([entry for entry in entries if entry.kind is LeaveKind.TPT]):
        if last is not None and _rebuilt(entries, last, run.start, rules):
            used = 0
        end = _last_day(run, used, rules)
        for entry in run.entries:
            yield from _stretches(person, entry, end, rules)
        used, last = used + run.days, run.end


def _stretches(person: Person, entry: Entry, end: date, rules: Rules) -> Iterator[Stretch]:
    if entry.start <= end:
        rate = rules.at("leave.full_rate", entry.start)
        ground, share = Ground(rate.id, rate.reference), rate.rate
        if entry.of(person).regime is not Regime.CNRACL and entry.quotity is not None:
            rule = rules.at("leave.tpt.quotities", entry.start)
            ground, share = Ground(rule.id, rule.reference), entry.quotity
        yield Stretch(Period(entry.start, min(entry.end, end)), entry.kind, Leg.FULL, share, ground)
    if entry.end > end:
        longest = rules.at("leave.tpt.max_years", entry.start)
        over = Period(max(end + ONE_DAY, entry.start), entry.end)
        yield Stretch(over, entry.kind, Leg.NONE, NO_PAY, Ground(longest.id, longest.reference))


def _last_day(run: Run, used: int, rules: Rules) -> date:
    """Date to date where nothing was used before, else by the days of a year; a law kept from before has no limit."""
    try:
        years = rules.at("leave.tpt.max_years", run.start).integer
    except UnknownRule:
        return run.end
    if not used:
        return add_years(run.start, years) - ONE_DAY
    return run.start + timedelta(days=years * rules.at("leave.year_days", run.start).integer - used - 1)


def _rebuilt(entries: Sequence[Entry], last: date, start: date, rules: Rules) -> bool:
    """Whether the agent was in activity for long enough since: in any position but the disponibilité."""
    try:
        years = rules.at("leave.tpt.rebuilt_years", start).integer
    except UnknownRule:
        return True
    away = sum(entry.period.days for entry in entries if entry.kind is LeaveKind.DO and last < entry.start < start)
    return start > add_years(last, years) + timedelta(days=away)
