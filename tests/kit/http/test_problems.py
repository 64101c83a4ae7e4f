"""Every error is a problem: unknown paths, methods, faults of ours, and what the database refuses."""

from __future__ import annotations

import json

import asyncpg
import httpx
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.types import Receive, Scope, Send

from kit.db.database import Database
from kit.http.request_span import RequestSpan
from relais.ports import free_port
from tests.kit.http.conftest import Sample

SIRET = "73282932000074"


async def test_unknown_path_and_method(sample: Sample) -> None:
    unknown = await sample.http.get("/v1/nowhere")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    method = await sample.http.delete("/v1/notes")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    assert method.headers["allow"] == "GET, POST"


async def test_a_fault_of_ours_says_nothing_of_itself(sample: Sample, capfd: pytest.CaptureFixture[str]) -> None:
    answer = await sample.http.get("/v1/broken", headers=sample.issuer.bearer())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.json()["trace_id"]
    assert "185057800608436" not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize(
    ("statement", "status", "code"),
    [
        ("SELECT 1", 200, None),
        ("SELECT 1 / 0", 500, "internal_error"),
        ("DELETE FROM scope_employer", 500, "internal_error"),
        ("INSERT INTO note (id, employer, text) SELECT gen_random_uuid(), '00000000000000', ''", 403, "out_of_scope"),
        ("INSERT INTO scope_employer VALUES ('a', 'b'), ('a', 'b')", 409, "conflict"),
        ("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", 409, "busy"),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", 409, "busy"),
        ("DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$", 409, "busy"),
        ("DO $$ BEGIN RAISE SQLSTATE '57P01'; END $$", 503, "database_unavailable"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", 503, "database_unavailable"),
        ("SET LOCAL statement_timeout = 1", 200, None),
        ("SELECT chr(0)", 500, "internal_error"),
        ("SELECT repeat('9', 30)::bigint", 422, "unstorable_value"),
    ],
)
async def test_what_the_database_refuses(sample: Sample, statement: str, status: int, code: str | None) -> None:
    headers = sample.issuer.bearer(employers=[SIRET])
    answer = await sample.http.post("/v1/sql", json={"employer": SIRET, "text": statement}, headers=headers)
    assert answer.status_code == status
    if code is not None:
        assert answer.json()["code"] == code
        assert (answer.json().get("retry_in") is not None) == (status == 503 or code == "busy")
        assert ("retry-after" in answer.headers) == (status == 503 or code == "busy")


@pytest.mark.parametrize("error", [asyncpg.InternalClientError(), ConnectionRefusedError(), PoolTimeoutError()])
async def test_a_database_that_is_away_is_no_fault_in_any_application(error: Exception) -> None:
    """Those that are not FastAPI, and what FastAPI's handlers do not know, are answered the same."""

    async def application(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise error

    spanned = httpx.ASGITransport(RequestSpan(application, "sample"))
    async with httpx.AsyncClient(transport=spanned, base_url="http://sample") as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1e300"])
async def test_an_instant_beyond_the_calendar_is_refused(sample: Sample, instant: str) -> None:
    checked = await sample.http.get("/v1/since", params={"bounded": instant}, headers=sample.issuer.bearer())
    assert (checked.status_code, checked.json()["errors"][0]["pointer"]) == (422, "/query/bounded")
    unchecked = await sample.http.get("/v1/since", params={"raw": instant}, headers=sample.issuer.bearer())
    assert unchecked.status_code == 422, "what the driver cannot send is no fault of ours"


async def test_a_database_out_of_reach_is_503(sample: Sample) -> None:
    state = sample.app.state
    reachable = state.db
    state.db = Database(f"postgresql+asyncpg://a:b@127.0.0.1:{free_port()}/none")
    try:
        answer = await sample.http.get("/v1/notes", headers=sample.issuer.bearer())
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert answer.json()["retry_in"] > 0
        assert (await sample.http.get("/health/live")).status_code == 200
        ready = await sample.http.get("/health/ready")
        assert (ready.status_code, ready.json()["code"]) == (503, "not_ready")
    finally:
        state.db = reachable


async def test_ready_with_a_migrated_database_and_measured(sample: Sample) -> None:
    assert (await sample.http.get("/health/ready")).json() == {"status": "ready"}
    await sample.http.get("/v1/nowhere")
    assert (
        'relais_requests_total{method="GET",route="unmatched",service="sample",status="404"}'
        in (await sample.http.get("/metrics")).text
    )


async def test_problems_are_documented_as_the_default_answer(sample: Sample) -> None:
    document = (await sample.http.get("/openapi.json")).json()
    operation = document["paths"]["/v1/notes"]["post"]
    assert operation["security"] == [{"oauth2": ["agents:write"]}]
    parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
    assert parameters["Idempotency-Key"]["required"]
    assert parameters["Idempotency-Key"]["schema"]["type"] == "string"
    assert not parameters["X-Acting-Employer"]["required"]
    change = document["paths"]["/v1/notes/{number}"]["put"]["parameters"]
    assert next(one["required"] for one in change if one["name"] == "If-Match")
    assert "x-required" not in json.dumps(document)
    assert "application/problem+json" in operation["responses"]["default"]["content"]
    assert document["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "code"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("month=2026-01&wait=1", []),
        ("mnth=2026-01", [("/query/mnth", "unknown_parameter")]),
        ("Month=2026-01&month=2026-01", [("/query/Month", "unknown_parameter")]),
        ("wait=1&wait=2", [("/query/wait", "repeated_parameter")]),
        ("key=%00", [("/query/key", "forbidden_character")]),
        ("185057800608436=1", [("/query/[masqué]", "unknown_parameter")]),
        ("only=a&only=b", []),
    ],
)
async def test_a_parameter_is_known_and_said_once(sample: Sample, query: str, wrong: list[tuple[str, str]]) -> None:
    answer = await sample.http.get(f"/v1/asked?{query}", headers=sample.issuer.bearer())
    assert answer.status_code == (422 if wrong else 200), answer.text
    errors = answer.json()["errors"] if wrong else []
    assert [(one["pointer"], one["code"]) for one in errors] == wrong
