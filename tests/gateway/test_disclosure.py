"""What leaves for an insurer never holds more than it needs, and every event of a service is known here."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.disclosure import DISCLOSED
from gateway.domain.memberships import Fact, Membership, concerned, fact_of, memberships_of
from gateway.events import subscriptions
from kit.period import Period
from services.claims.events import PUBLISHES as CLAIMS
from services.contributions.events import PUBLISHES as CONTRIBUTIONS
from services.eligibility.events import PUBLISHES as ELIGIBILITY

FORBIDDEN = {
    "nir",
    "pathology",
    "pathology_group",
    "cause",
    "cause_key",
    "kind",
    "reason",
    "reasons",
    "leave",
    "entries",
    "birth_date",
    "matricule",
    "timeline",
    "waiting_days",
    "tib",
    "ri",
}
PUBLISHED = (*CLAIMS, *CONTRIBUTIONS, *ELIGIBILITY)
NOON = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)


def test_no_field_told_to_an_insurer_says_why_or_who() -> None:
    assert not {field for fields in DISCLOSED.values() for field in fields} & FORBIDDEN


def test_every_event_that_a_service_publishes_reaches_its_employer() -> None:
    handled = {kind for subscription in subscriptions() for kind in subscription.handlers}
    assert {kind.type for kind in PUBLISHED} <= handled
    read = {topic for subscription in subscriptions() for topic in subscription.topics}
    assert {kind.topic for kind in PUBLISHED} <= read


def test_what_is_told_exists() -> None:
    """A field of the list that its publisher does not have would be a promise not kept."""
    for kind in PUBLISHED:
        if kind.type in DISCLOSED:
            names = {field.alias or name for name, field in kind.model_fields.items()}
            assert {"employer"} <= names & DISCLOSED[kind.type]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"from": "2026-02-03", "month": "2025-01"}, date(2026, 2, 3)),
        ({"start": "2026-02-03"}, date(2026, 2, 3)),
        ({"month": "2026-02"}, date(2026, 2, 1)),
        ({"on": "2026-02-03"}, date(2026, 2, 3)),
        ({"employment": {"start": "2026-02-03"}}, date(2026, 2, 3)),
        ({"from": None, "on": "2026-02-03"}, date(2026, 2, 3)),
        ({"due": "2026-02-03", "covered_on": "2025-12-31"}, date(2025, 12, 31)),
        ({"due": "2026-02-03", "covered_on": None}, date(2026, 2, 3)),
        ({"from": "not a date"}, date(2026, 7, 1)),
        ({}, date(2026, 7, 1)),
    ],
)
def test_a_fact_is_dated_by_its_validity_else_by_its_recording_in_paris(
    data: dict[str, object], expected: date
) -> None:
    assert fact_of(data, "1", NOON).span.start == expected


def test_a_membership_lasts_as_long_as_accord_employer_and_insurer_do() -> None:
    found = memberships_of(
        {
            "agreement": "a",
            "effective": {"from": "2025-01-01", "to": "2030-12-31"},
            "employers": [{"siret": "1", "from": "2026-01-01", "to": None}, {"siret": "2", "from": "2024-01-01"}],
            "insurers": [{"code": "x", "from": "2025-01-01", "to": "2026-06-30"}, {"code": "y", "from": "2031-01-01"}],
        }
    )
    assert found == [
        Membership("a", "1", "x", Period(date(2026, 1, 1), date(2026, 6, 30))),
        Membership("a", "2", "x", Period(date(2025, 1, 1), date(2026, 6, 30))),
    ]


def test_a_month_whose_insurer_changes_is_the_former_one_s_and_one_that_begins_without_is_the_next_one_s() -> None:
    month = Fact("1", Period(date(2026, 3, 1), date(2026, 3, 31)))
    leaving = Membership("a", "1", "x", Period(date(2025, 1, 1), date(2026, 3, 15)))
    coming = Membership("a", "1", "y", Period(date(2026, 3, 16)))
    assert concerned([leaving, coming], month) == {"x"}
    assert concerned([coming], month) == {"y"}


days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
codes = st.sampled_from(["x", "y", "z"])


@st.composite
def memberships(draw: st.DrawFn) -> Membership:
    start = draw(days)
    end = draw(st.none() | days.filter(lambda day: day >= start))
    return Membership(
        draw(st.sampled_from(["a", "b"])), draw(st.sampled_from(["1", "2"])), draw(codes), Period(start, end)
    )


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    start = draw(days)
    agreement = draw(st.none() | st.sampled_from(["a", "b"]))
    return Fact(draw(st.sampled_from(["1", "2"])), Period(start, start), agreement, draw(st.none() | codes))


@given(st.lists(memberships(), max_size=6), facts())
def test_only_members_of_the_lot_on_that_day_are_concerned(given_: list[Membership], fact: Fact) -> None:
    for insurer in concerned(given_, fact):
        assert fact.insurer in (None, insurer)
        assert any(
            m.insurer == insurer
            and m.employer == fact.employer
            and fact.span.start in m.valid
            and fact.agreement in (None, m.agreement)
            for m in given_
        )


@given(st.lists(memberships(), max_size=6), facts(), st.randoms())
def test_the_order_of_memberships_does_not_matter(given_: list[Membership], fact: Fact, random: object) -> None:
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert concerned(shuffled, fact) == concerned(given_, fact)
