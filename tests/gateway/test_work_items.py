"""What people have to do follows from what the services tell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from gateway.domain.work_items import (
    CLAIM,
    COVER,
    DOCUMENTS,
    HALF_PAY,
    NOTICE,
    OVERPAYMENT,
    PENSION,
    Closing,
    WorkItem,
    changes,
)
from tests.gateway.conftest import MINE

AT = datetime(2026, 3, 10, tzinfo=UTC)
AGENT, LEAVE, CASE = "a1", "l1", "c1"


def list_after(*events: tuple[str, dict[str, Any]]) -> list[tuple[str, date | None]]:
    """The list once these events came: kinds and due dates. Closings are applied as the table applies them."""
    items: dict[str, WorkItem] = {}
    for kind, data in events:
        for change in changes(kind, {"agent": AGENT, **data}, MINE, AT):
            if isinstance(change, WorkItem):
                items[change.reference] = change
            else:
                items = {name: one for name, one in items.items() if not _closes(change, one)}
    return [(one.kind, one.due) for one in items.values()]


def _closes(closing: Closing, item: WorkItem) -> bool:
    if closing.reference is not None:
        return item.reference == closing.reference
    named = item.group == closing.group and (not closing.kinds or item.kind in closing.kinds)
    later = closing.due_after is None or (item.due is not None and item.due > closing.due_after)
    return named and later


FORESEEN = ("half-pay.foreseen", {"leave": LEAVE, "on": "2026-05-02"})
OPENED = ("claim.opened", {"claim": CASE, "leave": LEAVE, "from": "2026-05-02"})
OVERPAID = ("overpayment.opened", {"overpayment": "o1", "claim": CASE, "employer_until": "2028-05-02"})


def test_half_pay_foreseen_waits_until_the_claim_opens() -> None:
    assert list_after(FORESEEN) == [(HALF_PAY, date(2026, 5, 2))]
    assert list_after(FORESEEN, OPENED) == [(CLAIM, date(2026, 5, 2)), (DOCUMENTS, date(2026, 5, 2))]


def test_a_leave_that_ends_before_half_pay_needs_nobody() -> None:
    assert list_after(FORESEEN, ("sick-leave.ended", {"leave": LEAVE, "end": "2026-05-01"})) == []
    assert list_after(FORESEEN, ("sick-leave.ended", {"leave": LEAVE, "end": "2026-05-02"})) != []
    assert list_after(FORESEEN, ("sick-leave.cancelled", {"leave": LEAVE, "end": None})) == []


def test_a_claim_leaves_the_list_once_settled_and_comes_back_reopened() -> None:
    for settled in ("claim.approved", "claim.refused", "claim.closed"):
        assert list_after(OPENED, (settled, {"claim": CASE})) == []
    assert list_after(OPENED, ("claim.closed", {"claim": CASE}), ("claim.reopened", {"claim": CASE})) == [(CLAIM, None)]


def test_documents_are_missing_until_the_last_has_come_or_the_claim_is_refused() -> None:
    assert list_after(OPENED, ("claim.documented", {"claim": CASE})) == [(CLAIM, date(2026, 5, 2))]
    assert list_after(OPENED, ("claim.documented", {"claim": "another"})) != [(CLAIM, date(2026, 5, 2))]


def test_cover_after_a_return_is_due_on_the_day_it_begins_and_gone_from_then_on() -> None:
    def told(rule: str, *covered: str) -> dict[str, Any]:
        timeline = [{"start": "2025-01-01", "end": None, "outcome": "DEFERRED"}]
        timeline += [{"start": day, "end": None, "outcome": "AFFILIATED"} for day in covered]
        return {"agreement": "x", "reasons": [{"rule": rule}], "timeline": timeline}

    back = "eligibility.return_to_work"
    seen = ("affiliation.withheld", told(back, "2026-04-20", "2027-01-01"))
    assert list_after(seen) == [(COVER, date(2026, 4, 20))]
    assert list_after(seen, ("affiliation.withheld", told(back))) == [], "on leave again: no return in sight"
    assert list_after(seen, ("affiliation.started", told("", "2026-04-20"))) == []
    assert list_after(("affiliation.withheld", told("eligibility.seniority", "2026-04-20"))) == []


def test_a_notice_that_came_back_waits_until_that_agent_has_that_version() -> None:
    notice = {"agreement": "x", "version": 2, "agent": AGENT, "on": "2026-03-09"}
    assert list_after(("notice.undelivered", notice)) == [(NOTICE, date(2026, 3, 9))]
    assert list_after(("notice.undelivered", notice), ("notice.delivered", notice | {"version": 1})) != []
    assert list_after(("notice.undelivered", notice), ("notice.delivered", notice)) == []


def test_an_overpayment_stays_until_it_is_settled() -> None:
    assert list_after(OVERPAID) == [(OVERPAYMENT, date(2028, 5, 2))]
    assert list_after(OVERPAID, ("overpayment.settled", {"overpayment": "o1"})) == []


def test_what_services_tell_themselves_opens_and_closes_by_its_reference() -> None:
    told = {"kind": "statement-late", "reference": "/v1/statements/7", "due": "2026-03-01"}
    assert list_after(("work-item.opened", told)) == [("statement-late", date(2026, 3, 1))]
    assert list_after(("work-item.opened", told), ("work-item.closed", told)) == []


def test_other_events_and_those_that_say_too_little_change_nothing() -> None:
    assert list_after(("claim.opened", {"claim": CASE}), ("half-pay.foreseen", {}), ("work-item.opened", {})) == []
    assert list_after(("pay.recorded", {}), ("benefit.decided", {"claim": CASE})) == []


def test_a_pension_that_is_doubted_stays_until_it_is_told_otherwise() -> None:
    doubted = ("annuity.started", {"annuity": "r1", "claim": CASE, "alerts": ["PENSION_ABOVE_PAY"]})
    short = ("annuity.adjusted", {"annuity": "r1", "claim": CASE, "alerts": ["LEGAL_FLOOR_SHORTFALL"]})
    assert list_after(doubted) == [(PENSION, None)]
    assert list_after(doubted, short) == []
    assert list_after(doubted, ("annuity.ended", doubted[1])) == []
