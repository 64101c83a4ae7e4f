"""A month whose amount keeps changing while people pay back: what is owed is never more than what was paid too much."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kit.money import Money
from services.claims.domain.errors import MoreThanOwed
from services.claims.domain.overpayment import Owed, compensated, schedule

AMOUNTS = st.integers(0, 200_000).map(Money)


class OverpaymentMachine(RuleBasedStateMachine):
    """One month of one claim: decided again and again, paid back, given up, spread."""

    def __init__(self) -> None:
        super().__init__()
        self.due = self.highest = Money(0)
        self.owed: list[Owed] = []
        self.given = Money(0)

    @property
    def balance(self) -> Money:
        return Money.sum(one.balance for one in self.owed)

    @rule(due=AMOUNTS)
    def it_is_decided_again(self, due: Money) -> None:
        delta = due - self.due
        if delta.cents < 0:
            self.owed.append(Owed(-delta, Money(0)))
        for place, part in compensated(delta.floored_at_zero(), list(enumerate(o.balance for o in self.owed))):
            self.owed[place] = self.owed[place].less(part)
        self.due = due
        self.highest = max(self.highest, due)

    @precondition(lambda self: self.balance)
    @rule(data=st.data())
    def a_part_is_paid_back_or_given_up(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from([n for n, one in enumerate(self.owed) if one.balance]))
        amount = Money(data.draw(st.integers(1, self.owed[place].balance.cents)))
        self.owed[place] = self.owed[place].less(amount)
        self.given = self.given + amount

    @rule(more=st.integers(1, 1_000))
    def nobody_pays_back_more_than_is_owed(self, more: int) -> None:
        for one in self.owed:
            for amount in (one.balance + Money(more), Money(0)):
                with pytest.raises(MoreThanOwed):
                    one.less(amount)

    @rule(count=st.integers(1, 120))
    def a_schedule_adds_up(self, count: int) -> None:
        for one in self.owed:
            if one.balance.cents >= count:
                planned = schedule(one.balance, count, date(2026, 8, 31))
                amounts = [part.amount for part in planned]
                assert (len(planned), Money.sum(amounts)) == (count, one.balance)
                assert max(amounts) - min(amounts) < Money(count)
                assert [part.due for part in planned] == sorted({part.due for part in planned})

    @invariant()
    def what_is_owed_is_what_was_due_once_and_is_no_longer(self) -> None:
        assert Money(0) <= self.balance <= self.highest
        assert self.balance <= max(self.highest - self.due, Money(0))

    @invariant()
    def what_was_never_paid_back_nets_to_what_is_due(self) -> None:
        if not self.given:
            assert self.balance == self.highest - self.due


TestOverpaymentMachine = OverpaymentMachine.TestCase
TestOverpaymentMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
