"""Statutory pay: the leg and rate of every day of leave, for every kind and regime (rulebook §1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from kit.period import ONE_DAY, Period
from rules.book import Rules
from rules.vocabulary import LeaveKind, Leg
from services.claims.domain.entitlement import NO_PAY, Entitlement, Ground, Stretch
from services.claims.domain.leave import Entry, Person, checked, runs_of
from services.claims.domain.long_leave import cgm, cld, clm
from services.claims.domain.ordinary_leave import ordinary_leave
from services.claims.domain.seniority import tier
from services.claims.domain.therapeutic import therapeutic
from services.claims.domain.waiting import with_waiting_waived

# At full pay whatever their length.
ALWAYS_FULL: Final = frozenset({LeaveKind.CITIS, LeaveKind.MATERNITY})


def statutory_pay(person: Person, leaves: Iterable[Entry], rules: Rules) -> Entitlement:
    """What the statute pays on each day of leave. `leaves` may come in any order.

    Raises what `leave.checked` raises, and NoValueAt for a leave before the texts that the rulebook knows.
    """
    entries = with_waiting_waived(checked(person, leaves, rules), rules)
    paid_clm = tuple(clm(person, entries, rules))
    others = [
        *paid_clm,
        *cld(person, entries, paid_clm, rules),
        *cgm(person, entries, rules),
        *_service_accident(person, entries, rules),
        *_constant(entries, rules),
        *therapeutic(person, entries, rules),
    ]
    return Entitlement.of([*ordinary_leave(person, entries, rules, others), *others])


def _constant(entries: Sequence[Entry], rules: Rules) -> Iterator[Stretch]:
    """Leaves whose pay does not change with time."""
    for entry in entries:
        if entry.kind in ALWAYS_FULL:
            yield _full(entry, rules)
        elif entry.kind is LeaveKind.DO:
            longest = rules.at("leave.do.max_years", entry.start)
            yield Stretch(entry.period, entry.kind, Leg.NONE, NO_PAY, Ground(longest.id, longest.reference))


def _full(entry: Entry, rules: Rules) -> Stretch:
    rate = rules.at("leave.full_rate", entry.start)
    return Stretch(entry.period, entry.kind, Leg.FULL, rate.rate, Ground(rate.id, rate.reference))


def _service_accident(person: Person, entries: Sequence[Entry], rules: Rules) -> Iterator[Stretch]:
    """AT/MP: a fonctionnaire is paid in full to the end; a contractuel for months of his seniority (art. 9)."""
    for run in runs_of([entry for entry in entries if entry.kind is LeaveKind.AT_MP]):
        for entry in run.entries:
            if entry.of(person).fonctionnaire:
                yield _full(entry, rules)
            else:
                yield from _contractual_accident(person, run.start.toordinal(), entry, rules)


def _contractual_accident(person: Person, accident: int, entry: Entry, rules: Rules) -> Iterator[Stretch]:
    """`accident` is the first day of the accident's leave, as an ordinal."""
    table = rules.at("leave.contractual.atmp", entry.start)
    row = tier(person, entry, table.rows)
    limit = row.integer("full_days") if row else 0
    before = entry.start.toordinal() - accident
    ground = Ground(table.id, table.reference, before, limit)
    paid_to = entry.start + timedelta(days=limit - before - 1)
    if paid_to >= entry.start:
        paid = Period(entry.start, min(paid_to, entry.end))
        yield Stretch(paid, entry.kind, Leg.FULL, rules.at("leave.full_rate", entry.start).rate, ground)
    if paid_to < entry.end:
        unpaid = Period(max(paid_to + ONE_DAY, entry.start), entry.end)
        yield Stretch(unpaid, entry.kind, Leg.NONE, NO_PAY, ground)
