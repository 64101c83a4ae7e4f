"""A claim in the hands of people who try everything: no step leads where it must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kit.errors import RelaisError
from kit.money import Money
from services.claims.domain.claim_life import REASONS, Attempt, Life, Reason, Stage, Step, revised, taken

THRESHOLD: Final = Money(500_000)
PEOPLE: Final = st.sampled_from(["marie", "paul"])
DUE: Final = st.sampled_from([Money(0), Money(99_711), Money(499_999), Money(500_000), Money(900_000)])
DOCUMENTS: Final = st.frozensets(st.sampled_from(["LEAVE_ORDER", "BANK_DETAILS"]))


class ClaimMachine(RuleBasedStateMachine):
    """What people do, in any order, while what is due, what is missing and what the facts support keep changing."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()
        self.due, self.missing, self.supported = Money(0), frozenset[str](), True
        self.path = [Stage.DETECTED]
        self.signed: tuple[str, str] | None = None

    @rule(due=DUE, corrected=st.booleans())
    def the_facts_change_what_is_due(self, due: Money, *, corrected: bool) -> None:
        """Of months decided before (`corrected`), or by months that come after them."""
        if due != self.due:
            self.due = due
            self.now(revised(self.life, corrected=corrected))
            assert self.life.stage not in {Stage.PROPOSED, Stage.CLOSED} | ({Stage.APPROVED} if corrected else set())

    @rule(missing=DOCUMENTS)
    def documents_come_and_go(self, missing: frozenset[str]) -> None:
        self.missing = missing

    @rule(supported=st.booleans())
    def the_facts_support_it_or_not(self, *, supported: bool) -> None:
        self.supported = supported

    @rule(step=st.sampled_from(Step), by=PEOPLE, reason=st.one_of(st.none(), st.sampled_from(Reason)))
    def somebody_tries_a_step(self, step: Step, by: str, reason: Reason | None) -> None:
        attempt = Attempt(step, by, self.due, THRESHOLD, reason, self.missing, self.supported)
        before = self.life
        try:
            after = taken(before, attempt)
        except RelaisError:
            return
        assert step in before.steps(), "what is done was announced as possible"
        assert (reason is not None) == (step in REASONS)
        if step is Step.PROPOSE:
            assert not self.missing
            assert self.due
        if step is Step.APPROVE:
            self.signed = (str(before.proposed_by), by)
        self.now(after)

    @rule(by=PEOPLE, reason=st.sampled_from(sorted(REASONS[Step.REFUSE])))
    def the_usual_way(self, by: str, reason: Reason) -> None:
        """Whatever the stage, the next step of the main road; a claim that is stuck is refused."""
        main = (Step.DECLARE, Step.PROPOSE, Step.APPROVE, Step.REVIEW)
        step = next((one for one in main if one in self.life.steps()), None)
        if step is not None:
            self.somebody_tries_a_step(step, by, None)
        elif Step.CLOSE in self.life.steps():
            self.somebody_tries_a_step(Step.CLOSE, by, Reason.BACK_TO_WORK)
        else:
            self.somebody_tries_a_step(Step.REFUSE, by, reason)

    def now(self, life: Life) -> None:
        if life.stage is not self.life.stage:
            self.path.append(life.stage)
        self.life = life

    @invariant()
    def two_people_sign_above_the_threshold(self) -> None:
        if self.life.stage is Stage.APPROVED and self.signed and self.life.proposed_amount is not None:
            proposed, approved = self.signed
            assert self.life.proposed_amount < THRESHOLD or proposed != approved

    @invariant()
    def what_is_approved_was_proposed_and_what_is_proposed_was_reviewed(self) -> None:
        for before, after in zip(self.path, self.path[1:], strict=False):
            if after is Stage.APPROVED:
                assert before is Stage.PROPOSED
            if after is Stage.PROPOSED:
                assert before is Stage.UNDER_REVIEW
            if after is Stage.CLOSED:
                assert before in (Stage.APPROVED, Stage.REFUSED)

    @invariant()
    def a_claim_is_never_stuck(self) -> None:
        assert self.life.steps()

    @invariant()
    def a_revision_is_settled_at_once(self) -> None:
        again = revised(self.life, corrected=True)
        assert revised(again, corrected=True) == again
        assert replace(again, stage=self.life.stage) == self.life


TestClaimMachine = ClaimMachine.TestCase
TestClaimMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
