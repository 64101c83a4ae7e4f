"""The engine against the plain reading, on many random lives: 2 000, and 10 000 in a deep run."""

from __future__ import annotations

from random import Random
from typing import Final

import pytest

from services.claims.domain.late_notice import halved
from services.claims.domain.statutory import statutory_pay
from tests.services.claims.domain.day_by_day import DayByDay
from tests.services.claims.domain.histories import BOOK, DEEPER, random_history

CHUNKS: Final = 20 if DEEPER == 1 else 100
LIVES: Final = 100


@pytest.mark.parametrize("seed", range(CHUNKS))
def test_a_hundred_lives_are_paid_as_the_plain_reading_pays_them(seed: int) -> None:
    random = Random(seed)
    for _ in range(LIVES):
        person, entries = random_history(random, longest=3 if DEEPER == 1 else 5)
        found = statutory_pay(person, entries, BOOK)
        told = {day: (one.kind, one.leg, one.rate.text(2)) for one in found for day in one.period}
        plain = DayByDay(person, entries)
        assert told == plain.tell(), (person, entries)
        assert {day for days in halved(person, entries, BOOK) for day in days} == plain.halved(), (person, entries)
