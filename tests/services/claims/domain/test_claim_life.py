"""What an approval asks: what was proposed still stands, and above a threshold a second person signs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kit.errors import RelaisError
from kit.money import Money
from services.claims.domain.claim_life import Attempt, Life, Stage, Step, taken
from services.claims.domain.errors import FourEyesRequired, ProposalOutdated

PROPOSED = Life(Stage.PROPOSED, "marie", Money(99_711))
BY_PAUL = Attempt(Step.APPROVE, "paul", due=Money(99_711), threshold=Money(50_000))


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        (replace(BY_PAUL, due=Money(99_710)), ProposalOutdated),
        (replace(BY_PAUL, due=Money(0)), ProposalOutdated),
        (replace(BY_PAUL, supported=False), ProposalOutdated),
        (replace(BY_PAUL, by="marie", supported=False), ProposalOutdated),
        (replace(BY_PAUL, by="marie"), FourEyesRequired),
        (replace(BY_PAUL, by="marie", threshold=Money(99_711)), FourEyesRequired),
    ],
)
def test_what_no_longer_stands_or_nobody_else_has_seen_is_not_approved(
    attempt: Attempt, error: type[RelaisError]
) -> None:
    with pytest.raises(error) as caught:
        taken(PROPOSED, attempt)
    assert caught.value.pointer == "/step"


def test_another_person_approves_what_was_proposed_and_below_the_threshold_anybody() -> None:
    approved = replace(PROPOSED, stage=Stage.APPROVED)
    assert taken(PROPOSED, BY_PAUL) == approved
    assert taken(PROPOSED, replace(BY_PAUL, by="marie", threshold=Money(99_712))) == approved
