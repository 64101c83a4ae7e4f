"""The life of a claim between people: who may do what next, and why not.

Relais detects and proposes, people declare, review and approve, the insurer pays. The facts decide the amounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kit.money import Money
from services.claims.domain.errors import (
    DocumentsMissing,
    FourEyesRequired,
    NothingToPropose,
    ProposalOutdated,
    StepNotAllowed,
)


class Stage(StrEnum):
    """Where a claim is."""

    DETECTED = "DETECTED"
    DECLARED = "DECLARED"
    UNDER_REVIEW = "UNDER_REVIEW"
    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    CLOSED = "CLOSED"


class Step(StrEnum):
    """What takes it on."""

    DECLARE = "DECLARE"
    REVIEW = "REVIEW"
    PROPOSE = "PROPOSE"
    APPROVE = "APPROVE"
    REFUSE = "REFUSE"
    CLOSE = "CLOSE"
    REOPEN = "REOPEN"


class Reason(StrEnum):
    """Why a claim is refused, closed or reopened."""

    NOT_COVERED = "NOT_COVERED"
    NOT_HALF_PAY = "NOT_HALF_PAY"
    DOCUMENTS_MISSING = "DOCUMENTS_MISSING"
    OUT_OF_TIME = "OUT_OF_TIME"
    EXCLUDED_RISK = "EXCLUDED_RISK"
    INSURER_REFUSED = "INSURER_REFUSED"
    BACK_TO_WORK = "BACK_TO_WORK"
    RIGHTS_ENDED = "RIGHTS_ENDED"
    RETIRED = "RETIRED"
    DECEASED = "DECEASED"
    NEW_FACTS = "NEW_FACTS"
    APPEAL = "APPEAL"


class Payee(StrEnum):
    """Whom the insurer pays: the agent, or the employer who pays him first."""

    AGENT = "AGENT"
    EMPLOYER = "EMPLOYER"


OPEN: Final = frozenset({Stage.DECLARED, Stage.UNDER_REVIEW, Stage.PROPOSED})
# From where a step is possible, and where it leads.
WAYS: Final[Mapping[Step, tuple[frozenset[Stage], Stage]]] = {
    Step.DECLARE: (frozenset({Stage.DETECTED}), Stage.DECLARED),
    Step.REVIEW: (frozenset({Stage.DECLARED, Stage.PROPOSED}), Stage.UNDER_REVIEW),
    Step.PROPOSE: (frozenset({Stage.UNDER_REVIEW}), Stage.PROPOSED),
    Step.APPROVE: (frozenset({Stage.PROPOSED}), Stage.APPROVED),
    Step.REFUSE: (OPEN, Stage.REFUSED),
    Step.CLOSE: (frozenset({Stage.APPROVED, Stage.REFUSED}), Stage.CLOSED),
    Step.REOPEN: (frozenset({Stage.REFUSED, Stage.CLOSED}), Stage.UNDER_REVIEW),
}
REASONS: Final[Mapping[Step, frozenset[Reason]]] = {
    Step.REFUSE: frozenset(
        {
            Reason.NOT_COVERED,
            Reason.NOT_HALF_PAY,
            Reason.DOCUMENTS_MISSING,
            Reason.OUT_OF_TIME,
            Reason.EXCLUDED_RISK,
            Reason.INSURER_REFUSED,
        }
    ),
    Step.CLOSE: frozenset(
        {
            Reason.BACK_TO_WORK,
            Reason.RIGHTS_ENDED,
            Reason.RETIRED,
            Reason.DECEASED,
            Reason.OUT_OF_TIME,
            Reason.NOT_HALF_PAY,
        }
    ),
    Step.REOPEN: frozenset({Reason.NEW_FACTS, Reason.APPEAL}),
}


@dataclass(frozen=True, slots=True)
class Life:
    """Where a claim is, and what was last proposed by whom."""

    stage: Stage = Stage.DETECTED
    proposed_by: str | None = None
    proposed_amount: Money | None = None

    def steps(self) -> tuple[Step, ...]:
        """What may come next, leaving documents and people aside."""
        return tuple(step for step, (stages, _) in WAYS.items() if self.stage in stages)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step, by whom, and what stands beside it: what is due, what is missing, from what amount two people sign.

    `due`: months to come included, for nobody looks again when they come. `supported`: the facts support the claim.
    `overridden_by`: who decided an amount of it in place of the one worked out.
    """

    step: Step
    by: str
    due: Money
    threshold: Money
    reason: Reason | None = None
    missing: frozenset[str] = frozenset()
    supported: bool = True
    overridden_by: frozenset[str] = frozenset()


def taken(life: Life, attempt: Attempt) -> Life:
    """The claim after a step.

    Raises StepNotAllowed (from this stage, for this reason, or of a claim that the facts no longer support),
    DocumentsMissing, NothingToPropose, ProposalOutdated, FourEyesRequired.
    """
    stages, reached = WAYS[attempt.step]
    if life.stage not in stages:
        raise StepNotAllowed(pointer="/step")
    if attempt.reason not in REASONS.get(attempt.step, frozenset({None})):
        raise StepNotAllowed(pointer="/reason")
    if attempt.step is Step.PROPOSE:
        _check_proposal(attempt)
        return Life(reached, attempt.by, attempt.due)
    if attempt.step is Step.APPROVE:
        _check_approval(life, attempt)
    return replace(life, stage=reached)


def revised(life: Life, *, corrected: bool) -> Life:
    """The claim once its amounts have changed: a person must look again at one that was closed, or proposed.

    At one that was approved as well, where what was approved is `corrected`; months that come after it were meant too.
    """
    again = {Stage.CLOSED, Stage.PROPOSED} | ({Stage.APPROVED} if corrected else set())
    return replace(life, stage=Stage.UNDER_REVIEW) if life.stage in again else life


def _check_proposal(attempt: Attempt) -> None:
    if not attempt.supported:
        raise StepNotAllowed(pointer="/step")
    if attempt.missing:
        raise DocumentsMissing(pointer="/step", detail_fr=f"Pièces attendues : {', '.join(sorted(attempt.missing))}.")
    if not attempt.due:
        raise NothingToPropose(pointer="/step")


def _check_approval(life: Life, attempt: Attempt) -> None:
    if not attempt.supported or attempt.due != life.proposed_amount:
        raise ProposalOutdated(pointer="/step")
    alone = attempt.due >= attempt.threshold and attempt.by == life.proposed_by
    if alone or attempt.by in attempt.overridden_by:
        raise FourEyesRequired(pointer="/step")
