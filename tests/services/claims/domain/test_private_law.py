"""Of private law a month at work is one without leave: nobody vouches here for the pay that its employer keeps."""

from __future__ import annotations

from datetime import date

import pytest

from kit.period import Month
from rules.vocabulary import Regime
from services.claims.domain.agent_file import DatedTerms
from services.claims.domain.proposal import last_paid, propose
from tests.services.claims.domain.files import ACCORD_START, employed, entry, file, leave, paid
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.domain.test_proposal import recognition
from tests.services.claims.simulator import ACCORD, TERMS

HIRED = employed(regime=Regime.PRIVATE_LAW)
KNOWN = file(
    employments=(HIRED,),
    leaves=(leave(entry("2026-02-28", "2026-03-01")),),
    pay=paid("2025-12", "2026-01", "2026-02", "2026-03", "2026-04"),
)


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 31), Month(2025, 12)),
        (date(2026, 2, 27), Month(2026, 1)),
        (date(2026, 4, 30), Month(2026, 1)),
        (date(2026, 5, 1), Month(2026, 4)),
    ],
)
def test_its_last_month_at_work_is_over_before_the_day_and_has_no_leave(day: date, month: Month | None) -> None:
    version = DatedTerms(ACCORD_START, TERMS, ACCORD)
    assert last_paid(KNOWN, HIRED, version, day, BOOK).month == month


def test_its_leaves_and_recognitions_are_left_to_a_person() -> None:
    for facts, unverified in (
        ({}, None),
        ({"leaves": KNOWN.leaves}, "private_law_not_verified"),
        ({"recognitions": (recognition("2026-03-01"),)}, "private_law_not_verified"),
    ):
        found = propose(file(employments=(HIRED,), **facts), BOOK)
        assert (found.claims, found.forecasts, found.annuities, found.unverified) == ((), (), (), unverified)
