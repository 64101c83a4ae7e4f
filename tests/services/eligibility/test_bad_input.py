"""What the file refuses: a clear code, the place of the fault, and nothing written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from kit.db.database import Scope
from tests.services.eligibility.conftest import CITY, OTHER, Eligibility, hire_body
from tests.services.eligibility.importing import imported, refused

KEY = {"idempotency-key": "k"}


async def rows(eligibility: Eligibility, table: str) -> int:
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        return int((await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


def fault(answer: Any) -> tuple[int, str, str]:
    """Status, code, and where: the field's own code when the request as a whole is refused."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = body["errors"]
    return answer.status_code, error.get("code") or body["code"], error["pointer"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"surprise": 1}, "extra_forbidden", "/surprise"),
        ({"nir": "275038500100159"}, "nir", "/nir"),
        ({"nir": "1"}, "nir", "/nir"),
        ({"nir": 275038500100158}, "nir", "/nir"),
        ({"employer": "99985001900013"}, "siret", "/employer"),
        ({"birth_date": "1975-02-30"}, "date", "/birth_date"),
        ({"birth_date": "2025-02-01"}, "before_birth", "/employment"),
        ({"matricule": "275038500100158"}, "nir_as_code", "/matricule"),
        ({"matricule": "2750385001001"}, "nir_as_code", "/matricule"),
        ({"birth_date": 19750301}, "date", "/birth_date"),
        ({"matricule": ""}, "string_too_short", "/matricule"),
        ({"matricule": "R/1"}, "string_pattern_mismatch", "/matricule"),  # it stands in addresses
        ({"employment": {"end": "2025-01-31"}}, "reversed_interval", "/employment/end"),
        ({"employment": {"kind": "MAIRE", "titular": None, "category": None}}, "enum", "/employment/kind"),
        ({"employment": {"contract": "CDI"}}, "contract_mismatch", "/employment/contract"),
        ({"employment": {"category": None}}, "category_required", "/employment/category"),
        ({"employment": {"titular": False}}, "titular_mismatch", "/employment/titular"),
        ({"employment": {"weekly_hours": "35h"}}, "hours", "/employment/weekly_hours"),
        ({"employment": {"weekly_hours": 35}}, "hours", "/employment/weekly_hours"),
        ({"employment": {"service_start": "2025-02-02"}}, "conditions_refused", "/employment/service_start"),
        ({"employment": {"service_start": "1975-03-01"}}, "before_birth", "/employment/service_start"),
        ({"employment": {"weekly_hours": "70.00"}}, "conditions_refused", "/employment/weekly_hours"),
        ({"employment": {"weekly_hours": "48.01"}}, "conditions_refused", "/employment/weekly_hours"),
        ({"employment": {"weekly_hours": "0.00"}}, "conditions_refused", "/employment/weekly_hours"),
        ({"employment": {"start": "2031-03-10"}}, "too_far_ahead", "/employment/start"),
        ({"birth_date": "2026-03-11", "employment": {"start": "2026-04-01"}}, "in_future", "/birth_date"),
        (
            {"employment": {"kind": "PRIVATE_LAW", "contract": "CDI", "titular": None}},
            "category_refused",
            "/employment/category",
        ),
        (
            {"employment": {"kind": "CONTRACTUEL_PUBLIC", "contract": "CDD", "category": None, "titular": None}},
            "end_required",
            "/employment/end",
        ),
        (
            {"employment": {"kind": "CONTRACTUEL_PUBLIC", "category": None, "titular": None}},
            "contract_mismatch",
            "/employment/contract",
        ),
    ],
)
async def test_a_hire_that_cannot_be(eligibility: Eligibility, change: dict[str, Any], code: str, pointer: str) -> None:
    async with eligibility.hris(CITY) as hris:
        refusal = await hris.post("/v1/agents", json=hire_body(**change), headers=KEY)
    assert fault(refusal) == (422, code, pointer)
    assert "275038500100159" not in refusal.text
    assert await rows(eligibility, "person") == 0
    assert await eligibility.events() == []


async def test_a_hire_needs_a_key_and_an_employer_of_ones_own(eligibility: Eligibility) -> None:
    async with eligibility.hris(OTHER) as stranger:
        missing = await stranger.post("/v1/agents", json=hire_body())
        foreign = await stranger.post("/v1/agents", json=hire_body(), headers=KEY)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "employer_not_yours")
    assert await rows(eligibility, "agent") == 0


async def test_too_large_and_too_deep(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        large = await hris.post("/v1/agents", json=hire_body(last_name="x" * 2_000_000), headers=KEY)
        deep: Any = "x"
        for _ in range(200):
            deep = [deep]
        nested = await hris.post("/v1/agents", json={"employer": deep}, headers=KEY)
    assert (large.status_code, nested.status_code) == (413, 422)


async def hired(eligibility: Eligibility, **changes: Any) -> str:
    async with eligibility.hris() as hris:
        answer = await hris.post(
            "/v1/agents", json=hire_body(**changes), headers={"idempotency-key": str(sorted(changes.items()))}
        )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"kind": "CMO", "start": "2026-02-10", "end": "2026-02-09"}, "reversed_interval", "/end"),
        ({"kind": "CMO", "start": "2026-02-10T00:00:00", "end": "2026-02-19"}, "date", "/start"),
        ({"kind": "FLU", "start": "2026-02-10"}, "enum", "/kind"),
        ({"kind": "CLM", "start": "2026-02-10", "waiting_days": 1}, "waiting_days_refused", "/waiting_days"),
        ({"kind": "CMO", "start": "2026-02-10", "waiting_days": "1"}, "int_type", "/waiting_days"),
        ({"kind": "CMO", "start": "2026-02-10", "waiting_days": 367}, "less_than_equal", "/waiting_days"),
        ({"kind": "CMO", "start": "2026-02-10", "seniority_days": 36_526}, "less_than_equal", "/seniority_days"),
        ({"kind": "DO", "start": "2026-02-10"}, "paid_required", "/paid"),
        ({"kind": "CMO", "start": "2025-01-31", "end": "2025-02-10"}, "not_employed", "/start"),
        ({"kind": "CMO", "start": "2026-02-10", "employer": OTHER}, "not_employed", "/employer"),
        ({"kind": "CMO", "start": "2026-01-10", "end": "2026-02-02"}, "position_overlap", "/start"),
        ({"kind": "CLM", "start": "2026-02-05", "end": "2026-02-05"}, "position_overlap", "/start"),
        ({"kind": "CMO", "start": "2031-03-10"}, "too_far_ahead", "/start"),
        ({"kind": "CMO", "start": "2026-03-01", "end": "2190-12-31"}, "too_far_ahead", "/end"),
        ({"kind": "CMO", "start": "2026-03-01", "sent_on": "2026-02-28"}, "sent_before_start", "/sent_on"),
    ],
)
async def test_a_leave_that_cannot_be(eligibility: Eligibility, body: dict[str, Any], code: str, pointer: str) -> None:
    agent = await hired(eligibility)
    async with eligibility.hris(CITY) as hris:
        first = {"kind": "CMO", "start": "2026-02-01", "end": "2026-02-07"}
        assert (await hris.post(f"/v1/agents/{agent}/leaves", json=first)).status_code == 201
        refusal = await hris.post(f"/v1/agents/{agent}/leaves", json=body)
    assert fault(refusal) == (422, code, pointer)
    told = refusal.json()["errors"][0]["detail"]
    assert ("du 01/02/2026 au 07/02/2026" in told) == (code == "position_overlap"), "the days of the other leave"
    assert await rows(eligibility, "leave_entry") == 1


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"start": "2026-02-09", "end": "2026-02-12"}, "renewal_gap", "/start"),
        ({"start": "2026-02-08", "end": "2190-02-12"}, "too_far_ahead", "/end"),
        ({"start": "2026-02-07", "end": "2026-02-12"}, "renewal_gap", "/start"),
        ({"start": "2026-02-08", "end": "2026-02-07"}, "reversed_interval", "/end"),
        ({"start": "2026-02-08", "end": "2026-02-20"}, "position_overlap", "/end"),
    ],
)
async def test_a_renewal_that_cannot_be(
    eligibility: Eligibility, body: dict[str, Any], code: str, pointer: str
) -> None:
    agent = await hired(eligibility)
    async with eligibility.hris(CITY) as hris:
        path = f"/v1/agents/{agent}/leaves"
        other = {"kind": "CMO", "start": "2026-02-20", "end": "2026-02-21"}
        assert (await hris.post(path, json=other)).status_code == 201
        answer = await hris.post(path, json=other | {"start": "2026-02-01", "end": "2026-02-07"})
        first = answer.json()["id"]
        refusal = await hris.post(f"/v1/agents/{agent}/leaves/{first}/extensions", json=body)
    assert fault(refusal) == (422, code, pointer)
    told = refusal.json()["errors"][0]["detail"]
    assert ("08/02/2026" in told) == (code == "renewal_gap"), "the day expected"


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"guarantee": "BASE", "from": "2026-01-01"}, "literal_error", "/guarantee"),
        ({"guarantee": "DEATH", "from": "2024-12-01"}, "not_employed", "/from"),
        ({"guarantee": "RETIREMENT_LOSS", "from": "2026-01-01"}, "option_not_open", "/guarantee"),
        ({"guarantee": "DEATH", "from": "2199-01-01"}, "too_far_ahead", "/from"),
    ],
)
async def test_an_option_that_is_not_open(
    eligibility: Eligibility, body: dict[str, Any], code: str, pointer: str
) -> None:
    await eligibility.publish_accord()
    agent = await hired(eligibility, employment={"weekly_hours": "20.00"})
    async with eligibility.hris(CITY) as hris:
        refusal = await hris.post(f"/v1/agents/{agent}/options", json=body)
    assert fault(refusal) == (422, code, pointer)
    assert "<" not in refusal.text, "members of an enumeration go by their names"
    assert await rows(eligibility, "option_election") == 0


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"from": "2026-01-01", "pension_net": "0.00"}, "nothing_recognised", ""),
        ({"from": "2026-01-01", "cnracl_rate": "40 %", "pension_net": "0.00"}, "share", "/cnracl_rate"),
        ({"from": "2026-01-01", "cnracl_rate": "1.0001", "pension_net": "0.00"}, "share", "/cnracl_rate"),
        ({"from": "2026-01-01", "atmp_rate": "2", "pension_net": "0.00"}, "share", "/atmp_rate"),
        ({"from": "2026-01-01", "cnracl_rate": "0.4", "pension_net": "-1.00"}, "amount", "/pension_net"),
        ({"from": "2026-01-01", "cnracl_rate": "0.4", "pension_net": 1}, "amount", "/pension_net"),
        ({"from": "2026-01-01", "ss_category": "4", "pension_net": "1.00"}, "literal_error", "/ss_category"),
        ({"from": "2026-03-01", "cnracl_rate": "0.5", "pension_net": "1.00"}, "invalidity_overlap", "/from"),
        ({"from": "1975-02-28", "cnracl_rate": "0.5", "pension_net": "1.00"}, "before_birth", "/from"),
        ({"from": "2031-03-10", "cnracl_rate": "0.5", "pension_net": "1.00"}, "too_far_ahead", "/from"),
        ({"from": "2026-01-01", "cnracl_rate": "0", "pension_net": "1.00"}, "rate_zero", "/cnracl_rate"),
    ],
)
async def test_a_recognition_that_cannot_be(
    eligibility: Eligibility, body: dict[str, Any], code: str, pointer: str
) -> None:
    agent = await hired(eligibility)
    async with eligibility.hris(CITY) as hris:
        first = {"from": "2026-03-01", "cnracl_rate": "0.4", "pension_net": "900.00"}
        assert (await hris.post(f"/v1/agents/{agent}/invalidities", json=first)).status_code == 201
        refusal = await hris.post(f"/v1/agents/{agent}/invalidities", json=body)
    assert fault(refusal) == (422, code, pointer)
    assert await rows(eligibility, "invalidity") == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("leaves", "CLM"),
        ("leaves", "CLD"),
        ("leaves", "DO"),
        ("positions", "DISPONIBILITE"),
        ("positions", "DETACHEMENT"),
    ],
)
async def test_what_only_a_fonctionnaire_has(eligibility: Eligibility, path: str, kind: str) -> None:
    """A contractuel is refused it, alone, in a file and by requalification; the same agent's CGM stands."""
    contract = {"kind": "CONTRACTUEL_PUBLIC", "contract": "CDI", "category": None, "titular": None}
    agent = await hired(eligibility, employment=contract)
    body = {"kind": kind, "start": "2026-02-01", "end": "2026-02-10", "paid": True}
    async with eligibility.hris(CITY) as hris:
        assert fault(await hris.post(f"/v1/agents/{agent}/{path}", json=body)) == (422, "not_of_this_kind", "/kind")
        if path == "positions":
            return
        entry = {name: value for name, value in body.items() if name != "kind"}
        line = {"employer": CITY, "matricule": "M1", "kind": kind, "entries": [entry]}
        job = await imported(eligibility, hris, "leaves", json.dumps(line).encode())
        assert await refused(hris, job) == [["1", "kind", "not_of_this_kind"]]
        started = await hris.post(f"/v1/agents/{agent}/leaves", json=body | {"kind": "CGM"})
        assert started.status_code == 201
        requalified = {"kind": kind, "from": "2026-02-01", "paid": True}
        one = f"/v1/agents/{agent}/leaves/{started.json()['id']}"
        again = await hris.patch(one, json=requalified, headers={"if-match": started.headers["etag"]})
        assert fault(again) == (422, "not_of_this_kind", "/kind")


HARDLY = {
    "unlikely_hours": ({"employment": {"weekly_hours": "45.00"}}, "/employment/weekly_hours"),
    "unlikely_age": (
        {"birth_date": "1975-03-01", "employment": {"start": "1985-02-01", "service_start": None}},
        "/employment/start",
    ),
    "nir_birth_mismatch": ({"birth_date": "1976-03-01"}, "/birth_date"),
    "unlikely_term": (
        {
            "employment": {
                "kind": "CONTRACTUEL_PUBLIC",
                "contract": "CDD",
                "end": "2031-02-01",
                "category": None,
                "titular": None,
            }
        },
        "/employment/end",
    ),
}


@pytest.mark.parametrize("code", HARDLY)
async def test_what_is_merely_unlikely_is_entered_and_said(eligibility: Eligibility, code: str) -> None:
    change, pointer = HARDLY[code]
    async with eligibility.hris(CITY) as hris:
        answer = await hris.post("/v1/agents", json=hire_body(**json.loads(json.dumps(change))), headers=KEY)
        assert answer.status_code == 201, answer.text
        assert [(w["code"], w["pointer"]) for w in answer.json()["warnings"]] == [(code, pointer)]


async def test_periods_of_one_contract_do_not_overlap_several_contracts_may(eligibility: Eligibility) -> None:
    agent = await hired(eligibility, employment={"end": "2025-12-31"})
    contract = {"kind": "CONTRACTUEL_PUBLIC", "contract": "CDI", "weekly_hours": "10.00"}
    async with eligibility.hris(CITY) as hris:
        path = f"/v1/agents/{agent}/employments"
        overlap = await hris.post(path, json=contract | {"start": "2025-12-31"})
        assert fault(overlap) == (422, "contract_overlap", "/start")
        after = await hris.post(path, json=contract | {"start": "2026-01-01"})
        beside = await hris.post(path, json=contract | {"start": "2025-06-01", "contract_number": "2"})
        assert (after.status_code, beside.status_code) == (201, 201)
        etag = beside.headers["etag"]
        read = (await hris.get(f"/v1/agents/{agent}")).json()
        first = next(e for e in read["employments"] if e["start"] == "2025-02-01")
        longer = await hris.patch(f"{path}/{first['id']}", json={"end": "2026-01-01"}, headers={"if-match": etag})
        assert fault(longer) == (422, "contract_overlap", "/end")
        unknown = await hris.post(path, json=contract | {"start": "2026-01-01", "matricule": "M9"})
        assert fault(unknown) == (422, "not_employed", "/matricule")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "nothing_to_change", ""),
        ({"weekly_hours": "20.00"}, "from_required", ""),
        ({"from": "2026-01-01"}, "nothing_to_change", ""),
        ({"from": "2026-01-01", "end": "2026-02-01"}, "from_required", ""),
        ({"from": "2025-01-31", "weekly_hours": "20.00"}, "not_employed", "/from"),
        ({"end": "2025-01-31"}, "reversed_interval", "/end"),
        ({"from": "2026-01-01", "kind": "CONTRACTUEL_PUBLIC"}, "conditions_refused", "/contract"),
        ({"from": "2026-01-01", "weekly_hours": "70.00"}, "conditions_refused", "/weekly_hours"),
        ({"from": "2031-03-10", "weekly_hours": "20.00"}, "too_far_ahead", "/from"),
        (
            {"from": "2026-01-01", "kind": "PRIVATE_LAW", "contract": "CDI", "category": "A"},
            "conditions_refused",
            "/category",
        ),
    ],
)
async def test_a_change_of_contract_that_cannot_be(
    eligibility: Eligibility, body: dict[str, Any], code: str, pointer: str
) -> None:
    agent = await hired(eligibility)
    async with eligibility.hris(CITY) as hris:
        read = await hris.get(f"/v1/agents/{agent}")
        path = f"/v1/agents/{agent}/employments/{read.json()['employments'][0]['id']}"
        refusal = await hris.patch(path, json=body, headers={"if-match": read.headers["etag"]})
    assert fault(refusal) == (422, code, pointer)


async def test_a_change_names_the_version_it_changes(eligibility: Eligibility) -> None:
    agent = await hired(eligibility)
    async with eligibility.hris(CITY) as hris:
        leave = (await hris.post(f"/v1/agents/{agent}/leaves", json={"kind": "CMO", "start": "2026-02-01"})).json()
        path = f"/v1/agents/{agent}/leaves/{leave['id']}"
        blind = await hris.patch(path, json={"cancelled": True})
        late = await hris.patch(path, json={"cancelled": True}, headers={"if-match": '"1"'})
        both = await hris.patch(path, json={"cancelled": True, "end": "2026-02-02"}, headers={"if-match": '"2"'})
        assert (blind.status_code, late.status_code, both.status_code) == (428, 412, 422)
        assert (await hris.patch(path, json={"cancelled": True}, headers={"if-match": '"2"'})).status_code == 200
        again = await hris.patch(path, json={"end": "2026-02-02"}, headers={"if-match": '"3"'})
        assert (again.status_code, again.json()["code"]) == (409, "leave_cancelled")
        gone = await hris.patch(path.replace(leave["id"], agent), json={"cancelled": True}, headers={"if-match": '"3"'})
        assert (gone.status_code, gone.json()["code"]) == (404, "fact_not_found")


async def test_what_is_not_there(eligibility: Eligibility) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    async with eligibility.hris(CITY) as hris:
        for path in (f"/v1/agents/{nobody}", f"/v1/agents/{nobody}/affiliation"):
            answer = await hris.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "agent_not_found")
        leave = await hris.post(f"/v1/agents/{nobody}/leaves", json={"kind": "CMO", "start": "2026-02-01"})
        assert (leave.status_code, leave.json()["code"]) == (404, "agent_not_found")
        assert (await hris.get("/v1/agents/not-a-uuid")).status_code == 422
