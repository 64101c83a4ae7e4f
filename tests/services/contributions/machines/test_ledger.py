"""The ledger as a state machine: facts of two agents change at random while runs, releases and closings take place.

Whatever the history, the lines issued tell the truth of the last run, nothing issued is edited, nothing beyond a bound
goes out unseen, and a closed month issues nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from rules.pay import PayElements
from rules.vocabulary import Category, Guarantee, Regime
from services.contributions.adapters import parking
from services.contributions.adapters.parking import Parked
from services.contributions.application.park import Sifted, sift
from services.contributions.domain.agent_file import Affiliation, AgentFile, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.bounds import Bounds, of_agents
from services.contributions.domain.cover import Span
from services.contributions.domain.delta import Amounts, Delta, LineKey, Position
from services.contributions.domain.lines import Lines
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.run import drafts
from services.contributions.domain.terms_document import read_terms
from tests.services.contributions.facts import ACCORD, BOOK, CITY, assessed, inputs, period, revised
from tests.services.contributions.test_properties import MONTHS, elections, patient, pay_lines, rates, sums, timelines
from tests.services.contributions.world import NOW

AGENTS = ("a", "b")
# Tight enough for random pay to be beyond them now and then.
STRICT = BOOK.replacing("contributions.bound.agent_month", "80.00").replacing("contributions.bound.agent_run", "200.00")
agents = st.sampled_from(AGENTS)
months = st.sampled_from(MONTHS)


def file_of(agent: str) -> AgentFile:
    status = Status(Regime.CNRACL, Category.C)
    return AgentFile(CITY, agent, (Employment("e1", period("2020-01-01"), status),), (), {}, ())


class Ledger(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.files = {agent: file_of(agent) for agent in AGENTS}
        self.document = revised("BASE")
        self.lines: list[Delta] = []
        self.statements: list[Amounts] = []
        self.issued: dict[LineKey, Position] = {}
        self.standing: list[Parked] = []
        self.closed: Month | None = None
        self.sealed: list[Delta] = []

    def change(self, agent: str, **facts: Any) -> None:
        self.files[agent] = replace(self.files[agent], **facts)

    @rule(data=st.data(), agent=agents, month=months)
    def receive_pay(self, data: st.DataObject, agent: str, month: Month) -> None:
        kept = [line for line in self.files[agent].pay if line.month != month or line.paid_in]
        self.change(agent, pay=[*kept, data.draw(pay_lines(month))])

    @rule(agent=agents, month=months, tib=st.integers(-50_000, 50_000).map(Money))
    def receive_rappel(self, agent: str, month: Month, tib: Money) -> None:
        kept = [line for line in self.files[agent].pay if line.month != month or not line.paid_in]
        rappel = PayLine(month, 1, PayElements(tib=tib), paid_in=month.next())
        self.change(agent, pay=[*kept, rappel])

    @rule(agent=agents, timeline=timelines())
    def move_cover(self, agent: str, timeline: tuple[Span, ...]) -> None:
        self.change(agent, affiliations=(Affiliation(ACCORD, timeline),))

    @rule(agent=agents, chosen=elections())
    def choose_options(self, agent: str, chosen: dict[Guarantee, list[Any]]) -> None:
        self.change(agent, elections=chosen)

    @rule(rate=st.sampled_from(["0.0205", "0.0100"]), share=rates)
    def revise_the_accord(self, rate: str, share: Any) -> None:
        self.document = revised("BASE", {"rate": rate, "employer_share": str(share.value)})

    @rule(month=months)
    def run_up_to(self, month: Month) -> None:
        if self.closed is not None and month <= self.closed:
            return
        self.settle(month)

    @rule(month=months)
    def close(self, month: Month) -> None:
        if self.closed is None or month > self.closed:
            sifted = self.settle(month)
            self.closed = self.closed if sifted.parked else month

    @rule()
    def release(self) -> None:
        self.standing = [replace(one, state=parking.RELEASED) for one in self.standing]

    def settle(self, month: Month) -> Sifted:
        """A run, as the use case puts it together; the law of what it leaves is checked on the way."""
        terms = {ACCORD: read_terms(self.document)}
        files = list(self.files.values())
        found = assessed(files, month, terms, self.issued, BOOK)
        sifted = sift(inputs(files, month, self.issued), found.deltas, self.standing, STRICT)
        released = {one.breach for one in self.standing if one.state == parking.RELEASED}
        assert set(of_agents(sifted.deltas, Bounds.at(month, STRICT))) <= released
        new = [b for b in sifted.parked if b not in {one.breach for one in self.standing}]
        kept = [one for one in self.standing if one.breach in sifted.found and one.id not in sifted.released]
        self.standing = [*kept, *(Parked(new_id(), CITY, month, b, parking.OPEN, NOW) for b in new)]
        self.issue(sifted.deltas)
        if not sifted.parked:
            self.tells_the_truth(month, {(one.agent, one.month) for one in found.held})
        return sifted

    def issue(self, deltas: Lines) -> None:
        self.sealed = list(self.lines)
        self.lines += deltas
        self.statements += [draft.total for draft in drafts(deltas)]
        for delta in deltas:
            before = self.issued.get(delta.key)
            amounts = delta.amounts + (before.amounts if before else Amounts.zero())
            self.issued[delta.key] = Position(amounts, delta.rate, delta.unresolved)

    def tells_the_truth(self, month: Month, held: set[tuple[str, Month]]) -> None:
        """Run on an empty ledger, the same facts owe what is issued, but for months that are held."""
        fresh = assessed(list(self.files.values()), month, {ACCORD: read_terms(self.document)}, {}, BOOK)
        owed = {delta.key: delta.amounts for delta in fresh.deltas}
        due = {k: a for k, a in sums(self.issued).items() if k.month <= month and (k.agent, k.month) not in held}
        assert due == owed

    @invariant()
    def lines_add_up_to_statements_and_to_what_is_issued(self) -> None:
        assert Amounts.sum(self.statements) == Amounts.sum(delta.amounts for delta in self.lines)
        assert Amounts.sum(p.amounts for p in self.issued.values()) == Amounts.sum(d.amounts for d in self.lines)

    @invariant()
    def shares_add_up_on_every_line(self) -> None:
        assert all(d.amounts.employer + d.amounts.agent == d.amounts.amount for d in self.lines)

    @invariant()
    def nothing_issued_is_edited(self) -> None:
        assert self.lines[: len(self.sealed)] == self.sealed

    @invariant()
    def nothing_is_owed_below_zero(self) -> None:
        assert all(p.amounts.amount >= Money(0) for p in self.issued.values())


Ledger.TestCase.settings = settings(patient, max_examples=max(60, settings().max_examples), stateful_step_count=20)
TestLedger: Any = Ledger.TestCase
