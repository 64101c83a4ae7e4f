"""The documentation that a person reads is French throughout, whichever service it comes from."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

from kit.http.types import BOUNDED_MONTH_PATTERN
from kit.http.validation import problem_of
from kit.siret import SIRET_PATTERN
from tests.platform import TestPlatform
from tests.waiting import eventually

PATIENCE_SECONDS = 60.0
# Words that every English sentence has, and no French one.
ENGLISH = re.compile(r"\b(the|of|and|is|with|to|this|that|by|for|successful|error)\b", re.IGNORECASE)


def texts(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """What a document says in words, and where."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in {"summary", "description"} and isinstance(item, str):
                yield f"{at}/{name}", item
            yield from texts(item, f"{at}/{name}")
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, at)


async def read(platform: TestPlatform) -> dict[str, Any]:
    """The merged document; 503 where a service is too busy to give its own for now."""

    async def merged() -> dict[str, Any] | None:
        address = f"{platform.gateway}/openapi.json"
        answer = await asyncio.to_thread(httpx.get, address, trust_env=False, timeout=PATIENCE_SECONDS)
        assert answer.status_code in {200, 503}, answer.text
        document: dict[str, Any] = answer.json()
        return document if answer.is_success else None

    return await eventually(merged, "every service's document", PATIENCE_SECONDS)


async def test_every_operation_says_in_french_what_it_does(platform: TestPlatform) -> None:
    document = await read(platform)
    operations = {
        f"{method} {path}": operation for path, item in document["paths"].items() for method, operation in item.items()
    }
    assert len(operations) > 60
    unsaid = {name for name, operation in operations.items() if not operation.get("summary")}
    # Where nothing is said, FastAPI makes a summary of the function's name: `index` becomes `Index`.
    named_by_its_code = {
        name
        for name, operation in operations.items()
        if operation["operationId"].endswith("_" + operation["summary"].lower().replace(" ", "_"))
    }
    assert (unsaid, named_by_its_code) == (set(), set())
    unsaid_parameters = {
        f"{name}: {parameter['name']}"
        for name, operation in operations.items()
        for parameter in operation.get("parameters", ())
        if not parameter.get("description")
    }
    assert unsaid_parameters == set()
    assert [(at, text) for at, text in texts(document) if ENGLISH.search(text)] == []


async def test_a_schema_is_named_for_a_reader(platform: TestPlatform) -> None:
    schemas = (await read(platform))["components"]["schemas"]
    assert len(schemas) > 100
    assert {
        name for name in schemas if not re.fullmatch(r"[A-Z][A-Za-z]+(_[A-Z][A-Za-z]+_)?(-Input|-Output)?", name)
    } == set()


async def test_no_parameter_is_refused_by_a_regular_expression(platform: TestPlatform) -> None:
    parameters = [
        parameter["schema"]
        for item in (await read(platform))["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
    ]
    # A SIRET is read by a type of its own, with a message of its own.
    patterns = {schema["pattern"] for schema in parameters if "pattern" in schema} - {SIRET_PATTERN}
    assert BOUNDED_MONTH_PATTERN in patterns
    mismatch = {"type": "string_pattern_mismatch", "loc": ("query", "x")}
    said = {p: problem_of([mismatch | {"ctx": {"pattern": p}}]).errors[0].detail_fr for p in patterns}
    assert {pattern for pattern, words in said.items() if words.startswith("Format refusé")} == set()
    month = problem_of([mismatch | {"ctx": {"pattern": BOUNDED_MONTH_PATTERN}}]).errors[0]
    assert month.code == "month", "the same code in an address as in a body"


async def test_what_the_simulations_show_as_an_example_is_answered(platform: TestPlatform) -> None:
    shown = examples(await read(platform))
    simulations = {path: body for (method, path), body in shown.items() if path.startswith("/v1/simulations/")}
    terms = simulations.pop("/v1/simulations/contributions/terms")
    assert terms["document"], "a whole accord, which no example can be"
    assert len(simulations) == 7

    def answers() -> dict[str, Any]:
        with platform.api("demo-hris") as hris:
            return {path: hris.post(path, body) for path, body in simulations.items()}

    answered = await asyncio.to_thread(answers)
    # A study of many agents shows sums; what is computed for one shows why.
    assert [path for path, answer in answered.items() if "trace" not in answer] == [
        "/v1/simulations/contributions/terms/days",
        "/v1/simulations/contributions/what-if",
    ]


async def test_what_the_tour_sends_is_shown_with_an_example_its_model_accepts(platform: TestPlatform) -> None:
    shown = examples(await read(platform))
    assert shown.keys() >= {
        ("post", "/v1/agents"),
        ("put", "/v1/pay/{employer}/{matricule}/{month}"),
        ("post", "/v1/agents/{agent}/leaves"),
        ("post", "/v1/agents/{agent}/leaves/{leave}/extensions"),
        ("post", "/v1/runs"),
    }
    models = {
        (method.lower(), route.path): TypeAdapter[Any](annotation)
        for app in platform.apps.values()
        for context in iter_route_contexts(getattr(app, "api", app).routes)
        if isinstance(route := context.original_route, APIRoute)
        and route.body_field is not None
        and (annotation := route.body_field.field_info.annotation) is not None
        for method in route.methods or ()
    }
    for place, body in shown.items():
        models[place].validate_python(body)


def examples(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """By operation, the first example of its body."""
    schemas = document["components"]["schemas"]
    found = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            schema = schemas.get(body.get("$ref", "").rpartition("/")[2], {})
            if "examples" in schema:
                found[method, path] = schema["examples"][0]
    return found


async def test_the_page_shows_what_is_sent_and_names_types_in_french(platform: TestPlatform) -> None:
    answer = await asyncio.to_thread(httpx.get, f"{platform.gateway}/docs", trust_env=False, timeout=PATIENCE_SECONDS)
    assert {name for name in ("grant_type", "client_id", "client_secret") if f"<code>{name}</code>" in answer.text} == {
        "grant_type",
        "client_id",
        "client_secret",
    }
    assert "&quot;regime&quot;: &quot;CNRACL&quot;" in answer.text
    english = re.findall(r"<td>(?:[^<]* ou )?(string|integer|boolean|null|number|object|date-time)\b", answer.text)
    assert english == []


async def test_the_address_alone_leads_there(platform: TestPlatform) -> None:
    answer = await asyncio.to_thread(httpx.get, platform.gateway, follow_redirects=True, trust_env=False)
    assert answer.url.path == "/docs"
    assert '<html lang="fr">' in answer.text
