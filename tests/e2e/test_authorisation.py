"""The authorisation matrix, generated from the OpenAPI document: every operation, asked by whoever may not and may."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, Final

import httpx
import pytest

from gateway.application.tokens import Issuer, issue_token
from gateway.domain.clients import Client
from kit.clock import FixedClock, SystemClock
from kit.http.auth import SCOPES
from kit.http.policy import READING
from relais.demo.play import play
from relais.demo.report import Report
from tests.operations import Operation, merged_document, operations
from tests.platform import TestPlatform

EVERY: Final = frozenset(SCOPES)
STRANGER: Final = "35600000049837"
UNAUTHORISED, FORBIDDEN, OK_BELOW = 401, 403, 300
CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Sign = Callable[..., str]


@pytest.fixture(scope="module")
def every_operation() -> list[Operation]:
    return list(operations(merged_document()))


def test_every_operation_has_a_policy(every_operation: list[Operation]) -> None:
    assert [op.name for op in every_operation if op.policy is None] == []
    for op in every_operation:
        assert op.policy is not None
        shown = {scope for needed in op.told["security"] for scope in needed["oauth2"]}
        assert shown == set(op.policy["scopes"]), op.name


def test_who_only_reads_changes_nothing(every_operation: list[Operation]) -> None:
    for op in every_operation:
        assert op.policy is not None
        if op.method in CHANGES and not op.policy["computes"]:
            assert any(not scope.endswith(READING) for scope in op.policy["scopes"]), op.name


async def test_nobody_gets_more_than_is_his(
    platform: TestPlatform, every_operation: list[Operation], record_property: Callable[[str, object], None]
) -> None:
    sign = await _signing(platform)
    async with httpx.AsyncClient(base_url=platform.gateway, timeout=30, trust_env=False) as http:
        staff = sign(Client("matrix-staff", "x", EVERY, None))
        if not await _items(http, staff, "/v1/claims"):  # unless a test before played it on the same platform
            await asyncio.to_thread(play, platform.gateway, platform.clients, Report(lambda _: None))
        mine, known, marks = await _what_is_mine(http, staff)
        asked = Counter[str]()
        leaks: list[str] = []
        for op in every_operation:
            for column, expected, answer in [
                *await _strangers(http, op, known, sign, mine),
                *await _entitled(http, op, known, sign, mine),
            ]:
                asked[column] += 1
                if not expected(answer, marks):
                    leaks.append(f"{op.name} [{column}]: {answer.status_code} {answer.text[:200]}")
    cells = sum(asked.values())
    record_property("authorisation-matrix", f"{len(every_operation)} operations, {cells} cells, {len(leaks)} leaks")
    print(f"{len(every_operation)} operations: {dict(asked)}")  # noqa: T201 - the table, shown by pytest -s
    assert not leaks, "\n".join(leaks)
    assert asked["right"] == len(every_operation)


Expected = Callable[[httpx.Response, Iterable[str]], bool]
Cell = tuple[str, Expected, httpx.Response]


def _status(*allowed: int) -> Expected:
    return lambda answer, _marks: answer.status_code in allowed


def _nothing_of_mine(answer: httpx.Response, marks: Iterable[str]) -> bool:
    """No id and no employer, but for what the request named itself."""
    asked = str(answer.request.url)
    return answer.status_code >= OK_BELOW or not any(mark in answer.text and mark not in asked for mark in marks)


def _not_refused(answer: httpx.Response, _marks: Iterable[str]) -> bool:
    return answer.status_code not in {UNAUTHORISED, FORBIDDEN} and answer.status_code < 500


async def _ask(http: httpx.AsyncClient, request: Mapping[str, Any], token: str | None) -> httpx.Response:
    headers = dict(request["headers"]) | ({} if token is None else {"authorization": f"Bearer {token}"})
    return await http.request(**{**request, "headers": headers})


async def _strangers(
    http: httpx.AsyncClient, op: Operation, known: Mapping[str, str], sign: Sign, mine: frozenset[str]
) -> list[Cell]:
    """Who may not: by the token, by the scope, by the tenancy."""
    assert op.policy is not None
    right = Client("matrix", "x", EVERY, None if op.policy["tenancy"] == "platform" else mine)
    lacking = replace(right, scopes=EVERY - {op.policy["scopes"][0]})
    other, insurer = Client("other", "x", EVERY, frozenset({STRANGER})), Client("b", "x", EVERY, insurer="demo-b")
    request = op.request(known)
    shared = op.policy["tenancy"] in {"registry", "request"}
    foreign = _status(FORBIDDEN) if op.policy["tenancy"] == "platform" else _nothing_of_mine
    wanted: list[tuple[str, Expected, str | None]] = [
        ("no token", _status(UNAUTHORISED), None),
        ("expired", _status(UNAUTHORISED), sign(right, late=True)),
        ("wrong audience", _status(UNAUTHORISED), sign(right, audience="elsewhere")),
        ("wrong scope", _status(FORBIDDEN), sign(lacking)),
    ]
    if not shared:
        wanted += [("other employer", foreign, sign(other)), ("other insurer", foreign, sign(insurer))]
    if op.method in CHANGES and not op.policy["computes"]:
        auditor = Client("auditor", "x", frozenset(s for s in EVERY if s.endswith(READING)), None)
        wanted.append(("auditor", _status(FORBIDDEN), sign(auditor)))
    answers = await asyncio.gather(*(_ask(http, request, token) for _, _, token in wanted))
    return [(column, expected, answer) for (column, expected, _), answer in zip(wanted, answers, strict=True)]


async def _entitled(
    http: httpx.AsyncClient, op: Operation, known: Mapping[str, str], sign: Sign, mine: frozenset[str]
) -> list[Cell]:
    """Who may. A change is asked of what does not exist, with an empty body: the demo's data is others' too."""
    assert op.policy is not None
    right = Client("matrix", "x", EVERY, None if op.policy["tenancy"] == "platform" else mine)
    if op.method not in CHANGES:
        return [("right", _not_refused, await _ask(http, op.request(known), sign(right)))]
    request = op.request({"employer": known["employer"]})
    if "json" in request:
        request["json"] = {}
    return [("right", _not_refused, await _ask(http, request, sign(right)))]


async def _signing(platform: TestPlatform) -> Sign:
    state = platform.apps["gateway"].state
    key, settings = await state.signer.key(), state.settings

    @cache  # one token for each caller, as callers do
    def sign(client: Client, *, late: bool = False, audience: str = settings.audience) -> str:
        clock = FixedClock(SystemClock().instant() - timedelta(hours=1)) if late else SystemClock()
        return issue_token(client, key, Issuer(settings.issuer, audience, clock))

    return sign


async def _items(http: httpx.AsyncClient, token: str, path: str, **query: str) -> list[dict[str, Any]]:
    answer = await http.get(path, params=query, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code < OK_BELOW, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def _what_is_mine(http: httpx.AsyncClient, staff: str) -> tuple[frozenset[str], dict[str, str], frozenset[str]]:
    """The employers of the demo, ids by the parameter that names them, and what must not be seen by others."""

    agents, claims = await _items(http, staff, "/v1/agents"), await _items(http, staff, "/v1/claims")
    statements = await _items(http, staff, "/v1/statements")
    lines = await _items(http, staff, "/v1/contributions", employer=statements[0]["siret"])
    accords = await _items(http, staff, "/v1/agreements")
    employers = frozenset([*(one["employer"] for one in claims), *(one["siret"] for one in statements)])
    known = {
        "agent": claims[0]["agent"],
        "claim": claims[0]["id"],
        "statement": statements[0]["id"],
        "line": lines[0]["id"],
        "agreement": accords[0]["agreement"],
        "employer": claims[0]["employer"],
        "month": "2026-01",
        "format": "csv",
    }
    marks = {*employers, *(one["id"] for one in [*agents, *claims, *statements, *lines])}
    return employers, known, frozenset(marks)
