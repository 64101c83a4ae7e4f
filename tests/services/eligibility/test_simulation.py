"""The simulation over HTTP, on a real database: what it answers in full, on which terms, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden.cases import OK, load
from tests.services.eligibility.conftest import CITY, Eligibility

PATH = "/v1/simulations/affiliation"
ASKED: dict[str, Any] = {
    "agreement": "la-roche-sur-yon-2025",
    "agent": {"birth_date": "1990-05-02"},
    "employments": [
        {
            "kind": "CONTRACTUEL_PUBLIC",
            "contract": "CDD",
            "start": start,
            "end": end,
            "weekly_hours": "35.00",
        }
        for start, end in (("2025-02-01", "2025-05-31"), ("2025-06-01", "2025-09-30"))
    ],
    "positions": [],
    "prior_collective_cover": False,
    "dispense": None,
    "options": ["DEATH"],
    "as_of": "2025-09-15",
}


async def test_the_whole_answer(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        response = await hris.post(PATH, json=ASKED)
    assert response.status_code == 200
    answer = response.json()
    assert answer.keys() == {"outcome", "periods", "options", "trace"}
    assert answer["trace"].keys() == {"rule", "reference", "inputs", "result", "steps"}
    (reason,) = answer["periods"][0].pop("reasons")
    assert reason.keys() == {"rule", "reference", "detail"}
    assert reason["reference"] == "accord art. 3"
    assert (answer["outcome"], answer["periods"], answer["options"]) == (
        "AFFILIATED",
        [
            {"start": "2025-02-01", "end": "2025-07-31", "outcome": "NOT_YET_ELIGIBLE"},
            {"start": "2025-08-01", "end": "2025-09-30", "outcome": "AFFILIATED", "reasons": []},
            {"start": "2025-10-01", "end": None, "outcome": "ENDED", "reasons": []},
        ],
        [{"guarantee": "DEATH", "start": "2025-08-01", "end": "2025-09-30"}],
    )
    assert await eligibility.events() == []


async def test_every_refused_golden_case_says_where(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    refused = [case for case in load() if case.post == PATH and case.status != OK]
    async with eligibility.hris(CITY) as hris:
        for case in refused:
            response = await hris.post(PATH, json=case.body)
            assert response.status_code == case.status, case.name
            assert response.json()["errors"][0]["pointer"] == case.expect["errors"][0]["pointer"], case.name
    assert len(refused) >= 20


async def test_the_terms_are_those_last_published(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    await eligibility.publish_accord(2, eligibility={"seniority_months": 3})
    async with eligibility.hris(CITY) as hris:
        answer = (await hris.post(PATH, json=ASKED)).json()
    assert answer["periods"][1]["start"] == "2025-05-01"


@pytest.mark.parametrize("body", [None, [], "text", 5, True, {}])
async def test_a_body_that_is_no_question_is_refused(eligibility: Eligibility, body: Any) -> None:
    async with eligibility.hris(CITY) as hris:
        response = await hris.post(PATH, json=body)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")


async def test_it_needs_its_scope(eligibility: Eligibility) -> None:
    async with eligibility.service.caller("agents:read") as caller:
        assert (await caller.post(PATH, json=ASKED)).status_code == 403
