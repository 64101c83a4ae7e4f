"""What is not well said is refused with a pointer, and never a 500."""

from __future__ import annotations

from typing import Any

import pytest

from kit.ids import new_id
from tests.services.claims.lives import CITY, Claims, insured
from tests.services.client import Service

SCOPES = ("claims:read", "claims:write", "claims:cause")
NOBODY = "01890000-0000-7000-8000-000000000000"  # in the names of tests, alike in every run
WHO = {"employer": CITY, "agent": NOBODY}
PART_TIME = {**WHO, "start": "2026-01-01", "quotity": "0.6000"}
AIT = {**WHO, "start": "2026-01-01", "end": "2026-06-30", "group": 1, "monthly": "600.00"}
ALLOWANCE = {**WHO, "kind": "SICKNESS", "stop_start": "2026-01-01", "start": "2026-01-01", "end": "2026-01-31"}


def headers() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id()), "If-Match": '"1"'}


@pytest.mark.parametrize(
    ("asked", "body", "status", "code"),
    [
        (f"GET /v1/overpayments/{NOBODY}", None, 404, "unknown_overpayment"),
        (
            f"POST /v1/overpayments/{NOBODY}/recoveries",
            {"amount": "1", "on": "2026-01-01"},
            404,
            "unknown_overpayment",
        ),
        (f"PUT /v1/overpayments/{NOBODY}/schedule", {"instalments": 2, "first_due": "2199-12-31"}, 404, None),
        (f"GET /v1/claims/{NOBODY}/file", None, 404, "unknown_claim"),
        (f"POST /v1/claims/{NOBODY}/steps", {"step": "REVIEW"}, 404, "unknown_claim"),
        (f"POST /v1/claims/{NOBODY}/steps", {"step": "DANCE"}, 422, None),
        (f"PUT /v1/claims/{NOBODY}/declaration", {"on": "2026-01-01", "iban": 12}, 422, None),
        (f"PUT /v1/claims/{NOBODY}/declaration", {"on": "2026-01-01", "iban": "FR76"}, 422, None),
        ("GET /v1/claims/advances?employer=1&month=2026-01", None, 422, None),
        (f"GET /v1/claims/advances?employer={CITY}&month=0000-01", None, 422, None),
        ("GET /v1/awards/dues?employer=1&month=2026-01", None, 422, None),
        (f"GET /v1/awards/dues?employer={CITY}&month=2026-01&drawn_at=2026-01-01", None, 422, None),
        ("PUT /v1/claims/daily-allowances", {**ALLOWANCE, "daily": "-1"}, 422, None),
        (
            "PUT /v1/claims/daily-allowances",
            {**ALLOWANCE, "daily": "1", "end": "2199-12-31"},
            422,
            "interval_too_long",
        ),
        (
            "PUT /v1/claims/daily-allowances",
            {**ALLOWANCE, "daily": "1", "end": "2025-12-31"},
            422,
            "reversed_interval",
        ),
        ("PUT /v1/claims/part-times", {**WHO, "start": "2026-01-01", "quotity": "1.0000"}, 422, None),
        ("PUT /v1/claims/part-times", {**PART_TIME, "end": "2025-12-31"}, 422, "reversed_interval"),
        (
            "PUT /v1/claims/replacements",
            {**WHO, "start": "2026-01-01", "end": "2025-12-31"},
            422,
            "reversed_interval",
        ),
        ("PUT /v1/claims/temporary-invalidities", {**AIT, "group": 4}, 422, None),
        ("PUT /v1/claims/temporary-invalidities", {**AIT, "end": "2025-12-31"}, 422, "reversed_interval"),
        ("PUT /v1/claims/causes", {**WHO, "leave": NOBODY, "cause_key": "K1"}, 422, "unknown_leave"),
        ("PUT /v1/claims/causes", {**WHO, "leave": NOBODY, "cause_key": "295109912611193"}, 422, None),
        ("POST /v1/claims/takeovers", {**WHO, "leave": NOBODY}, 422, None),
        ("POST /v1/claims/previews", {**WHO, "leaves": [{"entries": [{"kind": "CMO"}]}]}, 422, None),
        ("PUT /v1/annuities/revaluations", {"agreement": "x", "from": "2026-07-01", "rate": "2"}, 422, None),
    ],
)
async def test_a_request_that_cannot_be_answered_is_refused(
    service: Service, asked: str, body: Any, status: int, code: str | None
) -> None:
    async with service.caller(*SCOPES) as staff:
        answer = await staff.request(*asked.split(), json=body, headers=headers())
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert code in (None, answer.json()["code"])


@pytest.mark.parametrize("start", ["1900-01-01", "1987-07-30", "2199-12-31"])
@pytest.mark.parametrize("kind", ["CMO", "CLM", "DO", "MATERNITY"])
async def test_a_preview_of_any_day_answers(claims: Claims, service: Service, start: str, kind: str) -> None:
    life = insured()
    await claims.tell(life.facts)
    body = {
        "employer": CITY,
        "agent": str(life.agent),
        "leaves": [{"entries": [{"kind": kind, "start": start}]}],
        "invalidities": [{"from": start, "cnracl_rate": "0.5", "pension_net": "0"}],
    }
    async with service.caller(*SCOPES) as staff:
        answer = await staff.post("/v1/claims/previews", json=body)
    assert answer.status_code == 200, answer.text
    assert await claims.events() == []
