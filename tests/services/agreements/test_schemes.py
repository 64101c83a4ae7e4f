"""A regional scheme is corrected: version after version, with who and why; no convention loses a day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.agreements.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.agreements.accord import LRSY, NOW, raw
from tests.services.agreements.test_api import CITY, WRITE, bring_into_force
from tests.services.client import Service, running

SCHEME = "pays-de-la-loire-2024"
URL = f"/v1/schemes/{SCHEME}"
CONVENTION = f"{SCHEME}.demo-a.0"
FIRST = {"id": CONVENTION, "insurer": "demo-a", "from": "2025-01-01", "to": "2030-12-31", "assumption": True}
OTHER = {"insurer": "demo-b", "lot": 2, "from": "2026-01-01", "to": "2031-12-31", "assumption": True}


@pytest.fixture
async def service(database: DatabaseFactory) -> AsyncIterator[Service]:
    async with running(create_app, await database("agreements"), NOW) as running_service:
        await bring_into_force(running_service)
        running_service.clock.at = NOW + timedelta(minutes=1)
        yield running_service


def correction(**changes: Any) -> dict[str, Any]:
    return {"document": {**raw(SCHEME), **changes}, "reason": "publication du marché"}


async def corrected(staff: httpx.AsyncClient, etag: str, **changes: Any) -> httpx.Response:
    return await staff.put(URL, json=correction(**changes), headers={"if-match": etag})


async def test_a_correction_is_a_version_that_says_who_and_why(service: Service) -> None:
    lots = [{"number": 2, "holder": "Assureur B", "population": None}]
    longer = {**FIRST, "lot": 4, "to": "2031-12-31"}
    async with service.caller(*WRITE) as staff:
        before = await staff.get(URL)
        assert (await staff.get(f"/v1/agreements/{LRSY}")).json()["insured_until"] == "2030-12-31"
        done = await corrected(staff, before.headers["etag"], lots=lots, conventions=[longer, OTHER])
        assert (done.status_code, done.headers["etag"]) == (200, '"2"'), done.text
        again = await corrected(staff, '"2"', lots=lots, conventions=[longer, OTHER])
        assert (again.status_code, again.headers["etag"]) == (200, '"2"'), "the same again changes nothing"
        stale = await corrected(staff, '"1"', rates_guaranteed_to="2028-12-31")
        assert stale.status_code == 412
        now = await staff.get(URL)
        assert now.json() == done.json()
        assert [one["id"] for one in now.json()["conventions"]] == [CONVENTION, f"{SCHEME}.demo-b.2"]
        known = {"known_at": NOW.isoformat()}
        assert (await staff.get(URL, params=known)).json() == before.json()
        on = (await staff.get(URL, params={"as_of": "2025-06-01"})).json()
        assert [one["id"] for one in on["conventions"]] == [CONVENTION]
        assert (await staff.get(URL, params={"known_at": "2020-01-01T00:00:00Z"})).status_code == 404
        assert (await staff.get(f"/v1/agreements/{LRSY}")).json()["insured_until"] == "2031-12-31"
        (row,) = (await staff.get("/v1/schemes")).json()["items"]
        assert (row["scheme"], row["version"]) == (SCHEME, 2)
        first, second = (await staff.get(f"{URL}/history")).json()
    assert (first["version"], first["reason"], first["changes"]) == (1, None, [])
    assert (second["version"], second["reason"]) == (2, "publication du marché")
    assert second["recorded_by"]
    changed = {one["term"]: (one["before"], one["after"]) for one in second["changes"]}
    assert changed[f"conventions/{CONVENTION}/to"] == ("2030-12-31", "2031-12-31")
    assert changed[f"conventions/{CONVENTION}/lot"] == (None, "4")
    assert changed["lots/2/holder"] == (None, "Assureur B")
    assert changed[f"conventions/{SCHEME}.demo-b.2/insurer"] == (None, "demo-b")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"scheme": "autre"}, "another_scheme", "/document/scheme"),
        ({"conventions": []}, "convention_gone", "/document/conventions"),
        ({"conventions": [{**FIRST, "id": None, "lot": 4}]}, "convention_gone", "/document/conventions"),
        (
            {"conventions": [{**FIRST, "insurer": "demo-b"}]},
            "convention_insurer",
            "/document/conventions/0/insurer",
        ),
        ({"conventions": [{**FIRST, "from": "2025-01-02"}]}, "convention_shortened", "/document/conventions/0/from"),
        ({"conventions": [{**FIRST, "to": "2030-12-30"}]}, "convention_shortened", "/document/conventions/0/to"),
        ({"conventions": [{**FIRST, "ended": "résiliée"}]}, "convention_shortened", "/document/conventions/0/to"),
    ],
)
async def test_what_accords_stand_on_is_not_taken_away(
    service: Service, changes: dict[str, Any], code: str, pointer: str
) -> None:
    async with service.caller(*WRITE) as staff:
        refused = await corrected(staff, '"1"', **changes)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_scheme"), refused.text
        assert [(one["code"], one["pointer"]) for one in refused.json()["errors"]] == [(code, pointer)]
        assert len((await staff.get(f"{URL}/history")).json()) == 1


async def test_a_convention_that_ended_does_not_run_on(service: Service) -> None:
    ending = {"on": "2027-12-31", "reason": "résiliation"}
    async with service.caller(*WRITE) as staff:
        shown = (await staff.post(f"/v1/conventions/{CONVENTION}/end", json=ending)).json()
        made = await staff.post(f"/v1/conventions/{CONVENTION}/end", json={**ending, "confirm": shown["confirm"]})
        assert made.json()["applied"]
        refused = await corrected(staff, '"2"', conventions=[FIRST])
        assert [one["code"] for one in refused.json()["errors"]] == ["convention_ended"]
        now = (await staff.get(URL)).json()["conventions"]
        assert (await corrected(staff, '"2"', conventions=now, levels=["0.9500"])).status_code == 200


async def test_who_corrects_a_scheme_names_its_version_and_acts_for_all(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        assert (await staff.put(URL, json=correction())).status_code == 428
        missing = await staff.put("/v1/schemes/none", json=correction(scheme="none"), headers={"if-match": '"1"'})
        assert missing.status_code == 404
        answers = await asyncio.gather(
            *(corrected(staff, '"1"', rates_guaranteed_to=f"2028-12-{day}") for day in range(10, 16))
        )
    assert sorted(one.status_code for one in answers) == [200, *[412] * 5]
    async with service.caller(*WRITE, employers=[CITY]) as city:
        assert (await corrected(city, '"2"')).status_code == 403
