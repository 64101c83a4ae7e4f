"""A life of facts, in any order, each of which may be taken back: no illegal affiliation can come of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kit.period import Period
from rules.vocabulary import AffiliationOutcome, ContractKind, EmploymentKind, PositionKind
from services.eligibility.domain.amendment import Alteration, altered, ended, shortened
from services.eligibility.domain.announcement import Move, Told, announce, transitions
from services.eligibility.domain.decision import Decision, inputs_of, taken
from services.eligibility.domain.facts import (
    Conditions,
    ContractKey,
    DispenseRequest,
    LeaveEntry,
    Spell,
    file_of,
)
from services.eligibility.domain.file import FONCTIONNAIRES, AgentFile
from tests.services.eligibility.accord import content
from tests.services.eligibility.oracle import outcome

CITY: Final = "99985001900012"
CONTENT: Final = content()
BOUND: Final = Period(date(2025, 1, 1))
DAYS: Final = st.dates(date(2024, 9, 1), date(2026, 9, 30))
LENGTHS: Final = st.integers(0, 250)
# What may follow what was last told of one affiliation.
FOLLOWS: Final = {
    None: {Move.STARTED, Move.SUSPENDED},
    Move.STARTED: {Move.SUSPENDED, Move.ENDED},
    Move.SUSPENDED: {Move.RESUMED, Move.ENDED},
    Move.RESUMED: {Move.SUSPENDED, Move.ENDED},
    Move.ENDED: {Move.STARTED, Move.SUSPENDED},
}
DISPENSES: Final = {Move.GRANTED, Move.LAPSED}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one agent with one employer."""

    spells: tuple[Spell, ...] = ()
    entries: tuple[LeaveEntry, ...] = ()
    dispenses: tuple[DispenseRequest, ...] = ()
    prior: bool = False

    def file(self) -> AgentFile:
        return file_of(CITY, self.spells, self.entries, self.dispenses, prior_collective_cover=self.prior)

    def decided(self) -> Decision:
        return _decided(self)


@lru_cache(maxsize=64)
def _decided(facts: Facts) -> Decision:
    decision = taken(inputs_of(facts.file(), CONTENT, BOUND))
    assert decision is not None
    return decision


@dataclass
class Ids:
    """Names of facts, one after the other."""

    last: int = field(default=0)

    def next(self) -> UUID:
        self.last += 1
        return UUID(int=self.last)


class Affiliations(RuleBasedStateMachine):
    """Facts come and go, days pass, and a worker tells what became true."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = Ids()
        self.today = date(2025, 1, 1)
        self.facts = Facts()
        self.before: list[Facts] = []
        self.told: tuple[Told, ...] = ()

    def becomes(self, facts: Facts) -> None:
        self.before.append(self.facts)
        self.facts = facts

    @initialize(kind=st.sampled_from(EmploymentKind), start=DAYS, length=LENGTHS, prior=st.booleans())
    def hired(self, kind: EmploymentKind, start: date, length: int, prior: bool) -> None:  # noqa: FBT001 - drawn
        self.facts = Facts((self._contract(kind, start, length),), prior=prior)

    def _contract(self, kind: EmploymentKind, start: date, length: int) -> Spell:
        key = self.ids.next()
        contract = None if kind in FONCTIONNAIRES else ContractKind.CDD
        held = Conditions(kind, contract, Decimal(35))
        return Spell(key, ContractKey(CITY, "M1", str(key)), Period(start, start + timedelta(days=length)), held)

    @rule(kind=st.sampled_from(EmploymentKind), start=DAYS, length=LENGTHS, follows=st.booleans())
    def another_contract(self, kind: EmploymentKind, start: date, length: int, follows: bool) -> None:  # noqa: FBT001 - drawn
        last = max(spell.period.last for spell in self.facts.spells)
        first = last + timedelta(days=1) if follows else start
        self.becomes(replace(self.facts, spells=(*self.facts.spells, self._contract(kind, first, length))))

    @rule(data=st.data(), day=DAYS)
    def left(self, data: st.DataObject, day: date) -> None:
        one = data.draw(st.sampled_from(self.facts.spells))
        if day >= one.period.start:
            others = tuple(s for s in self.facts.spells if s is not one)
            self.becomes(replace(self.facts, spells=(*others, *ended([one], day))))

    @rule(kind=st.sampled_from(PositionKind), start=DAYS, length=LENGTHS, paid=st.booleans())
    def away(self, kind: PositionKind, start: date, length: int, paid: bool) -> None:  # noqa: FBT001 - drawn
        period = Period(start, start + timedelta(days=length))
        if not any(entry.period.meets(period) for entry in self.facts.entries):
            entry = LeaveEntry(self.ids.next(), self.ids.next(), CITY, kind, period, paid)
            self.becomes(replace(self.facts, entries=(*self.facts.entries, entry)))

    def _entries(self, data: st.DataObject) -> tuple[list[LeaveEntry], tuple[LeaveEntry, ...], date]:
        """The entries of one leave, all others, and one of its days."""
        leave = data.draw(st.sampled_from(sorted({e.leave for e in self.facts.entries})))
        own = sorted((e for e in self.facts.entries if e.leave == leave), key=lambda e: e.period.start)
        room = (own[-1].period.last - own[0].period.start).days
        day = own[0].period.start + timedelta(days=data.draw(st.integers(0, room)))
        return own, tuple(e for e in self.facts.entries if e.leave != leave), day

    @precondition(lambda self: self.facts.entries)
    @rule(data=st.data())
    def back_earlier(self, data: st.DataObject) -> None:
        own, others, day = self._entries(data)
        self.becomes(replace(self.facts, entries=(*others, *shortened(own, day))))

    @precondition(lambda self: self.facts.entries)
    @rule(data=st.data(), kind=st.sampled_from(PositionKind), paid=st.booleans())
    def requalified(self, data: st.DataObject, kind: PositionKind, paid: bool) -> None:  # noqa: FBT001 - drawn
        own, others, day = self._entries(data)
        now = altered(own, Alteration(day, kind, paid), self.ids.next())
        assert all(later.period.follows(earlier.period) for earlier, later in pairwise(now))
        assert altered(now, Alteration(day, kind, paid), self.ids.next()) == now
        self.becomes(replace(self.facts, entries=(*others, *now)))

    @rule(day=DAYS, proofs=st.lists(DAYS, max_size=3, unique=True))
    def dispense_asked(self, day: date, proofs: list[date]) -> None:
        if day in {known.period.start for known in self.facts.dispenses}:
            return  # one request a day, as the database holds it
        one = DispenseRequest(self.ids.next(), CITY, Period(day), individual_cover=True, proofs=tuple(sorted(proofs)))
        self.becomes(replace(self.facts, dispenses=(*self.facts.dispenses, one)))

    @precondition(lambda self: self.facts.dispenses)
    @rule(data=st.data(), length=LENGTHS)
    def dispense_given_up(self, data: st.DataObject, length: int) -> None:
        one = data.draw(st.sampled_from(self.facts.dispenses))
        until = replace(one, period=Period(one.period.start, one.period.start + timedelta(days=length)))
        others = tuple(d for d in self.facts.dispenses if d is not one)
        self.becomes(replace(self.facts, dispenses=(*others, until)))

    @precondition(lambda self: self.before)
    @rule()
    def taken_back(self) -> None:
        self.facts = self.before.pop()

    @rule(days=st.integers(1, 120))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule()
    def worker_looks(self) -> None:
        moves = transitions(self.facts.decided().stretches)
        said = announce(moves, self.told, self.today)
        assert all(move.period.start <= self.today for move in said.tell)
        assert announce(moves, said.told, self.today).tell == ()
        due = {move.told for move in moves if move.period.start <= self.today}
        assert due <= set(said.told)
        assert said.again_on is None or said.again_on > self.today
        self.told = said.told

    @invariant()
    def the_timeline_is_whole(self) -> None:
        stretches = self.facts.decided().stretches
        assert stretches[0].period.start == max(BOUND.start, min(s.period.start for s in self.facts.spells))
        assert stretches[-1].period.end is None
        for earlier, later in pairwise(stretches):
            assert later.period.follows(earlier.period)
            assert later.outcome is not earlier.outcome
        assert all(stretch.reasons for stretch in stretches)

    @invariant()
    def today_is_what_the_accord_says(self) -> None:
        found: Any = next((s.outcome for s in self.facts.decided().stretches if self.today in s.period), None)
        assert found is None or found.value == outcome(self.facts.file(), self.today)

    @invariant()
    def no_move_is_illegal(self) -> None:
        last: Move | None = None
        covered = False
        for move in transitions(self.facts.decided().stretches):
            if move.move in DISPENSES:
                assert not covered or move.move is Move.GRANTED
                continue
            if move.move is Move.WITHHELD:
                assert not covered
                continue
            assert move.move in FOLLOWS[last]
            last, covered = move.move, move.move is not Move.ENDED
        assert covered is (self.facts.decided().stretches[-1].outcome in _HELD)

    @invariant()
    def the_order_of_facts_does_not_matter(self) -> None:
        turned = Facts(
            self.facts.spells[::-1], self.facts.entries[::-1], self.facts.dispenses[::-1], prior=self.facts.prior
        )
        assert turned.decided().snapshot.digest() == self.facts.decided().snapshot.digest()


_HELD: Final = {AffiliationOutcome.AFFILIATED, AffiliationOutcome.SUSPENDED}

TestAffiliations = Affiliations.TestCase
# A life is many examples in one.
TestAffiliations.settings = settings(
    deadline=None, stateful_step_count=15, max_examples=max(20, settings().max_examples // 5)
)
