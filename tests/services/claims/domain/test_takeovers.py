"""A leave that an accord takes over: paid from the day it says, and as any other where the takeover pays no day."""

from __future__ import annotations

import pytest

from rules.vocabulary import AffiliationOutcome
from services.claims.domain.agent_file import Affiliation, Takeover
from services.claims.domain.errors import UnknownLeave
from services.claims.domain.proposal import propose
from services.claims.domain.stated_day import begun
from services.claims.domain.takeover import check_takeover
from tests.services.claims.domain.files import FIRST, SECOND, covered, day, entry, file, leave, paid
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.domain.test_proposal import recognition
from tests.services.claims.simulator import TERMS

HALF_PAY_FROM_MAY = leave(entry("2026-02-01", "2026-06-30", waiting=0))
OWN = "2026-05-02"


def taken_over(start: str, agreement: str = TERMS.agreement, of: str = FIRST) -> Takeover:
    return Takeover(of, agreement, day(start))


@pytest.mark.parametrize(
    ("takeovers", "retired", "expected"),
    [
        ([taken_over("2026-05-20")], None, "2026-05-20"),
        ([taken_over("2026-01-01")], None, OWN),
        ([taken_over("2026-05-20", "another"), taken_over("2026-05-25")], None, "2026-05-25"),
        ([taken_over("2026-05-20", "another")], None, OWN),
        ([taken_over("2026-05-20", of=SECOND)], None, OWN),
        ([taken_over("2026-07-01")], None, OWN),
        ([taken_over("2026-06-01")], "2026-05-15", OWN),
    ],
)
def test_a_takeover_that_pays_no_day_takes_nothing_from_the_agents_own_cover(
    takeovers: list[Takeover], retired: str | None, expected: str
) -> None:
    """Of an accord nobody knows, of another leave, after the leave, after the retirement that ends it."""
    facts = {"recognitions": (recognition(retired),)} if retired else {}
    known = file(leaves=(HALF_PAY_FROM_MAY,), takeovers=tuple(takeovers), pay=paid("2026-01"), **facts)
    assert [str(claim.opened_from) for claim in propose(known, BOOK).claims] == [expected]


def test_it_needs_no_cover_but_the_accord_that_takes_over() -> None:
    never = Affiliation(TERMS.agreement, ((covered().timeline[0][0], AffiliationOutcome.EXCLUDED),))
    for agreement, claims in ((TERMS.agreement, 1), ("another", 0)):
        known = file(
            leaves=(HALF_PAY_FROM_MAY,), affiliations=(never,), takeovers=(taken_over("2026-05-20", agreement),)
        )
        assert len(propose(known, BOOK).claims) == claims


def test_a_leave_that_is_gone_is_taken_over_by_nobody() -> None:
    with pytest.raises(UnknownLeave):
        check_takeover(file(), FIRST, day("2026-05-20"), None)


def test_a_leave_begins_with_the_spell_in_which_it_opened_or_on_that_day() -> None:
    entries = [entry("2026-02-01", "2026-02-28"), entry("2026-03-01", "2026-03-31"), entry("2026-06-01", "2026-06-30")]
    assert begun(entries, day("2026-03-15")) == day("2026-02-01")
    assert begun(entries, day("2026-05-01")) == day("2026-05-01")
