"""What nobody should send, over HTTP: changes at once, impossible days, other people's accords, monstrous documents."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest

from tests.postgres import ComponentDatabase
from tests.services.agreements.accord import NOW, changed, raw
from tests.services.agreements.test_api import CITY, OTHER, WRITE, bring_into_force, published
from tests.services.agreements.test_changes import CONVENTION, REVISIONS, URL, confirmed, with_rates
from tests.services.client import Service


@pytest.fixture
async def service(service: Service) -> Service:
    await bring_into_force(service)
    service.clock.at = NOW + timedelta(minutes=1)
    return service


BODY: Final = {"on": "2026-12-31", "reason": "x"}
JSON: Final = {"content-type": "application/json"}
AVENANT: Final[dict[str, Any]] = {"document": with_rates(REVISIONS[0]["rates"]), "from": "2028-01-01", "reason": "x"}


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (f"{URL}/denunciation", BODY),
        (f"{URL}/suspension", BODY),
        (f"{URL}/employers/{CITY}/end", BODY),
        (f"{URL}/revisions", AVENANT),
        (CONVENTION, BODY),
    ],
    ids=lambda value: value.rsplit("/", 1)[1] if isinstance(value, str) else "",
)
async def test_of_confirmations_at_once_one_is_made(
    staff: httpx.AsyncClient, registry: ComponentDatabase, url: str, body: dict[str, Any]
) -> None:
    """The others find that the accord has changed since the preview."""
    token = (await staff.post(url, json=body)).json()["confirm"]
    answers = await asyncio.gather(*(staff.post(url, json={**body, "confirm": token}) for _ in range(5)))
    assert Counter(answer.status_code // 100 for answer in answers) == {2: 1, 4: 4}, [a.text for a in answers]
    versions = [e["data"]["version"] for e in await published(registry) if e["type"].endswith("agreement.published.v1")]
    assert len(versions) == 2


async def test_conventions_of_one_scheme_end_at_once(staff: httpx.AsyncClient) -> None:
    """Each is written over what the other left of the scheme, and none is lost."""
    several = raw("pays-de-la-loire-2024")
    several["scheme"] = "several"
    names = ("one", "two", "three")
    several["conventions"] = [{**several["conventions"][0], "insurer": name} for name in names]
    assert (await staff.post("/v1/schemes", json=several)).status_code == 201
    await asyncio.gather(*(confirmed(staff, f"/v1/conventions/several.{name}.0/end", BODY) for name in names))
    kept = [one for one in (await staff.get("/v1/conventions")).json() if one["scheme"] == "several"]
    assert [one["to"] for one in kept] == [BODY["on"]] * 3


async def test_a_suspension_does_not_begin_before_the_last_one_ended(staff: httpx.AsyncClient) -> None:
    await confirmed(staff, f"{URL}/suspension", {"on": "2026-03-01", "reason": "x"})
    await confirmed(staff, f"{URL}/resumption", {"on": "2026-06-01", "reason": "x"})
    refused = await staff.post(f"{URL}/suspension", json={"on": "2026-04-01", "reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (422, "outside_force")
    await confirmed(staff, f"{URL}/suspension", {"on": "2026-06-01", "reason": "x"})


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2024-12-31", "9999-12-31", "2026-02-30", "20260101"])
@pytest.mark.parametrize("what", ["denunciation", "suspension", "revisions", f"employers/{CITY}/end"])
async def test_no_change_is_made_on_an_impossible_day(staff: httpx.AsyncClient, day: str, what: str) -> None:
    body = {**AVENANT, "from": day} if what == "revisions" else {"on": day, "reason": "x"}
    refused = await staff.post(f"{URL}/{what}", json=body)
    assert refused.status_code == 422, refused.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_no_terms_are_read_beyond_the_calendar(staff: httpx.AsyncClient, day: str) -> None:
    for params in ({"as_of": day}, {"known_at": f"{day}T00:00:00Z"}, {"as_of": day, "employer": CITY}):
        refused = await staff.get(f"{URL}/terms", params=params)
        assert refused.status_code == 422, refused.text


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"/effective/from": "0001-01-01"}, "/effective/from"),
        ({"/effective/to": "9999-12-31"}, "/effective/to"),
        ({"/guarantees/0/rates/0/guaranteed_to": "2200-01-01"}, "/guarantees/0/rates/0/guaranteed_to"),
        ({"/guarantees/0/rates/0/rate": "1e999999"}, "/guarantees/0/rates/0/rate"),
        ({"/guarantees/0/rates/0/rate": "NaN"}, "/guarantees/0/rates/0/rate"),
        ({"/guarantees/0/rates/0/rate": "-0.02"}, "/guarantees/0/rates/0/rate"),
        ({"/guarantees/0/rates/0/employer_share": "2"}, "/guarantees/0/rates/0/employer_share"),
        ({"/guarantees": []}, "/guarantees"),
        ({"/employers": []}, "/employers"),
        ({"/scheme": "x" * 5000}, "/scheme"),
        ({"/source": "a\u0000b"}, "/source"),
        ({"/source": "\ud800"}, "/source"),
        ({"/locks": ["guarantees/" * 400]}, "/locks/0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_wrong_documents_are_refused_at_their_place(
    staff: httpx.AsyncClient, change: dict[str, Any], pointer: str
) -> None:
    content = json.dumps(changed({"/agreement": "other", **change}))
    refused = await staff.post("/v1/agreements", content=content, headers=JSON)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[" * 200_000, "too_deep"),
        ('{"a":' * 50_000, "too_deep"),
        ('"' + "x" * 20_000_000 + '"', "too_large"),
        ('{"agreement": ' + "9" * 10_000 + "}", "ambiguous_json"),
    ],
    ids=["deep lists", "deep objects", "huge", "long number"],
)
async def test_monstrous_bodies_are_refused(staff: httpx.AsyncClient, body: str, code: str) -> None:
    refused = await staff.post("/v1/agreements", content=body, headers=JSON)
    assert refused.json()["code"] == code


@pytest.mark.parametrize(("employers", "client"), [([OTHER], "demo-hris"), ([], "demo-insurer-a")])
async def test_a_draft_is_of_its_employers(service: Service, employers: list[str], client: str) -> None:
    draft = changed({"/agreement": "draft", "/employers": raw()["employers"][:1]})
    async with service.caller(*WRITE) as staff:
        assert (await staff.post("/v1/agreements", json=draft)).status_code == 201
    async with service.caller(*WRITE, employers=employers, client=client) as nobody:
        for path in ("", "/terms", "/history", "/notices", "/committee"):
            hidden = await nobody.get(f"/v1/agreements/draft{path}")
            assert (hidden.status_code, hidden.json()["code"]) == (404, "agreement_not_found"), path
        for path in ("suspension", "denunciation"):
            body = {"on": "2026-01-01", "reason": "x"}
            assert (await nobody.post(f"/v1/agreements/draft/{path}", json=body)).status_code == 404
        assert (await nobody.post("/v1/agreements/draft/publish")).status_code == 404


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/eligibility/seniority_months", 601),
        ("/eligibility/contract_months", 1_000_000),
        ("/eligibility/return_days", 3_661),
        ("/eligibility/seniority_gap_days", -1),
        ("/eligibility/dispense/hire_days", 1_000_000),
        ("/eligibility/dispense/proof_months", 120_000),
    ],
)
async def test_what_no_calendar_could_reckon_is_refused(staff: httpx.AsyncClient, pointer: str, value: int) -> None:
    """Published, it would stop the decision of every agent of the accord."""
    answer = await staff.post("/v1/agreements", json=changed({pointer: value, "/agreement": "endless"}))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
