"""The OpenAPI document of a service: problems as the default answer, one `Problem` component.

It speaks French, as users do: an operation says in its `summary` what it does, a field in its `description`. Docstrings
are for whoever reads the code, and stay out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit.http.policy import X_POLICY, Policy, policy_for
from kit.http.problem import MEDIA_TYPE
from kit.money import Money

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "Problème (RFC 9457)",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "title": "Problem",
    "type": "object",
    "description": "Erreur au format RFC 9457. `code` est stable ; `retry_in` est en secondes.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
        "trace_id": {"type": "string"},
        "retry_in": {"type": "number"},
    },
}


# Between the module and the class, in the name FastAPI gives a schema whose class is called as another one.
MODULE_MARK: Final = "__"
SCHEMAS: Final = "#/components/schemas/"
# Marks a parameter whose absence has a problem of its own (400, 428), which FastAPI would answer with a bare 422.
REQUIRED: Final = "x-required"


def served(request: Request) -> Response:
    """`GET /openapi.json`. Not a coroutine: making the document takes seconds, and other requests go on meanwhile."""
    return JSONResponse(document(request.app))


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, routes=app.routes, description=app.description)
        made = _readably_named(made)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for schema in schemas.values():
            schema.pop("description", None)
            for field in schema.get("properties", {}).values():
                _amount_as_text(field)
        schemas["Problem"] = PROBLEM_SCHEMA
        policies = _policies(app)
        for path, item in made["paths"].items():
            for method, operation in item.items():
                if (method.upper(), path) in policies:
                    operation[X_POLICY] = policies[method.upper(), path].shown()
                _speak_french(operation)
                _answer_alike(operation["responses"])
                for parameter in operation.get("parameters", ()):
                    _tidy(parameter)
        app.openapi_schema = made
    return app.openapi_schema


def _amount_as_text(field: dict[str, Any]) -> None:
    """An amount that may be left out is shown as it is sent; pydantic shows how it is held."""
    match field.get("default"):
        case {"cents": int(cents)}:
            field["default"] = str(Money(cents))


def _policies(app: FastAPI) -> dict[tuple[str, str], Policy]:
    """What each operation asks of its caller, by method and path."""
    found: dict[tuple[str, str], Policy] = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            policy = policy_for(context.dependant)
            if policy is not None:
                found |= {(method, context.path or ""): policy for method in route.methods or ()}
    return found


def _readably_named(made: dict[str, Any]) -> dict[str, Any]:
    """Two classes of one name are told apart by their modules, and not by the whole path of these.

    `services__contributions__api__simulations__LineAnswer` becomes `SimulationsLineAnswer`.
    """
    schemas = made.get("components", {}).get("schemas", {})
    names = {name: _short(name) for name in schemas}
    assert len(set(names.values())) == len(names), "two schemas of one name in modules of one name"
    renamed: dict[str, Any] = followed(made, {SCHEMAS + old: SCHEMAS + new for old, new in names.items()})
    if schemas:
        renamed["components"]["schemas"] = {
            names[old]: schema for old, schema in renamed["components"]["schemas"].items()
        }
    return renamed


def _short(name: str) -> str:
    """The class after its own module, where there is more to the name.

    >>> _short("services__claims__api__net_pay__LineAnswer"), _short("Problem")
    ('NetPayLineAnswer', 'Problem')
    """
    path, mark, own = name.rpartition(MODULE_MARK)
    return path.rpartition(MODULE_MARK)[2].title().replace("_", "") + own if mark else name


def followed(value: Any, renamed: Mapping[str, str]) -> Any:
    """The same document with its references renamed, those of discriminators included."""
    if isinstance(value, dict):
        return {name: followed(item, renamed) for name, item in value.items()}
    if isinstance(value, list):
        return [followed(item, renamed) for item in value]
    return renamed.get(value, value) if isinstance(value, str) else value


def _speak_french(operation: dict[str, Any]) -> None:
    operation.pop("description", None)
    for response in operation["responses"].values():
        if response["description"] == "Successful Response":
            response["description"] = "Réussite"


def _answer_alike(responses: dict[str, Any]) -> None:
    """A second success that shows no content, as what was there before, answers with that of the first."""
    successes = [answer for status, answer in responses.items() if status.startswith("2") and status != "204"]
    shown = next((answer["content"] for answer in successes if "content" in answer), None)
    for answer in successes if shown else ():
        answer.setdefault("content", shown)


def _tidy(parameter: dict[str, Any]) -> None:
    """A parameter that may be left out is never null: there is no way to send one."""
    schema = parameter["schema"]
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) == 1:
        del schema["anyOf"]
        parameter["schema"] = schema = {**schema, **choices[0]}
    if schema.pop(REQUIRED, False):
        parameter["required"] = True
