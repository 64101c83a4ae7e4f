"""Sick notes sent late (décret 87-602 art. 15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.vocabulary import LeaveKind, Regime
from services.claims.domain.late_notice import as_paid, halved
from services.claims.domain.leave import Entry, Person
from services.claims.domain.statutory import statutory_pay
from tests.services.claims.domain.histories import BOOK, histories, looking_at


@looking_at(40)
@given(
    histories(kinds=(LeaveKind.CMO,)),
    st.lists(st.one_of(st.none(), st.integers(0, 30), st.integers(3, 9)), min_size=7, max_size=7),
)
def test_what_is_paid_is_what_is_due_or_half_of_it(
    history: tuple[Person, list[Entry]], delays: list[int | None]
) -> None:
    person, entries = history
    told = [
        entry if days is None else replace(entry, sent_on=entry.start + timedelta(days=days))
        for entry, days in zip(entries, delays, strict=False)
    ]
    due = statutory_pay(person, told, BOOK).periods()
    late = halved(person, told, BOOK)
    shown = list(as_paid(due, late, BOOK))
    assert [day for part, _ in shown for day in part.period] == [day for one in due for day in one.period]
    for part, paid in shown:
        assert paid is None or paid.value * 2 == part.rate.value
        assert (paid is not None) == any(part.period.meets(days) for days in late)
    assert late == [] or person.fonctionnaire


def test_a_contractuel_is_not_concerned() -> None:
    person = Person(Regime.CONTRACTUEL_PUBLIC)
    assert halved(person, [], BOOK) == []
