"""Statutory positions and leaves requalified after the fact, over HTTP, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.services.eligibility.conftest import CITY, NOW, Eligibility
from tests.services.eligibility.test_over_time import cover, hire, outcomes

PARENTAL = {"kind": "CONGE_PARENTAL", "start": "2026-01-01", "end": "2026-06-30"}


async def test_an_unpaid_position_suspends_until_it_ends(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        path = f"/v1/agents/{agent}/positions"
        first, again = await hris.post(path, json=PARENTAL), await hris.post(path, json=PARENTAL)
        assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
        await eligibility.decide()
        suspended = [("2025-02-01", "AFFILIATED"), ("2026-01-01", "SUSPENDED"), ("2026-07-01", "AFFILIATED")]
        assert outcomes(await cover(hris, agent)) == suspended
        one = f"{path}/{first.json()['id']}"
        ended = await hris.patch(one, json={"end": "2026-02-28"}, headers={"if-match": first.headers["etag"]})
        longer = await hris.patch(one, json={"end": "2026-03-31"}, headers={"if-match": ended.headers["etag"]})
        assert [(e["start"], e["end"]) for e in longer.json()["position"]["entries"]] == [("2026-01-01", "2026-03-31")]
        await eligibility.decide()
        assert outcomes(await cover(hris, agent))[-1] == ("2026-04-01", "AFFILIATED")
        file = (await hris.get(f"/v1/agents/{agent}")).json()
        assert (file["leaves"], [p["kind"] for p in file["positions"]]) == ([], ["CONGE_PARENTAL"])
    changed = [e["data"]["end"] for e in await eligibility.events("position.changed")]
    assert changed == ["2026-06-30", "2026-02-28", "2026-03-31"]


async def test_indemnified_from_a_day_it_keeps_the_cover_and_its_cancellation_undoes(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        body = {"kind": "DISPONIBILITE", "start": "2026-01-01"}
        first = await hris.post(f"/v1/agents/{agent}/positions", json=body)
        path = f"/v1/agents/{agent}/positions/{first.json()['id']}"
        paid = {"paid": True, "from": "2026-02-01"}
        now = await hris.patch(path, json=paid, headers={"if-match": first.headers["etag"]})
        again = await hris.patch(path, json=paid, headers={"if-match": now.headers["etag"]})
        assert again.headers["etag"] == now.headers["etag"]
        assert [(e["start"], e["paid"]) for e in now.json()["position"]["entries"]] == [
            ("2026-01-01", False),
            ("2026-02-01", True),
        ]
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [
            ("2025-02-01", "AFFILIATED"),
            ("2026-01-01", "SUSPENDED"),
            ("2026-02-01", "AFFILIATED"),
        ]
        eligibility.service.clock.at = datetime(2026, 3, 10, 9, 5, tzinfo=UTC)
        gone = await hris.patch(path, json={"cancelled": True}, headers={"if-match": now.headers["etag"]})
        assert gone.json() == {"position": None, "warnings": []}
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-02-01", "AFFILIATED")]
        before = (await hris.get(f"/v1/agents/{agent}", params={"known_at": NOW.isoformat()})).json()
        assert len(before["positions"][0]["entries"]) == 2
    assert (await eligibility.events("position.changed"))[-1]["data"]["entries"] == []


async def test_positions_and_leaves_share_no_day_and_no_route(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        sick = {"kind": "CMO", "start": "2026-07-01", "end": "2026-07-10"}
        leave = await hris.post(f"/v1/agents/{agent}/leaves", json=sick)
        position = await hris.post(f"/v1/agents/{agent}/positions", json=PARENTAL)
        etag = {"if-match": position.headers["etag"]}
        one = f"/v1/agents/{agent}/positions/{position.json()['id']}"
        refusals = [
            await hris.post(f"/v1/agents/{agent}/positions", json={**PARENTAL, "start": "2026-06-01", "end": None}),
            await hris.post(f"/v1/agents/{agent}/leaves", json={**sick, "start": "2026-06-30"}),
            await hris.patch(one, json={"end": "2026-07-01"}, headers=etag),
            await hris.patch(one, json={"end": "2025-12-31"}, headers=etag),
            await hris.patch(one, json={"paid": True, "from": "2026-07-01"}, headers=etag),
            await hris.patch(one.replace("positions", "leaves"), json={"cancelled": True}, headers=etag),
            await hris.patch(
                f"/v1/agents/{agent}/positions/{leave.json()['id']}", json={"cancelled": True}, headers=etag
            ),
            await hris.post(f"/v1/agents/{agent}/positions", json={**PARENTAL, "start": "2024-01-01"}),
            await hris.post(f"/v1/agents/{agent}/positions", json={**PARENTAL, "kind": "CMO"}),
        ]
    assert [(r.status_code, r.json()["code"]) for r in refusals] == [
        (422, "position_overlap"),
        (422, "position_overlap"),
        (422, "position_overlap"),
        (422, "reversed_interval"),
        (422, "outside_leave"),
        (404, "fact_not_found"),
        (404, "fact_not_found"),
        (422, "not_employed"),
        (422, "validation"),
    ]


async def test_an_ordinary_leave_turns_into_a_clm_after_the_fact(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        start = {"kind": "CMO", "start": "2025-06-01", "end": "2025-08-31", "waiting_days": 1, "seniority_days": 100}
        leave = await hris.post(f"/v1/agents/{agent}/leaves", json=start)
        path = f"/v1/agents/{agent}/leaves/{leave.json()['id']}"
        renewed = await hris.post(f"{path}/extensions", json={"start": "2025-09-01", "end": "2025-12-31"})
        eligibility.service.clock.at = datetime(2026, 3, 10, 9, 5, tzinfo=UTC)
        body = {"kind": "CLM", "from": "2025-07-01"}
        now = await hris.patch(path, json=body, headers={"if-match": renewed.headers["etag"]})
        again = await hris.patch(path, json=body, headers={"if-match": now.headers["etag"]})
        assert (now.status_code, again.headers["etag"]) == (200, now.headers["etag"])
        whole = await hris.patch(
            path, json={"kind": "CLD", "from": "2025-06-01"}, headers={"if-match": now.headers["etag"]}
        )
        assert whole.json()["leave"]["kind"] == "CLD"
        before = (await hris.get(f"/v1/agents/{agent}", params={"known_at": NOW.isoformat()})).json()
        assert (before["leaves"][0]["kind"], len(before["leaves"][0]["entries"])) == ("CMO", 2)
    part, all_of_it = (e["data"] for e in await eligibility.events("sick-leave.requalified"))
    assert [(e["kind"], e["start"], e["waiting_days"], e["seniority_days"]) for e in part["entries"]] == [
        ("CMO", "2025-06-01", 1, 100),
        ("CLM", "2025-07-01", None, 130),
        ("CLM", "2025-09-01", None, None),
    ]
    assert (part["from"], {e["kind"] for e in all_of_it["entries"]}, all_of_it["waiting_days"]) == (
        "2025-07-01",
        {"CLD"},
        None,
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "one_change"),
        ({"kind": "CLM", "from": "2025-07-01", "end": "2025-08-01"}, "one_change"),
        ({"kind": "CLM"}, "from_required"),
        ({"end": "2025-08-01", "from": "2025-07-01"}, "from_required"),
        ({"kind": "DO", "from": "2025-07-01"}, "paid_required"),
        ({"end": "2025-08-01", "paid": True}, "kind_required"),
        ({"kind": "DISPONIBILITE", "from": "2025-07-01"}, "enum"),
        ({"kind": "CLM", "from": "2025-05-31"}, "outside_leave"),
    ],
)
async def test_a_requalification_that_cannot_be(eligibility: Eligibility, body: dict[str, Any], code: str) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        start = {"kind": "CMO", "start": "2025-06-01", "end": "2025-08-31"}
        leave = await hris.post(f"/v1/agents/{agent}/leaves", json=start)
        path = f"/v1/agents/{agent}/leaves/{leave.json()['id']}"
        refused = await hris.patch(path, json=body, headers={"if-match": leave.headers["etag"]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)


async def test_the_quotity_of_a_tpt_and_the_day_a_note_was_sent_are_told(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        path = f"/v1/agents/{agent}/leaves"
        tpt = {"kind": "TPT", "start": "2025-03-01", "end": "2025-05-31", "quotity": "0.6000"}
        first, again = await hris.post(path, json=tpt), await hris.post(path, json=tpt)
        assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
        more = {"start": "2025-06-01", "end": "2025-07-31", "quotity": "0.8000"}
        renewed = await hris.post(f"{path}/{first.json()['id']}/extensions", json=more)
        assert [one["quotity"] for one in renewed.json()["entries"]] == ["0.6000", "0.8000"]
        late = {"kind": "CMO", "start": "2025-10-01", "end": "2025-10-31", "sent_on": "2025-10-09"}
        noted = await hris.post(path, json=late)
        assert noted.json()["entries"][0]["sent_on"] == "2025-10-09"
        requalified = {"kind": "CLM", "from": "2025-10-01"}
        own = f"{path}/{noted.json()['id']}"
        now = await hris.patch(own, json=requalified, headers={"if-match": noted.headers["etag"]})
        assert "sent_on" not in now.json()["leave"]["entries"][0], "a CLM is no ordinary leave"
        refused = [
            await hris.post(path, json={**late, "start": "2026-01-01", "end": "2026-01-31", "quotity": "0.5000"}),
            await hris.post(path, json={**tpt, "start": "2026-01-01", "end": "2026-01-31", "sent_on": "2026-01-02"}),
            await hris.post(f"{own}/extensions", json={**more, "start": "2025-11-01", "end": "2025-11-30"}),
        ]
    assert [(one.json()["code"], one.json()["errors"][0]["pointer"]) for one in refused] == [
        ("quotity_not_applicable", "/quotity"),
        ("sent_on_not_applicable", "/sent_on"),
        ("quotity_not_applicable", "/quotity"),
    ]
    (told,) = await eligibility.events("sick-leave.extended")
    assert [entry["quotity"] for entry in told["data"]["entries"]] == ["0.6000", "0.8000"]
    note = (await eligibility.events("sick-leave.started"))[-1]
    assert note["data"]["entries"][0]["sent_on"] == "2025-10-09"
