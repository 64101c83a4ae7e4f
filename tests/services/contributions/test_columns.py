"""The columns and the rule for one agent give the same cents, for every pay, cover, option and accord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import Category, Guarantee, Regime
from services.contributions.domain.agent_file import Affiliation, AgentFile, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.columns import UNSTATED, column, contributions, millionths, withheld
from services.contributions.domain.delta import desired
from services.contributions.domain.facts import Facts
from services.contributions.domain.owed import owed
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.sheet import Sheet
from services.contributions.domain.snapshot import facts_document, read_facts
from services.contributions.domain.terms import Terms
from services.contributions.domain.terms_document import read_terms
from tests.services.contributions.facts import (
    ACCORD,
    BOOK,
    CITY,
    TERMS,
    assessed,
    document,
    elements,
    period,
    revised,
    span,
)
from tests.services.contributions.test_properties import MONTHS, days, elections, money, patient, rates, timelines

STATUSES = [Status(Regime.CNRACL, category) for category in Category] + [
    Status(Regime.IRCANTEC_FONCTIONNAIRE, None),
    Status(Regime.CONTRACTUEL_PUBLIC, None),
    Status(Regime.PRIVATE_LAW, None),
]
NOTHING: Any = {}


@st.composite
def accords(draw: st.DrawFn) -> Terms:
    """The demo accord with other rates, shares, dates and bases."""
    accord = document()
    for guarantee in accord["guarantees"]:
        first = guarantee["rates"][0] | {"rate": str(draw(rates).value), "employer_share": str(draw(rates).value)}
        later = first | {"from": draw(days).isoformat(), "rate": str(draw(rates).value)}
        guarantee["rates"] = [first, later] if draw(st.booleans()) else [later]
    for base in accord["contribution_base"]:
        base["tpp"] = draw(st.sampled_from(["AFTER", None]))
    return read_terms(accord)


@st.composite
def lines(draw: st.DrawFn) -> PayLine:
    """Pay that rules may refuse, of one or several employments, with rappels that may take back."""
    month = draw(st.sampled_from(MONTHS))
    amounts = {name: draw(money) for name in ("tib", "nbi", "ri", "sft", "other")}
    return PayLine(
        month=month,
        version=1,
        pay=PayElements(**amounts, tpp=draw(st.none() | st.integers(0, 3_000).map(Money))),
        employment=draw(st.sampled_from([None, "e1", "e2"])),
        share_of_pay=draw(st.none() | rates),
        gross=draw(st.none() | money),
        paid_in=draw(st.sampled_from([None, None, month.next()])),
    )


@st.composite
def files(draw: st.DrawFn, agent: str) -> AgentFile:
    """Files with everything that may be missing, unusual or contradictory."""
    employments = [Employment(e, period("2020-01-01"), draw(st.sampled_from(STATUSES))) for e in ("e1", "e2")]
    moved = Employment("e1", Period(draw(days), None), draw(st.sampled_from(STATUSES)))
    return AgentFile(
        employer=CITY,
        agent=agent,
        employments=draw(st.sampled_from([(), employments[:1], employments, [*employments[:1], moved]])),
        affiliations=draw(st.lists(timelines().map(lambda t: Affiliation(ACCORD, t)), max_size=1)),
        elections=draw(elections()),
        pay=draw(st.lists(lines(), max_size=5)),
    )


def one_by_one(file: AgentFile, terms: Terms) -> tuple[dict[Any, Any], set[tuple[Month, str]]]:
    """What `owed` says of each month with pay, and the months it holds."""
    found: dict[Any, Any] = {}
    held: set[tuple[Month, str]] = set()
    for month in {line.month for line in file.pay}:
        result = owed(file, month, {ACCORD: terms}, BOOK)
        if result.held is None:
            found |= desired(file.agent, month, result.dues)
        else:
            held.add((month, result.held))
    return found, held


@patient
@given(file=files("a"), other=files("b"), accord=accords())
def test_columns_and_the_rule_for_one_agent_give_the_same_cents(
    file: AgentFile, other: AgentFile, accord: Terms
) -> None:
    wanted, held = one_by_one(file, accord)
    theirs, _ = one_by_one(other, accord)
    found = assessed([file, other], MONTHS[-1], {ACCORD: accord}, {}, BOOK)
    assert {d.key: (d.amounts, d.rate, d.unresolved) for d in found.deltas} == {
        key: (p.amounts, p.rate, p.unresolved) for key, p in (wanted | theirs).items()
    }
    assert {(one.month, one.reason) for one in found.held if one.agent == "a"} == held


@patient
@given(base=st.integers(0, 10**11), rate=rates, share=rates, covered=st.integers(0, 31), more=st.integers(0, 31))
@example(base=10**11, rate=Rate.parse("9.999999"), share=Rate.parse("0.5"), covered=31, more=0)
@example(base=30, rate=Rate.parse("0.05"), share=Rate.parse("0.5"), covered=1, more=0)
def test_a_row_is_rounded_as_money_is(base: int, rate: Rate, share: Rate, covered: int, more: int) -> None:
    paid = covered + more
    found = contributions(column([base]), column([covered]), column([paid]), millionths(rate), millionths(share))
    part = Money(base * covered) if paid == 0 else Money((2 * base * covered + paid) // (2 * paid))
    amount = part * rate
    employer = amount * share
    assert [int(c[0]) for c in (found.base, found.amount, found.employer, found.agent)] == [
        part.cents,
        amount.cents,
        employer.cents,
        (amount - employer).cents,
    ]


def test_the_tpp_of_a_column_is_reduced_and_capped() -> None:
    ri, stated = column([30_000, 1_000, 30_000, 30_000]), column([UNSTATED, UNSTATED, 500, UNSTATED])
    share = column([1_000_000, 1_000_000, 1_000_000, 500_000])
    assert withheld(ri, stated, 1_392, share).tolist() == [1_392, 1_000, 500, 696]


def plain(**changes: Any) -> AgentFile:
    employments = (Employment("e1", period("2020-01-01"), Status(Regime.CNRACL, Category.C)),)
    covered = (Affiliation(ACCORD, (span("2025-01-01", None),)),)
    pay = (PayLine(Month(2025, 6), 1, elements(tib="2000.00", ri="100.00")),)
    return replace(AgentFile(CITY, "a", employments, covered, NOTHING, pay), **changes)


def test_an_ordinary_month_is_taken_by_the_sheet() -> None:
    """What is ordinary goes through columns: were it left to one-by-one, nobody would see but the clock."""
    optional = plain(agent="c", elections={Guarantee.DEATH: [Period(period("2025-06-16").start, None)]})
    late = plain(agent="b", affiliations=(Affiliation(ACCORD, (span("2025-06-10", None),)),))
    by_name = plain(agent="d", pay=(replace(plain().pay[0], employment="e1"),))
    facts = Facts.of([optional, late, plain(), by_name])
    sheet = Sheet(facts, Month(2025, 6), {ACCORD: TERMS}, BOOK)
    assert sheet.left.tolist() == []
    shown = [
        (facts.agents[agent].decode(), priced.guarantee.code, str(Money(amount)))
        for priced in sheet.priced()
        for agent, amount in zip(priced.agent.tolist(), priced.figures.amount.tolist(), strict=True)
        if amount
    ]
    assert sorted(shown) == [
        ("a", "BASE", "42.76"),
        ("b", "BASE", "42.76"),
        ("c", "BASE", "42.76"),
        ("c", "DEATH", "2.09"),
        ("d", "BASE", "42.76"),
    ]


def test_a_column_takes_the_tpp_from_a_base_that_has_the_ri_and_where_the_accord_says_so() -> None:
    """Art. 5.2, rulebook S7: 2.05 % of 2 000.00 and of an RI of 100.00, less 13.92 (category C)."""
    for elements_, tpp, amount in (
        (["TIB", "NBI", "RI"], "AFTER", "42.76"),
        (["TIB", "NBI", "RI"], None, "43.05"),
        (["TIB", "NBI"], "AFTER", "41.00"),
    ):
        raw = document()
        raw["contribution_base"][0].update(elements=elements_, tpp=tpp)
        accord = {ACCORD: read_terms(raw)}
        sheet = Sheet(Facts.of([plain()]), Month(2025, 6), accord, BOOK)
        assert [str(Money(int(one.figures.amount[0]))) for one in sheet.priced() if one.figures.amount[0]] == [amount]
        assert [str(due.line.amount) for due in owed(plain(), Month(2025, 6), accord, BOOK).dues] == [amount]


def test_what_a_column_cannot_hold_is_left_alone() -> None:
    def left(file: AgentFile, terms: Mapping[str, Terms]) -> int:
        return len(Sheet(Facts.of([file]), Month(2025, 6), terms, BOOK).left)

    rappel = (PayLine(Month(2025, 6), 1, elements(tib="1.00"), paid_in=Month(2025, 7)),)
    refused = (PayLine(Month(2025, 6), 1, elements(tib="1.00", ri="1.00", tpp="2.00")),)
    two = (*plain().affiliations, Affiliation("other", ()))
    unpriced = read_terms(revised("DEATH", {"from": "2026-01-01"}))
    assert Facts.of([plain(affiliations=two)]).file(0).affiliations == list(two), "an accord with no day yet is one"
    for file in (plain(pay=rappel), plain(pay=refused), plain(affiliations=two), plain(employments=())):
        assert left(file, {ACCORD: TERMS}) == 1
    assert left(plain(), {ACCORD: unpriced}) == left(plain(), {}) == 1


@patient
@given(file=files("b"), other=files("a"))
def test_a_file_is_the_same_in_columns_and_as_an_object(file: AgentFile, other: AgentFile) -> None:
    facts = Facts.of([file, other])
    again = Facts.of([facts.file(1), facts.file(0)])
    assert facts_document(again) == facts_document(facts) == facts_document(read_facts(CITY, facts_document(facts)))
    for month in MONTHS:
        assert owed(facts.file(1), month, {ACCORD: TERMS}, BOOK) == owed(file, month, {ACCORD: TERMS}, BOOK)
