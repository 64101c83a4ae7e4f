"""The first and the last of what a column holds: days, amounts and numbers at which a month is counted otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.vocabulary import Category, Guarantee, Regime
from services.contributions.domain.agent_file import AgentFile, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.columns import (
    FOREVER,
    MILLION,
    UNSTATED,
    Table,
    column,
    contributions,
    days_within,
    half_up,
    millionths,
    spread,
    withheld,
)
from services.contributions.domain.cover import Span
from services.contributions.domain.facts import Facts
from services.contributions.domain.pay_line import PayLine, added_up
from services.contributions.domain.sheet import Sheet
from services.contributions.domain.snapshot import lines_document, read_lines
from services.contributions.domain.terms_document import read_terms
from tests.services.contributions.facts import (
    ACCORD,
    AGGLOMERATION,
    BOOK,
    CITY,
    TERMS,
    agent_file,
    document,
    elements,
    lines_of,
    money,
    paid,
    period,
    span,
)

JUNE = Month(2025, 6)
FIRST, LAST = JUNE.first.toordinal(), JUNE.last.toordinal()
THIRD = elements(tib="3000.00")
ALWAYS = (span("2025-01-01", None),)


def priced(file: AgentFile, month: Month = JUNE) -> tuple[int, dict[str, str]]:
    """How many pairs a column does not hold, and the base that each guarantee with an amount is reckoned on."""
    sheet = Sheet(Facts.of([file]), month, {ACCORD: TERMS}, BOOK)
    found = {
        one.guarantee.code.value: str(Money(int(one.figures.base[0])))
        for one in sheet.priced()
        if one.month == JUNE and one.figures.amount[0]
    }
    return len(sheet.left), found


def optional(*periods: Period, timeline: Sequence[Span] = ALWAYS) -> AgentFile:
    """Of a month of 3 000.00, each of its thirty days counts 100.00."""
    return agent_file(paid("2025-06", tib="3000.00"), timeline=timeline, elections={Guarantee.DEATH: list(periods)})


@pytest.mark.parametrize(
    ("periods", "base"),
    [
        ([period("2025-06-30")], "100.00"),
        ([period("2025-01-01", "2025-06-01")], "100.00"),
        ([period("2025-06-10", "2025-06-10")], "100.00"),
        ([period("2025-07-01")], None),
        ([period("2025-01-01", "2025-05-31")], None),
        ([period("2025-06-01", "2025-06-15"), period("2025-06-16", "2025-06-30")], "3000.00"),
        ([period("2025-06-01", "2025-06-15"), period("2025-06-15", "2025-06-16")], "1600.00"),
        ([period("2025-06-01", "2025-06-30"), period("2025-06-10", "2025-06-20")], "3000.00"),
        ([period("2025-06-01", "2025-06-10"), period("2025-06-02", "2025-06-11")], "1100.00"),
    ],
)
def test_an_option_counts_each_of_its_days_once(periods: list[Period], base: str | None) -> None:
    """Adjacent, overlapping and contained elections; those that end before the month or begin after it."""
    expected = {"BASE": "3000.00"} | ({"DEATH": base} if base else {})
    assert priced(optional(*periods)) == (0, expected)


def test_an_option_counts_on_days_that_are_covered_and_no_other() -> None:
    """Deferred days are paid, so that cover of the last day is a thirtieth; a day in common is one day."""
    late = (span("2025-01-01", "2025-06-29", "DEFERRED"), span("2025-06-30", None))
    assert priced(optional(period("2025-01-01"), timeline=late)) == (0, {"BASE": "100.00", "DEATH": "100.00"})
    assert priced(optional(period("2025-01-01", "2025-06-29"), timeline=late)) == (0, {"BASE": "100.00"})
    ended = (span("2025-01-01", "2025-06-01"), span("2025-06-02", None, "DEFERRED"))
    assert priced(optional(period("2025-06-01"), timeline=ended)) == (0, {"BASE": "100.00", "DEATH": "100.00"})
    unpaid = (span("2025-01-01", "2025-06-15"), span("2025-06-16", None, "ENDED"))
    assert priced(optional(timeline=unpaid)) == (0, {"BASE": "3000.00"}), "pay is of the days before the end"


@pytest.mark.parametrize(
    ("regime", "category", "pay", "held"),
    [
        (Regime.CNRACL, Category.C, {"ri": "10.00", "tpp": "10.00"}, True),
        (Regime.CNRACL, Category.C, {"ri": "10.00", "tpp": "10.01"}, False),
        (Regime.CNRACL, Category.C, {"ri": "10.00", "tpp": "0.00"}, True),
        (Regime.CNRACL, None, {}, True),
        (Regime.CNRACL, None, {"ri": "0.01"}, False),
        (Regime.CONTRACTUEL_PUBLIC, None, {"ri": "10.00"}, True),
        (Regime.CONTRACTUEL_PUBLIC, None, {"ri": "10.00", "tpp": "0.00"}, True),
        (Regime.CONTRACTUEL_PUBLIC, None, {"ri": "10.00", "tpp": "0.01"}, False),
    ],
)
def test_a_column_holds_the_pay_that_rules_accept(
    regime: Regime, category: Category | None, pay: dict[str, str], *, held: bool
) -> None:
    """A TPP is at most the RI, needs a category when there is RI, and only a fonctionnaire has one."""
    left, found = priced(agent_file(paid("2025-06", tib="2000.00", **pay), regime=regime, category=category))
    assert (left, "BASE" in found) == (0 if held else 1, held)


@pytest.mark.parametrize(
    ("start", "end", "regime"),
    [
        ("2025-06-30", None, Regime.CONTRACTUEL_PUBLIC),
        ("2025-07-01", None, Regime.CNRACL),
        ("2024-01-01", "2025-06-01", Regime.CONTRACTUEL_PUBLIC),
        ("2024-01-01", "2025-05-31", Regime.CNRACL),
    ],
)
def test_the_status_that_pays_is_of_an_employment_that_meets_the_month(
    start: str, end: str | None, regime: Regime
) -> None:
    """From its last day on, to its first: of two the later begun pays, and one that does not meet it pays nothing."""
    file = agent_file(paid("2025-06", tib="2000.00", ri="100.00"))
    other = Employment("e2", period(start, end), Status(Regime.CONTRACTUEL_PUBLIC, None))
    both = AgentFile(file.employer, file.agent, (*file.employments, other), file.affiliations, {}, file.pay)
    base = "2086.08" if regime is Regime.CNRACL else "2100.00"
    assert both.status_in(JUNE, None) == (other.status if regime is not Regime.CNRACL else file.employments[0].status)
    assert priced(both) == (0, {"BASE": base}), "an RI of 100.00 less the TPP of 13.92, or whole"


def test_months_after_the_last_are_not_of_a_run() -> None:
    file = agent_file(paid("2025-06", tib="3000.00"), paid("2025-07", tib="3000.00"))
    sheet = Sheet(Facts.of([file]), JUNE, {ACCORD: TERMS}, BOOK)
    assert {one.month for one in sheet.priced()} == {JUNE}
    assert priced(file, JUNE.previous()) == (0, {})


def test_figures_of_a_column() -> None:
    """Halves go up; a rate is exact to the millionth; an amount that was not stated is none."""
    assert half_up(column([0, 1, 2, 3, 4, 5, 6]), 4).tolist() == [0, 0, 1, 1, 1, 1, 2]
    assert half_up(column([1, 3, 1, 2]), column([2, 2, 3, 3])).tolist() == [1, 2, 0, 1]
    assert (1_000_000, np.iinfo(np.int64).min, date.max.toordinal()) == (MILLION, UNSTATED, FOREVER)
    assert [millionths(Rate.parse(rate)) for rate in ("0.000001", "1")] == [1, 1_000_000]
    ri, stated = column([2, 1, 0, 5]), column([UNSTATED, UNSTATED, UNSTATED, 0])
    assert withheld(ri, stated, 3, column([500_000] * 4)).tolist() == [2, 1, 0, 0], "1.5 is 2, at most the RI"
    one, none = column([1]), column([0])
    assert contributions(column([300]), none, none, MILLION, 0).base.tolist() == [0], "no day is paid"
    found = contributions(column([3]), one, column([2]), 500_000, 500_000)
    assert [c.tolist() for c in (found.base, found.amount, found.employer, found.agent)] == [[2], [1], [1], [0]]


def test_days_are_those_of_the_agents_own_periods() -> None:
    """Agents without any, before, between and after those with some; a day is within where it begins or ends."""
    periods: Table = {
        "agent": column([1, 1, 3]),
        "start": column([FIRST - 9, LAST, LAST + 1]),
        "end": column([FIRST, LAST + 9, LAST + 2]),
    }
    agents = column([0, 1, 1, 2, 3, 4])
    first = column([FIRST, FIRST, FIRST + 1, FIRST, FIRST, FIRST])
    last = column([LAST, LAST, LAST - 1, LAST, LAST, LAST])
    assert days_within(agents, first, last, periods).tolist() == [0, 2, 0, 0, 0, 0]
    left, right = spread(agents, periods["agent"])
    assert (left.tolist(), right.tolist()) == ([1, 1, 2, 2, 4], [0, 1, 0, 1, 2])
    nothing = {name: column(()) for name in periods}
    assert days_within(agents, first, last, nothing).tolist() == [0] * 6
    assert days_within(column(()), column(()), column(()), periods).tolist() == []


def test_employments_that_pay_the_same_share_pay_it_together() -> None:
    """Whether or not they have a traitement; of different ones, each weighs its full traitement."""
    half, none, whole = Rate.parse("0.5"), Rate.parse("0"), Rate.parse("1")

    def together(*paid_: tuple[str, Rate | None]) -> Rate | None:
        return added_up([PayLine(JUNE, 1, elements(tib=tib), share_of_pay=share) for tib, share in paid_]).share_of_pay

    assert together(("0.00", half), ("0.00", half)) == half
    assert together(("0.00", None), ("10.00", None)) is None
    assert together(("500.00", half), ("1000.00", whole)) == Rate.parse("0.75")
    assert together(("500.00", half), ("1000.00", None)) == Rate.parse("0.75")
    assert together(("500.00", half), ("1000.00", none)) == half, "what pays nothing weighs nothing"
    assert together(("0.00", half), ("0.00", whole)) == whole
    alone = PayLine(JUNE, 1, THIRD, employment="e1", gross=money("9.00"))
    assert added_up([alone]) is alone
    with_gross = added_up([alone, PayLine(JUNE, 1, THIRD)])
    assert (with_gross.gross, with_gross.pay.tib, with_gross.employment) == (money("3009.00"), money("6000.00"), None)
    assert added_up([PayLine(JUNE, 1, THIRD, paid_in=JUNE.next())]).pay.tpp == Money(0), "a rappel alone owes no TPP"


@pytest.mark.parametrize("top", [1, 9, 10, 11, 99, 100, 101, 2**62])
def test_columns_are_written_as_their_numbers(top: int) -> None:
    empty = lines_of(np.array([b"a"]), {})
    values = [0, top, top - 1, 7, top]
    one = column([0] * len(values))
    written = lines_document(
        type(empty)(empty.agents, (), one, one, one, column(values), -column(values), column([top] * 5))
    )
    assert written["base"] == " ".join(map(str, values))
    assert written["amount"] == " ".join(str(-value) for value in values)
    assert written["employer"] == str(top)
    again = read_lines(empty.agents, written)
    assert (again.base.tolist(), again.amount.tolist(), again.employer.tolist()) == (
        values,
        [-value for value in values],
        [top] * 5,
    )


def test_what_an_accord_says_of_one_employer_is_not_for_another() -> None:
    """Two years of two employers, one of which has half the rate: each month is of its own employer's group."""
    raw = document()
    base = next(one for one in raw["guarantees"] if one["code"] == "BASE")
    half = {**base, "rates": [{**base["rates"][0], "rate": "0.01"}]}
    raw["exceptions"] = [{"employer": AGGLOMERATION, "from": "2025-01-01", "to": None, "guarantees": [half]}]
    city = agent_file(*(paid(f"{2025 + n // 12}-{1 + n % 12:02d}", tib="3000.00") for n in range(24)))
    facts = Facts.of([replace(city, employer=AGGLOMERATION, agent="b"), city])
    sheet = Sheet(facts, Month(2026, 12), {ACCORD: read_terms(raw)}, BOOK)
    found = [
        (facts.employers[facts.owner[agent]], one.month, int(amount))
        for one in sheet.priced()
        if one.guarantee.code is Guarantee.BASE
        for agent, amount in zip(one.agent.tolist(), one.figures.amount.tolist(), strict=True)
    ]
    assert sorted(found) == sorted(
        (employer, Month(2025, 1).plus(n), cents)
        for employer, cents in ((CITY, 6_150), (AGGLOMERATION, 3_000))
        for n in range(24)
    )
