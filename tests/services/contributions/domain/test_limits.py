"""What is exactly at a limit: of what the law says, of days that are paid, of what differs, of parts of a DSN."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kit.money import Money
from kit.period import Month
from rules.vocabulary import Guarantee, Regime
from services.contributions.domain.cover import Cover, covered_days, paid_days
from services.contributions.domain.delta import Amounts, LineKey, Position
from services.contributions.domain.dsn.difference import What
from services.contributions.domain.dsn.reading import MAX_LINES, MAX_PART_BYTES, Reader
from services.contributions.domain.lines import Lines, deltas, summed
from services.contributions.domain.owed import Owed, owed
from services.contributions.domain.treatment import information
from tests.services.contributions.dsn import files
from tests.services.contributions.dsn.test_compare import differences, held, owing
from tests.services.contributions.dsn.test_reading import parts_of
from tests.services.contributions.facts import (
    ACCORD,
    BOOK,
    CITY,
    TERMS,
    agent_file,
    lines_of,
    money,
    paid,
    period,
    span,
)

JUNE = Month(2025, 6)
AGENTS = np.array([b"a", b"b"])


@pytest.mark.parametrize(("tib", "employer", "met"), [("341.46", "7.00", True), ("340.73", "6.98", False)])
def test_a_participation_of_exactly_the_floor_meets_it(tib: str, employer: str, *, met: bool) -> None:
    """Seven euros a month (décret 2022-581): 2.05 % of 341.46 are 7.00, of 340.73 they are 6.98."""
    found = information(Regime.CNRACL, of_june(tib), {ACCORD: TERMS}, money(tib), BOOK)
    assert (str(found.employer), found.floor_met) == (employer, met)


def test_a_share_of_exactly_the_ceiling_does_not_exceed_it() -> None:
    """6 % of 47 100 by twelfths are 235.50, and 1.5 % of pay besides: a share of 265.50 on a pay of 2 000.00."""
    due = of_june("12951.22")
    found = information(Regime.CONTRACTUEL_PUBLIC, due, {ACCORD: TERMS}, money("2000.00"), BOOK)
    assert (str(found.employer), str(found.ceiling), found.ceiling_exceeded) == ("265.50", "265.50", False)
    more = information(Regime.CONTRACTUEL_PUBLIC, of_june("12951.71"), {ACCORD: TERMS}, money("2000.00"), BOOK)
    assert (str(more.employer), more.ceiling_exceeded) == ("265.51", True)


def of_june(tib: str) -> Owed:
    return owed(agent_file(paid("2025-06", tib=tib)), JUNE, {ACCORD: TERMS}, BOOK)


def test_days_of_a_month_that_are_paid_and_covered() -> None:
    timeline = (span("2025-01-01", "2025-06-01"), span("2025-06-30", "2025-07-31"), span("2025-09-01", None, "ENDED"))
    assert [covered_days(Month(2025, month), timeline) for month in (5, 6, 7, 8, 9)] == [31, 2, 31, 0, 0]
    assert [paid_days(Month(2025, month), [timeline, timeline]) for month in (6, 8, 9)] == [2, 0, 0]
    assert covered_days(JUNE, timeline, [period("2025-06-30"), period("2025-06-29")]) == 1
    assert covered_days(JUNE, timeline, []) == 0
    assert [Cover(covered, days).part for covered, days in ((0, 0), (0, 1), (1, 2), (2, 2))] == [
        Fraction(0),
        Fraction(0),
        Fraction(1, 2),
        Fraction(1),
    ]
    for covered, days in ((-1, 1), (2, 1)):
        with pytest.raises(AssertionError):
            Cover(covered, days)


def lines(*amounts: tuple[str, int, str, str]) -> Lines:
    """Lines of an agent and a month of 2025: a cent of base for each of amount, at these rates."""
    held_: dict[LineKey, Position] = {}
    for agent, month, amount, employer in amounts:
        key = LineKey(agent, Month(2025, month), ACCORD, "demo-a", Guarantee.BASE)
        one, share = money(amount), money(employer)
        held_[key] = Position(Amounts(one, one, share, one - share), TERMS.guarantees[0].rates[0].rate, False)
    return lines_of(AGENTS, held_)


def shown(found: Lines) -> list[tuple[str, str, str, str]]:
    return [(d.key.agent, str(d.key.month), str(d.amounts.amount), str(d.amounts.employer)) for d in found]


def test_what_agrees_is_no_line_and_what_differs_in_one_figure_is() -> None:
    """In the order of lines: accord, insurer, month, agent."""
    issued = lines(("a", 5, "10.00", "10.00"), ("b", 5, "10.00", "5.00"), ("a", 6, "1.00", "1.00"))
    assert len(deltas(issued, issued)) == len(deltas(lines(), lines())) == len(summed(lines())) == 0
    wanted = lines(("b", 5, "10.00", "5.01"), ("a", 5, "10.00", "10.00"), ("b", 6, "2.00", "0.00"))
    assert shown(deltas(wanted, issued)) == [
        ("b", "2025-05", "0.00", "0.01"),
        ("a", "2025-06", "-1.00", "-1.00"),
        ("b", "2025-06", "2.00", "0.00"),
    ]
    assert shown(deltas(wanted, lines())) == shown(summed(wanted))
    assert shown(deltas(lines(), issued)) == [
        ("a", "2025-05", "-10.00", "-10.00"),
        ("b", "2025-05", "-10.00", "-5.00"),
        ("a", "2025-06", "-1.00", "-1.00"),
    ]
    june = issued.of_month(JUNE)
    assert (shown(june), issued.where(issued.month > 0) is issued) == ([("a", "2025-06", "1.00", "1.00")], True)
    assert [str(m) for m in issued.months()] == ["2025-05", "2025-06"]
    assert (shown(issued.without({"a"})), issued.without(()) is issued) == ([("b", "2025-05", "10.00", "5.00")], True)
    assert issued.total == Amounts(*map(money, ("21.00", "21.00", "16.00", "5.00")))


def test_a_part_of_a_dsn_ends_where_it_is_full() -> None:
    """A part holds MAX_LINES lines, and as many bytes as it may: one more begins another, which goes on."""
    assert (MAX_LINES, MAX_PART_BYTES) == (16_384, 2_097_152)
    head = files.individual("M1")[:3]
    more = ["S21.G00.40.001,'01012020'"] * (MAX_LINES - len(head))
    for extra, sizes in ((0, [MAX_LINES]), (1, [MAX_LINES, 1])):
        found, _ = parts_of(files.written(*head, *more, *more[:extra]))
        assert [len(part.lines) for part in found] == sizes
        assert [(part.whole, part.continued) for part in found] == [(not extra, False), (True, True)][: 1 + extra]
        assert all(part.individual and not part.opens for part in found)
    line = b"x" * (MAX_PART_BYTES // 256)
    reader = Reader()
    cut = [list(reader.feed(number, line)) for number in range(1, 258)]
    assert [len(parts) for parts in cut] == [0] * 256 + [1], "the byte beyond the last that fits"
    assert [len(part.lines) for part in (*cut[-1], *reader.finish())] == [256, 1]


def test_a_second_declaration_or_establishment_begins_another_head_and_forgets_the_first() -> None:
    first, second = files.declaration(), files.declaration(month="01072025", nature="02")
    sender = files.sender()
    found, _ = parts_of(files.written(*sender, *sender, *first, *second, *files.individual("M1")))
    assert [(part.individual, part.opens) for part in found] == [
        (False, False),
        (False, True),
        (False, True),
        (True, False),
    ]
    said = [part.context for part in found[1:]]
    assert [(c.nature, str(c.month), c.siret) for c in said] == [
        ("01", "2025-06", CITY),
        ("02", "2025-07", CITY),
        ("02", "2025-07", CITY),
    ]
    again = "S21.G00.11.001,'00020'"
    found, _ = parts_of(files.written(*files.sender(), *first, again, "S21.G00.12.001,'1'"))
    assert [part.context.nic for part in found] == [CITY[9:], "00020"]
    begun, _ = parts_of(files.written(*files.sender(), *first, "S20.G00.05.001,'03'"))
    assert [(part.context.nature, part.context.month, part.context.norm) for part in begun] == [
        ("01", JUNE, "P26V01"),
        ("03", None, "P26V01"),
    ]


def test_an_individual_ends_at_the_next_and_at_a_head_and_nowhere_else() -> None:
    one = files.individual("M1")
    for end, cuts in (
        ("S21.G00.30.001,'1'", 2),
        ("S90.G00.90.001,'1'", 2),
        ("S21.G00.55.001,'1'", 2),
        ("S21.G00.40.001,'01012020'", 1),
        ("S21.G00.99.001,'1'", 1),
        ("no rubric", 1),
    ):
        found, reader = parts_of(files.written(*one, end))
        assert (len(found), reader.ended) == (cuts, end.startswith("S90")), end
    twice, _ = parts_of(files.written("S21.G00.30.019,'M1'", "S21.G00.30.019,'M2'", "S21.G00.30.020,'M2'"))
    assert [len(part.lines) for part in twice] == [1, 2], "a rubric that comes again begins a block again"


def test_components_of_a_base_are_added_up() -> None:
    """Two bases of an affiliation and month, two amounts of each: their sums are compared, at each of their rates."""
    base = ["S21.G00.78.001,'31'", "S21.G00.78.002,'01062025'", "S21.G00.78.005,'1'"]
    figures = [f"S21.G00.79.001,'{kind}'" for kind in ("10", "04")]
    lines_ = files.contribution("1000.00", "20.50")
    for start in (base, []):
        lines_ += [*start, figures[0], "S21.G00.79.004,'700.00'", figures[1], "S21.G00.79.004,'24.60'"]
        lines_ += [
            "S21.G00.81.001,'059'",
            "S21.G00.81.004,'14.35'",
            f"S21.G00.81.007,'{'2.05' if start else '2.0500'}'",
        ]
    assert differences(lines_, held(owing())) == []
    assert differences(lines_, held(owing(), owing("0.00", "0.00", base="0.00", rate="0.03"))) == [
        (What.RATE, "2.05, 2.0500", "2.05, 3")
    ]
    assert differences(lines_, held(owing("49.19", "49.21", base="2400.01"))) == [
        (What.BASE, "2400.00", "2400.01"),
        (What.AMOUNT, "49.20", "49.19"),
        (What.EMPLOYER_SHARE, "49.20", "49.21"),
    ]
    assert Money(0) == money("0.00")
