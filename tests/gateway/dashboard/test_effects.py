"""What changed terms come to in a year, and what is said where nothing can be."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from starlette.requests import Request

from gateway.application.sign_in import SignedIn
from gateway.dashboard.effects import Effect, Effects
from gateway.dashboard.pages.agreement_effects import AT_ONCE, Priced, priced, replaced
from gateway.dashboard.visit import Visit
from gateway.dashboard.words import Words
from gateway.domain.accounts import Account, Session
from gateway.domain.clients import Client

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
RATE = {"changes": [{"term": "guarantees/BASE/contribution/rate"}]}


def visit(*scopes: str, query: str = "") -> Visit:
    """Of somebody with these scopes; nobody is asked anything."""
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": []})
    account = Account(Client("zoe", "Zoé", frozenset(scopes), None), "Ville", "")
    return Visit(request, Words("fr"), "auto", signed=SignedIn(account, Session("zoe", NOW, NOW, True)))


def shares(employer: str, agent: str) -> dict[str, str]:
    return {"amount": "0.00", "employer": employer, "agent": agent}


def test_a_year_is_twelve_months_and_who_pays_the_same_is_not_listed() -> None:
    same, more = (
        {"before": shares("10.00", "1.00"), "after": shares(*after)} for after in (("10.00", "1.00"), ("9.99", "2.00"))
    )
    found: dict[str, Any] = {**more, "agents": 3, "unpriced": 2, "guarantees": [{"guarantee": "BASE", **more}]}
    effects = Effects.of("2026-06", {**found, "employers": [{"employer": "A", **same}, {"employer": "B", **more}]})
    assert effects.total == effects.guarantees["BASE"] == Effect(Decimal("-0.12"), Decimal("12.00"))
    assert list(effects.employers) == ["B"]
    assert effects.known
    assert not Effects.of("2026-06", {**found, "unpriced": 3, "employers": []}).known


@pytest.mark.parametrize(
    ("who", "compared", "employers", "said"),
    [
        (visit("simulations:run"), None, 1, None),
        (visit("simulations:run"), {"changes": [{"term": "eligibility/return_days"}]}, 1, None),
        (visit("agreements:read"), RATE, 1, Priced(why=Words("fr").t("effects.no_right"))),
        (
            visit("simulations:run"),
            RATE,
            AT_ONCE + 1,
            Priced(why=Words("fr").t("effects.many", count=AT_ONCE + 1), ask=True),
        ),
    ],
)
async def test_where_nothing_is_priced_it_is_said_why(
    who: Visit, compared: Any, employers: int, said: Priced | None
) -> None:
    assert await priced(who, "accord", compared, employers) == said


def test_a_version_that_speaks_of_no_day_any_more_is_told() -> None:
    sides, spoken = {"before": {"version": 3}, "after": {"version": 2}}, {"v1", "v2", "v3"}
    assert replaced(visit(query="left=v1&right=v2"), sides, spoken) == [("1", 3)]
    for other in ("left=2026-01-01", "left=v9", "left=vendredi"):
        assert replaced(visit(query=other), sides, spoken) == []
    assert replaced(visit(query="left=v1"), None, spoken) == []
