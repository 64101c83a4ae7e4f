"""An agent's days as a picture, where a bar stands for what it says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from gateway.dashboard.pages.agent import as_known
from gateway.dashboard.pictures.timeline import BAR, Part, timeline

AGENT: dict[str, list[Any]] = {"employments": [], "positions": [], "leaves": []}


def test_money_of_a_month_is_one_bar_of_all_its_parts_and_only_what_is_drawn_counts() -> None:
    amounts = [("2025-12", "900.00"), ("2026-01", "40.10"), ("2026-01", "-0.05"), ("2026-02", "80.10")]
    parts = [Part(month, Decimal(amount), f"/app/contributions/{n}") for n, (month, amount) in enumerate(amounts)]
    days = (date(2026, 1, 1), date(2026, 6, 30))
    drawn = timeline(*days, today=days[1], agent=AGENT, cover=None, rights=None, contributions=parts)
    (lane,) = (lane for lane in drawn.lanes if lane.name == "timeline.contributions")
    january, february = lane.bars
    assert (january.text, [part.href for part in january.parts]) == (
        "40.05",
        ["/app/contributions/1", "/app/contributions/2"],
    )
    assert (january.height, february.height) == (BAR / 2, BAR), "beside the largest month that is drawn"
    assert january.x + january.width == february.x
    assert all(lane.name != "timeline.benefits" for lane in drawn.lanes), "no lane where nothing was paid"


def test_pay_is_a_lane_under_the_days_it_is_paid_for_and_each_month_opens_what_was_received() -> None:
    paid = [Part("2026-05", Decimal("2427.49"), "#pay-0"), Part("2026-05", Decimal("-100.00"), "#pay-1")]
    leave = {"periods": [{"start": "2026-05-02", "end": "2026-05-31", "leg": "HALF"}]}
    days = (date(2026, 5, 1), date(2026, 6, 30))
    drawn = timeline(*days, today=days[1], agent=AGENT, cover=None, rights=leave, paid=paid)
    assert [lane.name for lane in drawn.lanes][-2:] == ["timeline.pay", "timeline.paid"]
    (may,) = drawn.lanes[-1].bars
    assert (may.text, [part.href for part in may.parts]) == ("2327.49", ["#pay-0", "#pay-1"])


def test_benefits_known_on_a_day_are_those_decided_by_then() -> None:
    versions = [(1, "2026-05-30T08:00:00Z"), (2, "2026-06-02T21:59:00Z"), (3, "2026-06-02T22:01:00Z")]
    rows = [{"month": "2026-05", "version": number, "decided_at": at} for number, at in reversed(versions)]
    for day, known in (("2026-05-29", []), ("2026-05-30", [1]), ("2026-06-02", [2]), ("2026-06-03", [3])):
        assert [row["version"] for row in as_known(rows, f"{day}T23:59:59+02:00")] == known
