"""What holds for every history of pay, cover and options."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, Regime
from services.contributions.domain.agent_file import Affiliation, AgentFile, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.cover import Cover, Span, covered_days, paid_days
from services.contributions.domain.delta import Amounts, LineKey, Position
from services.contributions.domain.facts import Facts
from services.contributions.domain.line import contribution
from services.contributions.domain.owed import owed
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.replay import replayed, snapshot_of
from services.contributions.domain.run import drafts
from services.contributions.domain.snapshot import facts_document
from services.contributions.domain.terms import DatedRate, GuaranteeTerms
from tests.services.contributions.facts import ACCORD, BOOK, CITY, TERMS, assessed, document, inputs, period

# A busy machine makes examples slow, not wrong.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIRST, LAST = Month(2025, 1), Month(2025, 6)
MONTHS = [FIRST.plus(n) for n in range(6)]
money = st.integers(0, 600_000).map(Money)
rates = st.decimals(0, 1, places=6).map(Rate)
days = st.dates(date(2024, 12, 1), date(2025, 7, 31))


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Span, ...]:
    """Outcomes one after another from a day on, the last without end."""
    day = draw(days)
    spans = []
    for outcome in draw(st.lists(st.sampled_from(AffiliationOutcome), min_size=1, max_size=4)):
        end = day + timedelta(days=draw(st.integers(0, 70)))
        spans.append(Span(Period(day, end), outcome))
        day = end + timedelta(days=1)
    return (*spans, Span(Period(day, None), draw(st.sampled_from(AffiliationOutcome))))


@st.composite
def elections(draw: st.DrawFn) -> dict[Guarantee, list[Period]]:
    chosen = draw(st.sets(st.sampled_from(sorted(set(Guarantee) - {Guarantee.BASE}))))
    return {code: [Period(draw(days), None)] for code in sorted(chosen)}


@st.composite
def pay_lines(draw: st.DrawFn, month: Month) -> PayLine:
    ri = draw(money)
    tpp = draw(st.none() | st.integers(0, ri.cents).map(Money))
    share = draw(st.none() | st.just(Rate.parse("0.5")))
    return PayLine(
        month, 1, PayElements(tib=draw(money), nbi=draw(money), ri=ri, sft=draw(money), tpp=tpp), None, share
    )


@st.composite
def files(draw: st.DrawFn, agent: str = "a") -> AgentFile:
    months = draw(st.lists(st.sampled_from(MONTHS), unique=True))
    return AgentFile(
        employer=CITY,
        agent=agent,
        employments=(Employment("e1", period("2020-01-01"), Status(Regime.CNRACL, draw(st.sampled_from(Category)))),),
        affiliations=(Affiliation(ACCORD, draw(timelines())),),
        elections=draw(elections()),
        pay=[draw(pay_lines(month)) for month in months],
    )


def issue(issued: Mapping[LineKey, Position], file: AgentFile, last: Month = LAST) -> dict[LineKey, Position]:
    """What is issued after a run."""
    after = dict(issued)
    for delta in assessed([file], last, {ACCORD: TERMS}, issued, BOOK).deltas:
        before = after.get(delta.key)
        amounts = delta.amounts + (before.amounts if before else Amounts.zero())
        after[delta.key] = Position(amounts, delta.rate, delta.unresolved)
    return after


def sums(issued: Mapping[LineKey, Position]) -> dict[LineKey, Amounts]:
    """What is due, without the keys taken back to zero."""
    return {key: position.amounts for key, position in issued.items() if position.amounts}


@patient
@given(base=money, rate=rates, share=rates)
def test_shares_add_up_to_the_amount_and_stay_within_it(base: Money, rate: Rate, share: Rate) -> None:
    dated = DatedRate(period("2025-01-01"), None, rate, share, "")
    guarantee = GuaranteeTerms(Guarantee.BASE, True, frozenset(Regime), False, (dated,), "")
    line = contribution(base, guarantee, dated)
    assert line.employer + line.agent == line.amount
    assert Money(0) <= line.employer <= line.amount
    assert abs(2 * line.amount.cents - 2 * base.cents * rate.value) <= 1


@patient
@given(timeline=timelines(), month=st.sampled_from(MONTHS))
def test_days_covered_are_days_paid(timeline: Sequence[Span], month: Month) -> None:
    cover = Cover(covered_days(month, timeline), paid_days(month, [timeline]))
    assert 0 <= cover.part <= 1
    assert cover.paid <= month.period().days


@patient
@given(timeline=timelines(), month=st.sampled_from(MONTHS), cut=days)
def test_the_parts_of_an_election_add_up(timeline: Sequence[Span], month: Month, cut: date) -> None:
    before, after = Period(date(2020, 1, 1), cut), Period(cut + timedelta(days=1), None)
    whole = covered_days(month, timeline)
    assert covered_days(month, timeline, [before]) + covered_days(month, timeline, [after]) == whole
    assert covered_days(month, timeline, [after, before, before]) == whole


@patient
@given(file=files(), month=st.sampled_from(MONTHS))
def test_nothing_is_owed_beyond_the_pay_at_the_accords_rates(file: AgentFile, month: Month) -> None:
    found = owed(file, month, {ACCORD: TERMS}, BOOK)
    paid = Money.sum(line.pay.tib + line.pay.nbi + line.pay.ri for line in file.pay if line.month == month)
    for due in found.dues:
        assert Money(0) < due.line.amount <= due.line.base <= paid
        assert due.line.agent == Money(0)
    assert [d.line.guarantee for d in found.dues] == [
        g for g in Guarantee if g in {d.line.guarantee for d in found.dues}
    ]


@patient
@given(file=files(), seed=st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(file: AgentFile, seed: random.Random) -> None:
    shuffled = replace(
        file,
        pay=seed.sample(file.pay, len(file.pay)),
        affiliations=[
            Affiliation(a.agreement, tuple(seed.sample(a.timeline, len(a.timeline)))) for a in file.affiliations
        ],
    )
    assert sums(issue({}, shuffled)) == sums(issue({}, file))
    assert facts_document(Facts.of([shuffled])) == facts_document(Facts.of([file]))


@patient
@given(file=files())
def test_a_run_twice_issues_once(file: AgentFile) -> None:
    once = issue({}, file)
    assert len(assessed([file], LAST, {ACCORD: TERMS}, once, BOOK).deltas) == 0


@patient
@given(file=files(), other=files())
def test_a_change_undone_nets_to_nothing(file: AgentFile, other: AgentFile) -> None:
    """Any change of cover, options or pay of the same months, then back."""
    changed = replace(
        other,
        employments=file.employments,
        pay=[replace(line, pay=replace(line.pay, tib=line.pay.tib + Money(1_000))) for line in file.pay],
    )
    once = issue({}, file)
    assert sums(issue(issue(once, changed), file)) == sums(once)


@patient
@given(file=files(), other=files())
def test_month_by_month_or_all_at_once_the_sums_are_the_same(file: AgentFile, other: AgentFile) -> None:
    """A history of runs on facts that still change, then the last run on the facts as they are."""
    issued: dict[LineKey, Position] = {}
    for month in MONTHS:
        early = replace(other, pay=[line for line in file.pay if line.month <= month])
        issued = issue(issued, early, month)
    assert sums(issue(issued, file)) == sums(issue({}, file))


@patient
@given(file=files(), other=files())
def test_a_run_is_replayed_from_its_snapshot_to_the_byte(file: AgentFile, other: AgentFile) -> None:
    issued = issue({}, replace(other, pay=file.pay))
    recorder = BOOK.recorder()
    found = assessed([file], LAST, {ACCORD: TERMS}, issued, recorder)
    given_it = inputs([file], LAST, issued, document())
    snapshot = snapshot_of(given_it, found.deltas, recorder.snapshot())
    assert replayed(snapshot).bytes() == snapshot.bytes()


@patient
@given(file=files(), other=files("b"))
def test_statements_hold_every_line_once_and_sum_them(file: AgentFile, other: AgentFile) -> None:
    deltas = assessed([file, other], LAST, {ACCORD: TERMS}, {}, BOOK).deltas
    found = drafts(deltas)
    assert sorted((d for draft in found for d in draft.deltas), key=lambda d: d.key.order) == list(deltas)
    for draft in found:
        assert Amounts.sum(draft.by_guarantee.values()) == draft.total
