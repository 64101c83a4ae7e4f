"""What becomes of facts: files made from them, standings told of them, changes of contracts and leaves."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import RelaisError
from kit.period import Period
from rules.book import RuleBook
from rules.vocabulary import Category, ContractKind, EmploymentKind, PositionKind, Regime
from services.eligibility.domain.amendment import Alteration, Change, altered, amended, concluded, ended, shortened
from services.eligibility.domain.conditions import checked
from services.eligibility.domain.documents import file_document, read_file
from services.eligibility.domain.errors import (
    ConditionsRefused,
    LeaveNotLonger,
    NotEmployed,
    OutsideLeave,
    ReversedInterval,
)
from services.eligibility.domain.facts import (
    Conditions,
    ContractKey,
    Cut,
    LeaveEntry,
    Renewal,
    Spell,
    contracts,
    file_of,
)
from services.eligibility.domain.file import ArtTeaching
from services.eligibility.domain.presence import lasts
from services.eligibility.domain.regime import regime_on
from services.eligibility.domain.standing import standings, untold

RULES = RuleBook.load()
CITY, CENTRE = "99985001900012", "99985004300012"
ONE, TWO = UUID(int=1), UUID(int=2)


def conditions(hours: str = "35", kind: str = "TITULAIRE", **more: Any) -> Conditions:
    contract = None if kind in ("TITULAIRE", "STAGIAIRE") else ContractKind.CDI
    return Conditions(EmploymentKind(kind), more.pop("contract", contract), Decimal(hours), Category.C, **more)


def spell(start: str, end: str | None = None, held: Conditions | None = None, **more: Any) -> Spell:
    key = ContractKey(more.pop("employer", CITY), more.pop("matricule", "M1"), "1")
    period = Period(date.fromisoformat(start), None if end is None else date.fromisoformat(end))
    return Spell(more.pop("employment", ONE), key, period, held or conditions(), **more)


def entry(start: str, end: str | None, **more: Any) -> LeaveEntry:
    period = Period(date.fromisoformat(start), None if end is None else date.fromisoformat(end))
    return LeaveEntry(UUID(int=9), TWO, CITY, PositionKind.CMO, period, paid=True, **more)


def told(*spells: Spell) -> list[tuple[str, str | None, str]]:
    """The standings of employment ONE: start, end, regime."""
    found = standings(spells, RULES)[ONE]
    return [(str(s.period.start), str(s.period.end) if s.period.end else None, s.regime.value) for s in found]


class TestContracts:
    """Hours change inside a contract, its kind makes another."""

    def test_hours_do_not_cut_a_contract(self) -> None:
        """A CDD of eight months with fewer hours from the fifth is one contract of six months or more (art. 3)."""
        held = conditions("35", "CONTRACTUEL_PUBLIC", contract=ContractKind.CDD)
        fewer = conditions("20", "CONTRACTUEL_PUBLIC", contract=ContractKind.CDD)
        (one,) = contracts([spell("2025-06-01", "2025-09-30", fewer), spell("2025-02-01", "2025-05-31", held)])
        assert (one.period.start, one.period.end) == (date(2025, 2, 1), date(2025, 9, 30))

    def test_a_new_kind_does(self) -> None:
        trainee, tenured = conditions(kind="STAGIAIRE"), conditions()
        found = contracts([spell("2025-02-01", "2025-12-31", trainee), spell("2026-01-01", None, tenured)])
        assert [e.kind for e in found] == [EmploymentKind.STAGIAIRE, EmploymentKind.TITULAIRE]

    def test_a_cdd_keeps_its_agreed_length_whatever_becomes_of_it(self) -> None:
        """It opened cover on arrival for its six months (art. 3): neither a new kind nor a departure undoes that."""
        held = conditions(kind="CONTRACTUEL_PUBLIC", contract=ContractKind.CDD)
        year = Period(date(2025, 2, 1), date(2026, 1, 31))
        first, second = contracts([spell("2025-02-01", "2025-03-31", held), spell("2025-04-01", "2026-01-31")])
        assert (first.agreed, second.agreed, lasts(first, 6)) == (year, None, True)
        cut = Cut(ONE, date(2025, 3, 31), year)
        (left,) = contracts([spell("2025-02-01", "2025-03-31", held)], [cut])
        assert (left.period.end, left.agreed, lasts(left, 6)) == (cut.on, year, True)
        (righted,) = contracts([spell("2025-02-01", "2025-04-30", held)], [cut])
        assert (righted.agreed, lasts(righted, 6)) == (None, False)
        file = file_of(CITY, [spell("2025-02-01", "2025-03-31", held)], [], cut=[cut], prior_collective_cover=False)
        assert read_file(file_document(file)) == file

    def test_a_cdd_that_ends_early_keeps_it_and_one_put_right_does_not(self) -> None:
        """The end alone is that of the contract as concluded; the day agreed says that it ended before (art. 3)."""
        held = conditions(kind="CONTRACTUEL_PUBLIC", contract=ContractKind.CDD)
        year, march = spell("2025-02-01", "2026-01-31", held), date(2025, 3, 31)
        early = concluded(ended([year], march), date(2026, 1, 31))
        (left,) = contracts(early)
        assert (left.period.end, left.agreed, lasts(left, 6)) == (march, year.period, True)
        fewer = amended(
            early, Change(date(2025, 3, 1), conditions("20", "CONTRACTUEL_PUBLIC", contract=ContractKind.CDD))
        )
        assert contracts(fewer)[0].agreed == contracts(ended(fewer, date(2025, 2, 15)))[0].agreed == year.period
        (righted,) = contracts(concluded(ended(early, march), None))
        assert (righted.agreed, lasts(righted, 6)) == (None, False)
        with pytest.raises(ConditionsRefused) as caught:
            concluded([spell("2025-02-01")], date(2026, 1, 31))
        assert caught.value.pointer == "/agreed_end"

    def test_a_file_holds_one_employer_only(self) -> None:
        other = spell("2025-02-01", employer=CENTRE, employment=TWO)
        leave = entry("2025-03-01", "2025-03-31")
        file = file_of(CENTRE, [spell("2025-02-01"), other], [leave], prior_collective_cover=True)
        assert (len(file.employments), file.positions, file.prior_collective_cover) == (1, (), True)
        assert len(file_of(CITY, [other], [leave], prior_collective_cover=False).positions) == 1


class TestRegime:
    """Rulebook §1.0: 28 hours, 12 and 15 for the teaching of arts, summed over appointments whoever employs."""

    @pytest.mark.parametrize(
        ("held", "regime"),
        [
            ([conditions("28")], "CNRACL"),
            ([conditions("27.99")], "IRCANTEC_FONCTIONNAIRE"),
            ([conditions("14"), conditions("14", "STAGIAIRE")], "CNRACL"),
            ([conditions("14"), conditions("20", "CONTRACTUEL_PUBLIC")], "IRCANTEC_FONCTIONNAIRE"),
            ([conditions("12", art_teaching=ArtTeaching.PROFESSOR)], "CNRACL"),
            ([conditions("11.99", art_teaching=ArtTeaching.PROFESSOR)], "IRCANTEC_FONCTIONNAIRE"),
            ([conditions("15", art_teaching=ArtTeaching.ASSISTANT)], "CNRACL"),
            ([conditions("14.99", art_teaching=ArtTeaching.ASSISTANT)], "IRCANTEC_FONCTIONNAIRE"),
            ([conditions("20", "CONTRACTUEL_PUBLIC")], "CONTRACTUEL_PUBLIC"),
            ([conditions("35", "APPRENTI"), conditions("5", "VACATAIRE")], "CONTRACTUEL_PUBLIC"),
            ([conditions("35", "PRIVATE_LAW")], "PRIVATE_LAW"),
        ],
    )
    def test_regime_of_an_agent(self, held: list[Conditions], regime: str) -> None:
        jobs = [spell("2025-01-01", None, one).as_employment() for one in held]
        assert regime_on(jobs, date(2025, 6, 1), RULES) is Regime(regime)

    def test_without_a_job_there_is_none(self) -> None:
        assert regime_on([spell("2025-01-01", "2025-01-31").as_employment()], date(2025, 2, 1), RULES) is None

    def test_a_career_older_than_the_texts(self) -> None:
        job = spell("1980-01-01", None, conditions("12", art_teaching=ArtTeaching.PROFESSOR)).as_employment()
        assert regime_on([job], date(1985, 1, 1), RULES) is Regime.CNRACL


class TestStandings:
    """What others are told of an employment: its regime, cut where any employment changes."""

    def test_a_second_employer_makes_a_cnracl_agent_of_both(self) -> None:
        half = conditions("14")
        other = spell("2025-06-01", "2025-12-31", half, employer=CENTRE, employment=TWO)
        assert told(spell("2025-01-01", None, half), other) == [
            ("2025-01-01", "2025-05-31", "IRCANTEC_FONCTIONNAIRE"),
            ("2025-06-01", "2025-12-31", "CNRACL"),
            ("2026-01-01", None, "IRCANTEC_FONCTIONNAIRE"),
        ]

    def test_a_contract_beside_changes_nothing_and_cuts_nothing(self) -> None:
        other = spell("2025-06-01", "2025-12-31", conditions("10", "CONTRACTUEL_PUBLIC"), employment=TWO)
        assert told(spell("2025-01-01"), other) == [("2025-01-01", None, "CNRACL")]

    def test_service_starts_with_the_employment_unless_said(self) -> None:
        (first,) = standings([spell("2025-01-01")], RULES)[ONE]
        (said,) = standings([spell("2025-01-01", service_start=date(2005, 9, 1))], RULES)[ONE]
        assert (first.service_start, said.service_start) == (date(2025, 1, 1), date(2005, 9, 1))
        assert (
            first.titular,
            standings([spell("2025-01-01", None, conditions(kind="STAGIAIRE"))], RULES)[ONE][0].titular,
        ) == (
            True,
            False,
        )

    def test_only_what_differs_is_told(self) -> None:
        before = standings([spell("2025-01-01", "2025-12-31"), spell("2026-01-01", None, conditions("30"))], RULES)[ONE]
        after = standings([spell("2025-01-01", "2025-12-31"), spell("2026-01-01", None, conditions("20"))], RULES)[ONE]
        documents = [standing.document() for standing in before]
        assert untold(documents, before) == ()
        assert untold(documents, after) == after[1:]
        assert untold([], after) == after
        assert untold(documents, before[:1]) == before[:1]

    def test_a_new_end_is_told_from_the_start(self) -> None:
        before = standings([spell("2025-01-01", None)], RULES)[ONE]
        after = standings([spell("2025-01-01", "2025-12-31")], RULES)[ONE]
        assert untold([standing.document() for standing in before], after) == after


class TestContractChanges:
    """From a day on a contract stands otherwise; what was said of later days gives way."""

    def test_fewer_hours_from_a_day(self) -> None:
        now = amended([spell("2025-01-01")], Change(date(2025, 7, 1), conditions("20")))
        assert [(s.period, s.conditions.weekly_hours) for s in now] == [
            (Period(date(2025, 1, 1), date(2025, 6, 30)), Decimal(35)),
            (Period(date(2025, 7, 1)), Decimal(20)),
        ]

    def test_from_the_first_day_it_replaces_all(self) -> None:
        now = amended(
            [
                spell("2025-01-01"),
            ],
            Change(date(2025, 1, 1), conditions("20")),
        )
        assert [(s.period, s.conditions.weekly_hours) for s in now] == [(Period(date(2025, 1, 1)), Decimal(20))]

    def test_taken_back_it_is_as_before(self) -> None:
        once = amended([spell("2025-01-01")], Change(date(2025, 7, 1), conditions("20")))
        assert amended(once, Change(date(2025, 7, 1), conditions("35"))) == (spell("2025-01-01"),)

    def test_with_an_end(self) -> None:
        now = amended([spell("2025-01-01")], Change(date(2025, 7, 1), None, date(2025, 12, 31)))
        assert [s.period for s in now] == [Period(date(2025, 1, 1), date(2025, 12, 31))]

    @pytest.mark.parametrize(
        ("change", "error", "pointer"),
        [
            (Change(date(2024, 12, 31), conditions("20")), NotEmployed, "/from"),
            (Change(date(2025, 7, 1), conditions("20"), date(2025, 6, 30)), ReversedInterval, "/end"),
        ],
    )
    def test_what_cannot_be(self, change: Change, error: type[RelaisError], pointer: str) -> None:
        with pytest.raises(error) as caught:
            amended([spell("2025-01-01")], change)
        assert caught.value.pointer == pointer

    def test_an_end_cuts_and_lengthens(self) -> None:
        both = [spell("2025-01-01", "2025-06-30"), spell("2025-07-01", "2025-12-31", conditions("20"))]
        assert [s.period.end for s in ended(both, date(2026, 3, 31))] == [date(2025, 6, 30), date(2026, 3, 31)]
        assert [s.period.end for s in ended(both, date(2025, 5, 31))] == [date(2025, 5, 31)]
        with pytest.raises(ReversedInterval):
            ended(both, date(2024, 12, 31))

    @given(st.lists(st.tuples(st.integers(0, 700), st.sampled_from(["35", "28", "20"])), max_size=6))
    def test_stretches_never_overlap_nor_leave_a_gap(self, changes: list[tuple[int, str]]) -> None:
        now: tuple[Spell, ...] = (spell("2025-01-01", "2026-12-31"),)
        for shift, hours in changes:
            now = amended(now, Change(date(2025, 1, 1) + timedelta(days=shift), conditions(hours)))
        assert (now[0].period.start, now[-1].period.end) == (date(2025, 1, 1), date(2026, 12, 31))
        assert all(b.period.follows(a.period) for a, b in pairwise(now))

    def test_conditions_that_do_not_go_together(self) -> None:
        assert checked(conditions()) == conditions()
        with pytest.raises(ConditionsRefused) as caught:
            checked(conditions(contract=ContractKind.CDI))
        assert caught.value.pointer == "/contract"
        with pytest.raises(ConditionsRefused) as caught:
            checked(Conditions(EmploymentKind.TITULAIRE, None, Decimal(35)))
        assert caught.value.pointer == "/category"


class TestLeaveChanges:
    """A leave ends earlier; it becomes longer by a renewal only."""

    def test_shortened_inside_its_first_stop(self) -> None:
        both = [entry("2026-01-01", "2026-01-31"), entry("2026-02-01", "2026-02-28")]
        assert [e.period.end for e in shortened(both, date(2026, 1, 15))] == [date(2026, 1, 15)]
        assert [e.period.end for e in shortened(both[::-1], date(2026, 2, 10))] == [
            date(2026, 1, 31),
            date(2026, 2, 10),
        ]
        assert shortened([entry("2026-01-01", None)], date(2026, 1, 15))[0].period.end == date(2026, 1, 15)

    def test_what_cannot_be(self) -> None:
        with pytest.raises(ReversedInterval):
            shortened([entry("2026-01-01", "2026-01-31")], date(2025, 12, 31))
        with pytest.raises(LeaveNotLonger):
            shortened([entry("2026-01-01", "2026-01-31")], date(2026, 2, 1))

    def test_a_renewal_takes_kind_and_employer_from_its_leave(self) -> None:
        added = Renewal(Period(date(2026, 2, 1)), paid=False, seniority_days=12).entry_of(
            [entry("2026-01-01", "2026-01-31")], ONE
        )
        assert (added.leave, added.kind, added.employer, added.paid) == (TWO, PositionKind.CMO, CITY, False)
        assert (added.seniority_days, added.as_position().kind) == (12, PositionKind.CMO)


class TestAlterations:
    """From a day on a leave was something else in truth: an ordinary one turned into a long one after the fact."""

    BOTH = (
        entry("2026-01-01", "2026-01-31", waiting_days=1, seniority_days=100),
        entry("2026-02-01", "2026-02-28"),
    )

    @pytest.mark.parametrize(
        ("since", "parts"),
        [
            ("2026-01-01", [("CLM", 1, 31, 100, None), ("CLM", 32, 59, None, None)]),
            ("2026-01-02", [("CMO", 1, 1, 100, 1), ("CLM", 2, 31, 101, None), ("CLM", 32, 59, None, None)]),
            ("2026-01-31", [("CMO", 1, 30, 100, 1), ("CLM", 31, 31, 130, None), ("CLM", 32, 59, None, None)]),
            ("2026-02-01", [("CMO", 1, 31, 100, 1), ("CLM", 32, 59, None, None)]),
            ("2026-02-28", [("CMO", 1, 31, 100, 1), ("CMO", 32, 58, None, None), ("CLM", 59, 59, None, None)]),
        ],
    )
    def test_from_its_day_on_it_is_of_the_other_kind(self, since: str, parts: list[tuple[Any, ...]]) -> None:
        found = altered(self.BOTH[::-1], Alteration(date.fromisoformat(since), PositionKind.CLM), ONE)
        days = [(e.period.start.timetuple().tm_yday, e.period.last.timetuple().tm_yday) for e in found]
        said = zip(found, days, strict=True)
        assert [(e.kind.value, *held, e.seniority_days, e.waiting_days) for e, held in said] == parts

    def test_the_part_cut_off_has_the_new_name_and_what_stays_as_it_was_is_not_cut(self) -> None:
        unpaid = altered(self.BOTH, Alteration(date(2026, 1, 10), paid=False), ONE)
        assert [(e.id, e.paid, e.waiting_days) for e in unpaid] == [
            (UUID(int=9), True, 1),
            (ONE, False, None),
            (UUID(int=9), False, None),
        ]
        assert altered(self.BOTH, Alteration(date(2026, 1, 10), paid=True), ONE) == self.BOTH

    @pytest.mark.parametrize("since", ["2025-12-31", "2026-03-01"])
    def test_a_day_outside_is_refused(self, since: str) -> None:
        with pytest.raises(OutsideLeave):
            altered(self.BOTH, Alteration(date.fromisoformat(since), PositionKind.CLM), ONE)
