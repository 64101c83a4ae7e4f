"""Dispenses over HTTP, on a real database: asked, proven, lapsed with the day, given up, taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.services.eligibility.conftest import CITY, NOW, Eligibility
from tests.services.eligibility.test_over_time import cover, hire, outcomes

CDD = {
    "kind": "CONTRACTUEL_PUBLIC",
    "contract": "CDD",
    "start": "2025-03-01",
    "end": "2027-12-31",
    "category": None,
    "titular": None,
    "service_start": None,
}
ASKED = {"requested_on": "2025-03-10", "individual_cover": True, "proofs": ["2025-03-10"]}


async def asked(hris: httpx.AsyncClient, agent: str, **changes: Any) -> httpx.Response:
    return await hris.post(f"/v1/agents/{agent}/dispenses", json={**ASKED, **changes})


async def told(eligibility: Eligibility) -> list[tuple[str, str, str | None]]:
    """What was told of cover and dispenses: what happened, from when, to when."""
    events = [e for kind in ("dispensation.", "affiliation.") for e in await eligibility.events(kind)]
    ordered = sorted(events, key=lambda e: int(e["sequence"]))
    return [(e["type"].split(".", 3)[3].removesuffix(".v1"), e["data"]["from"], e["data"]["to"]) for e in ordered]


async def test_a_dispense_is_granted_proven_every_year_and_lapses_with_the_day(eligibility: Eligibility) -> None:
    clock = eligibility.service.clock
    clock.at = datetime(2025, 3, 12, 9, tzinfo=UTC)
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=CDD)
        first, again = await asked(hris, agent), await asked(hris, agent)
        assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
        await eligibility.decide()
        days = ("2025-03-01", "2026-03-31")
        assert await told(eligibility) == [("dispensation.granted", *days), ("affiliation.withheld", *days)]
        assert (await cover(hris, agent, as_of="2026-03-31"))["outcome"] == "DISPENSED"

    clock.at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    async with eligibility.hris(CITY) as hris:
        proof = f"/v1/agents/{agent}/dispenses/{first.json()['id']}/proofs"
        proven = await hris.post(proof, json={"date": "2026-03-02"})
        assert (proven.status_code, proven.json()["proofs"]) == (201, ["2025-03-10", "2026-03-02"])
        assert (await hris.post(proof, json={"date": "2026-03-02"})).status_code == 200
    await eligibility.decide()
    assert (await told(eligibility))[2] == ("dispensation.granted", "2025-03-01", "2027-03-31")

    await eligibility.night(datetime(2027, 3, 30, 22, 1, tzinfo=UTC))  # 31 March in Paris
    assert len(await told(eligibility)) == 4
    await eligibility.night(datetime(2027, 4, 2, 22, 1, tzinfo=UTC))  # after a downtime of two days
    await eligibility.night(datetime(2027, 4, 3, 22, 1, tzinfo=UTC))
    assert (await told(eligibility))[4:] == [
        ("dispensation.lapsed", "2027-04-01", "2027-12-31"),
        ("affiliation.started", "2027-04-01", "2027-12-31"),
    ]
    lapsed = (await eligibility.events("dispensation.lapsed"))[0]["data"]
    assert lapsed["reasons"][0]["reference"] == "accord art. 3"


async def test_given_up_cover_begins_the_day_after(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=CDD)
        one = await asked(hris, agent, proofs=["2025-03-10", "2026-03-01"])
        path = f"/v1/agents/{agent}/dispenses/{one.json()['id']}"
        unnamed = await hris.patch(path, json={"to": "2026-01-31"})
        assert (unnamed.status_code, unnamed.json()["code"]) == (428, "if_match_missing")
        etag = {"if-match": one.headers["etag"]}
        given_up = await hris.patch(path, json={"to": "2026-01-31"}, headers=etag)
        assert given_up.json()["dispense"]["to"] == "2026-01-31"
        assert (await hris.patch(path, json={"to": "2026-01-31"}, headers=etag)).status_code == 412
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [
            ("2025-03-01", "DISPENSED"),
            ("2026-02-01", "AFFILIATED"),
            ("2028-01-01", "ENDED"),
        ]


async def test_what_was_never_asked_never_held(eligibility: Eligibility) -> None:
    """A proof taken back, then the request: cover stands from the first day, and what was known stays readable."""
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=CDD)
        one = await asked(hris, agent, proofs=["2025-03-10", "2026-03-01"])
        await eligibility.decide()
        eligibility.service.clock.at = datetime(2026, 3, 10, 9, 5, tzinfo=UTC)
        path = f"/v1/agents/{agent}/dispenses/{one.json()['id']}"
        less = await hris.patch(path, json={"without_proof": "2026-03-01"}, headers={"if-match": one.headers["etag"]})
        await eligibility.decide()
        assert outcomes(await cover(hris, agent))[1] == ("2026-04-01", "AFFILIATED")
        gone = await hris.patch(path, json={"cancelled": True}, headers={"if-match": less.headers["etag"]})
        assert gone.json() == {"dispense": None, "warnings": []}
        await eligibility.decide()
        assert outcomes(await cover(hris, agent))[0] == ("2025-03-01", "AFFILIATED")
        assert (await hris.get(f"/v1/agents/{agent}")).json()["dispenses"] == []
        before = (await hris.get(f"/v1/agents/{agent}", params={"known_at": NOW.isoformat()})).json()
        assert before["dispenses"][0]["proofs"] == ["2025-03-10", "2026-03-01"]
        unknown = await hris.post(f"{path}/proofs", json={"date": "2026-03-01"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "fact_not_found")
    assert (await told(eligibility))[-2:] == [
        ("dispensation.lapsed", "2025-03-01", None),
        ("affiliation.started", "2025-03-01", "2027-12-31"),
    ]


async def test_a_late_request_is_kept_and_changes_nothing(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=CDD)
        assert (await asked(hris, agent, requested_on="2025-03-17")).status_code == 201
        await eligibility.decide()
        decided = await cover(hris, agent)
        assert outcomes(decided)[0] == ("2025-03-01", "AFFILIATED")
        assert [reason["rule"] for reason in decided["periods"][0]["reasons"]] == [
            "eligibility.contract_length",
            "eligibility.dispense_late",
        ]
        assert decided["periods"][0]["reasons"][1]["detail"].endswith("au plus tard le 16/03/2025.")
        (refusal,) = decided["trace"]["steps"][0]["result"]["dispenses_refused"]
        assert (refusal["rule"], refusal["passed"]) == ("eligibility.dispense_late", "2025-03-16")
    (started,) = await eligibility.events("affiliation.started")
    assert "eligibility.dispense_late" in [reason["rule"] for reason in started["data"]["reasons"]]


async def test_a_dispense_given_up_before_cover_begins_is_refused_for_it(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=CDD | {"start": "2024-03-01"})
        one = await asked(hris, agent, requested_on="2024-12-10", proofs=["2024-12-10"])
        path = f"/v1/agents/{agent}/dispenses/{one.json()['id']}"
        await hris.patch(path, json={"to": "2024-12-20"}, headers={"if-match": one.headers["etag"]})
        await eligibility.decide()
        reasons = (await cover(hris, agent))["periods"][0]["reasons"]
    assert (reasons[-1]["rule"], reasons[-1]["detail"][-36:]) == (
        "eligibility.dispense_given_up",
        "au 20/12/2024, avant d'être couvert.",
    )


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"requested_on": "2026-03-11"}, 422, "in_future", "/requested_on"),
        ({"proofs": ["2026-03-11"]}, 422, "in_future", "/proofs"),
        ({"individual_cover": None}, 422, "missing", "/individual_cover"),
        ({"individual_cover": False}, 409, "dispense_known_otherwise", "/requested_on"),
        ({"proofs": ["2025-03-09"]}, 409, "dispense_known_otherwise", "/requested_on"),
        ({"employer": "99985006800019"}, 422, "not_employed", "/employer"),
    ],
)
async def test_what_cannot_be_asked(
    eligibility: Eligibility, change: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=CDD)
        await asked(hris, agent)
        refused = await asked(hris, agent, **change)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["code"], error["pointer"]) == (status, code, pointer)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "one_change"),
        ({"to": "2026-01-01", "cancelled": True}, "one_change"),
        ({"to": "2025-03-09"}, "before_request"),
        ({"without_proof": "2025-01-01"}, "fact_not_found"),
    ],
)
async def test_what_cannot_be_changed(eligibility: Eligibility, body: dict[str, Any], code: str) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=CDD)
        one = await asked(hris, agent)
        path = f"/v1/agents/{agent}/dispenses/{one.json()['id']}"
        refused = (await hris.patch(path, json=body, headers={"if-match": one.headers["etag"]})).json()
    assert code in (refused["code"], refused.get("errors", [{}])[0].get("code"))
