"""Bodies that two parties could read differently, or that are too large or too deep: a clean 4xx, never a 500."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kit.http.limits import MAX_DEPTH, BodyLimits, deeper_than
from kit.http.types import MESSAGES
from tests.kit.http.conftest import Sample
from tests.kit.http.serving import running

JSON = {"content-type": "application/json"}
NIR = "185057800608436"


async def post(sample: Sample, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    answer = await sample.http.post(
        "/v1/everything", content=body, headers=sample.issuer.bearer() | (headers if headers is not None else JSON)
    )
    content = answer.json()
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert content["trace_id"]
        assert content["type"] == f"urn:relais:problem:{content['code']}"
    return answer.status_code, content


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe{}", 400, "malformed_json"),
        (b'{"count": NaN}', 400, "malformed_json"),
        (b'{"count": -Infinity}', 400, "malformed_json"),
        (b'{"count": 1, "count": 2}', 422, "ambiguous_json"),
        (b'{"parts": [{"amount": "1", "amount": "2"}]}', 422, "ambiguous_json"),
        (b'{"month": "2026\\u0000"}', 422, "ambiguous_json"),
        (b'{"month": "\\ud800"}', 422, "ambiguous_json"),
        (b'{"a\\u0000": "b"}', 422, "ambiguous_json"),
        (b'{"count": ' + b"9" * 5000 + b"}", 422, "ambiguous_json"),
        (b'{"count": 1e999}', 422, "ambiguous_json"),
        (b"[]", 422, "validation"),
        (b"null", 422, "validation"),
        (b"", 422, "validation"),
        (b'{"count": 12345678901}', 422, "validation"),
        (b"[" * 100_000, 422, "too_deep"),
        (b"[" * 40 + b"]" * 40, 422, "too_deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, 422, "too_deep"),
        # A string that is never closed, full of quotes: looked at once, not from each of them for hours.
        (b"[" * 40 + b'"' + b'\\"' * 400_000, 422, "too_deep"),
    ],
)
async def test_a_bad_body_is_refused_cleanly(sample: Sample, body: bytes, status: int, code: str) -> None:
    got, problem = await post(sample, body)
    assert (got, problem["code"]) == (status, code)
    assert (status == 400) is ("errors" not in problem), "a refusal of what was read says where"


async def test_a_text_that_cannot_be_stored_is_pointed_at_without_what_its_name_holds(sample: Sample) -> None:
    """The name of a field comes from the caller: a number of a person, of any length, with what pointers escape."""
    for name, pointer in (
        ("175030058286814", "/[masqué]"),
        ("1_75_03_00_582_868_14", "/[masqué]"),
        ("x" * 100_000, "/" + "x" * 80),
        ("a~/b", "/a~0~1b"),
    ):
        status, problem = await post(sample, json.dumps({name: "\0"}).encode())
        assert (status, problem["code"], problem["errors"][0]["pointer"]) == (422, "ambiguous_json", pointer)
    _, inside = await post(sample, b'{"parts": [{"amount": "\\u0000"}]}')
    assert inside["errors"][0]["pointer"] == "/parts/0/amount"


async def test_an_escaped_pair_of_surrogates_is_a_character(sample: Sample) -> None:
    status, problem = await post(sample, b'{"month": "\\ud83d\\ude00"}')
    assert (status, problem["code"]) == (422, "validation")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/jsonx", "multipart/form-data", ""])
async def test_another_content_type_is_refused(sample: Sample, kind: str) -> None:
    status, problem = await post(sample, b"{}", {"content-type": kind})
    assert (status, problem["code"]) == (415, "unsupported_media_type")


async def test_a_body_beyond_the_limit_is_refused_when_declared(sample: Sample) -> None:
    status, problem = await post(sample, b'{"month": "' + b"x" * 2_000_000 + b'"}')
    assert (status, problem["code"]) == (413, "too_large")


async def test_a_body_beyond_the_limit_is_refused_while_it_streams(sample: Sample) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    answer = await sample.http.post("/v1/everything", content=chunks(), headers=sample.issuer.bearer() | JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_body_at_the_limit_passes(sample: Sample) -> None:
    status, _ = await post(sample, b"{}" + b" " * (1_048_576 - 2))
    assert status == 200


@pytest.mark.parametrize(
    "content",
    [
        {"nir": NIR, "parts": [{"amount": 12}]},
        {"nir": NIR[:-1] + "7"},
        {NIR: 1},
        {"month": NIR},
        {"parts": [{"amount": NIR, "rate": NIR}]},
        {"flag": NIR, "siret": NIR, "day": NIR, "count": NIR},
    ],
)
async def test_what_is_refused_never_comes_back(sample: Sample, content: dict[str, object]) -> None:
    status, problem = await post(sample, json.dumps(content).encode())
    assert status == 422
    assert NIR[:13] not in json.dumps(problem)


async def test_each_field_is_pointed_at_in_the_language_asked_for(sample: Sample) -> None:
    content = {"parts": [{"amount": "1.234"}, {"rate": "0.1"}], "zzz": 1, "day": "2025-02-30"}
    _, problem = await post(sample, json.dumps(content).encode())
    errors = {error["pointer"]: error for error in problem["errors"]}
    assert errors["/parts/0/amount"]["code"] == "amount"
    assert errors["/parts/1/amount"]["detail"] == "Champ obligatoire."
    assert errors["/zzz"]["code"] == "extra_forbidden"
    assert errors["/day"]["code"] == "date"
    assert problem["title"] == "Demande invalide"
    _, english = await post(sample, json.dumps(content).encode(), JSON | {"accept-language": "en"})
    assert english["title"] == "Invalid request"
    assert english["errors"][2]["detail"] == "Required field."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"hours": 35}, "Durée hebdomadaire attendue en heures, chaîne, par exemple « 35.00 »."),
        ({"hours": "35 h"}, "Durée hebdomadaire attendue en heures, chaîne, par exemple « 35.00 »."),
        ({"colour": "GREEN"}, "Valeur attendue parmi : 'RED' ou 'BLUE'."),
        (
            {"parts": [{"amount": "-1.00"}]},
            "Montant attendu en euros, chaîne sans signe, de deux décimales au plus, par exemple « 1234.56 ».",
        ),
    ],
)
async def test_a_refusal_says_what_is_expected(sample: Sample, content: dict[str, object], said: str) -> None:
    _, problem = await post(sample, json.dumps(content).encode())
    assert [error["detail"] for error in problem["errors"]] == [said]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("month", "2026-13", MESSAGES["month"][0]),
        ("after", "x", "Curseur attendu : celui que la page précédente donne dans « next », tel quel."),
        ("key", "é", "Identifiant attendu : lettres sans accent, chiffres, point, tiret ;"),
        ("wait", "31", "Au plus 30."),
    ],
)
async def test_a_parameter_is_refused_in_words_and_not_by_a_regular_expression(
    sample: Sample, name: str, value: str, said: str
) -> None:
    answer = await sample.http.get("/v1/asked", params={name: value}, headers=sample.issuer.bearer())
    (error,) = answer.json()["errors"]
    assert error["pointer"] == f"/query/{name}"
    assert error["detail"].startswith(said)


async def test_null_and_left_out_mean_the_same(sample: Sample) -> None:
    with_null = await post(sample, b'{"month": null, "parts": [{"amount": "12.5", "rate": null}]}')
    without = await post(sample, b'{"parts": [{"amount": "12.5"}]}')
    assert with_null == without
    assert with_null[1]["parts"] == [{"amount": "12.50", "rate": None}]


def test_depth_is_counted_outside_strings() -> None:
    assert not deeper_than(b'{"a": "' + b"[" * 100 + b'\\""}', MAX_DEPTH)
    assert not deeper_than(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, MAX_DEPTH)
    assert deeper_than(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), MAX_DEPTH)
    assert deeper_than(b'{"a":[' * 17 + b"]}" * 17, MAX_DEPTH)
    assert not deeper_than(b"[{}]," * 1000, MAX_DEPTH)


@pytest.mark.parametrize("kind", [b"application/json", b"text/csv"])
async def test_a_body_that_stops_coming_is_given_up(kind: bytes) -> None:
    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        await Response(body)(scope, receive, send)

    async with running(BodyLimits(reads, max_bytes=100, idle_s=0.05)) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: " + kind + b"\r\nContent-Length: 20\r\n\r\n{")
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["code"] == "too_slow"
