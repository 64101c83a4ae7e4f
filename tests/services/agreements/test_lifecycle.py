"""The life of an accord: any sequence of steps leaves it in a state that the law knows."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kit.period import Period
from services.agreements.domain.errors import IllegalStep
from services.agreements.domain.lifecycle import Status, in_force, step

EFFECT = Period(date(2025, 1, 1))


class Life(RuleBasedStateMachine):
    """Steps in any order; the model is how many were taken."""

    def __init__(self) -> None:
        super().__init__()
        self.status = Status.DRAFT
        self.taken = 0

    @rule(wanted=st.sampled_from(Status))
    def take(self, wanted: Status) -> None:
        ladder = list(Status)
        legal = self.taken + 1 < len(ladder) and ladder[self.taken + 1] is wanted
        try:
            self.status = step(self.status, wanted)
        except IllegalStep:
            assert not legal
        else:
            assert legal
            self.taken += 1

    @invariant()
    def only_a_published_accord_binds(self) -> None:
        published = self.taken == len(Status) - 1
        assert in_force(self.status, EFFECT, EFFECT.start) is published
        assert not in_force(self.status, EFFECT, date(2024, 12, 31))


TestLife = Life.TestCase


def test_published_after_its_effect_it_binds_from_its_effect() -> None:
    """Rulebook S13: the accord is of February and takes effect on 1 January."""
    assert in_force(Status.PUBLISHED, EFFECT, date(2025, 1, 1))
