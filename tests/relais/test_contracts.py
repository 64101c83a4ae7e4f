"""contracts/ is what the code says, for every component."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.kafka.topics import declared
from kit.events.envelope import EventType
from relais.api_contract import breaking_changes, lost_errors
from relais.contracts import (
    ASYNCAPI,
    ERROR_PAGE,
    ERRORS,
    EVENT_PAGE,
    FOLDER,
    OPENAPI,
    breaking,
    drift,
    generated,
    keep,
    published,
    released,
    write,
)
from relais.error_catalogue import as_json, as_page, catalogue
from relais.python_client import CLIENT, MODELS

FORBIDDEN = {"nir", "pathology", "pathology_group", "cause", "cause_key", "certificate", "diagnosis"}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return generated(published())


def test_contracts_are_up_to_date(files: dict[str, str]) -> None:
    held_by_lint = (OPENAPI, ERRORS, ERROR_PAGE, MODELS, CLIENT)
    others = {name: (FOLDER / name).read_text() for name in held_by_lint}
    assert list(drift(files | others, FOLDER)) == [], "python -m relais.contracts"


def test_a_type_belongs_to_its_publisher() -> None:
    for component, models in published().items():
        assert {EventType(model.type).service for model in models} <= {component}


def test_every_topic_is_declared_for_kafka() -> None:
    topics = {model.topic for models in published().values() for model in models}
    assert topics <= {topic.name for topic in declared()}


def test_no_payload_has_a_field_for_what_may_not_travel(files: dict[str, str]) -> None:
    for name, content in files.items():
        if name != EVENT_PAGE:
            assert not FORBIDDEN & set(properties(json.loads(content))), name
    assert "`psc.partner.{insurer}.inbound.v1`" in files[EVENT_PAGE]


def properties(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


def test_drift_is_seen(files: dict[str, str], tmp_path: Path) -> None:
    write(files, tmp_path)
    assert list(drift(files, tmp_path)) == []
    name = next(iter(files))
    (tmp_path / name).write_text("{}")
    (tmp_path / "events" / "fr.psc.claims.claim.forgotten.v1.json").write_text("{}")
    assert sorted(drift(files, tmp_path)) == sorted(
        [f"{name}: out of date", "events/fr.psc.claims.claim.forgotten.v1.json: left over"]
    )
    write(files, tmp_path)
    assert list(drift(files, tmp_path)) == []


def test_a_changed_or_withdrawn_version_is_breaking() -> None:
    before = {
        "events/a.json": '{"properties": {"x": {"type": "string"}}, "required": ["x"]}',
        "events/b.json": '{"properties": {}}',
        "asyncapi.json": "{}",
    }
    after = {"events/a.json": '{"properties": {"y": {"type": "string"}}}', "asyncapi.json": '{"new": 1}'}
    assert list(breaking(after, before)) == [
        "events/a.json: /x: removed",
        "events/b.json: no longer published",
    ]


def test_the_catalogue_names_what_the_code_refuses() -> None:
    found = catalogue()
    errors, page = json.loads(as_json(found)), as_page(found)
    codes = {error["code"] for error in errors}
    assert {"insufficient_scope", "unknown_client", "too_many_requests", "version_outdated"} <= codes
    assert all(error["title_fr"] and error["title_en"] and 400 <= error["status"] < 600 for error in errors)
    assert all(f"| `{code}` |" in page for code in codes)


def test_a_code_that_is_gone_or_has_another_status_is_breaking() -> None:
    before = [{"code": "a", "status": 409}, {"code": "b", "status": 404}, {"code": "c", "status": 422}]
    after = [{"code": "a", "status": 409}, {"code": "b", "status": 410}, {"code": "d", "status": 422}]
    assert list(lost_errors(before, after)) == ["b: no longer 404", "c: removed"]


def test_the_release_is_what_is_held_against(files: dict[str, str], tmp_path: Path) -> None:
    kept = {ERRORS: '[{"code": "gone", "status": 404}]', ERROR_PAGE: "a page"} | files
    keep(kept, tmp_path)
    assert released(tmp_path).keys() == kept.keys() - {ERROR_PAGE, ASYNCAPI, EVENT_PAGE}
    assert list(breaking(files | {ERRORS: "[]"}, released(tmp_path))) == ["errors.json: gone: removed"]
    assert {OPENAPI, ERRORS} < released(FOLDER).keys()


def api(
    schema: dict[str, Any],
    *,
    required: bool = False,
    answer: dict[str, Any] | None = None,
    scopes: Sequence[str] = ("x:read",),
) -> dict[str, Any]:
    """A document of one operation, whose body is `schema`."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}
    told = {"application/json": {"schema": answer or {}}}
    operation = {
        "parameters": [{"in": "query", "name": "q", "required": required, "schema": {"type": "string"}}],
        "requestBody": {"content": content, "required": True},
        "x-policy": {"scopes": scopes},
        "responses": {"200": {"content": told}},
    }
    return {"paths": {"/v1/x": {"post": operation}}, "components": {"schemas": {"Body": schema}}}


NUMBER = {"type": "integer", "minimum": 1, "maximum": 9}
TEXT = {"type": "string", "pattern": "^[a-z]$"}
BODY = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "enum": ["x", "y"]},
        "b": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "n": NUMBER,
        "t": TEXT,
    },
    "required": ["a"],
}
ANSWER = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def changed(**more: Any) -> dict[str, Any]:
    return BODY | {"properties": BODY["properties"] | more}  # type: ignore[operator]


def without(name: str) -> dict[str, Any]:
    return BODY | {"properties": {key: value for key, value in BODY["properties"].items() if key != name}}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (api(BODY, answer=ANSWER), None),
        (api(changed(c={"type": "string"}), answer=ANSWER), None),
        (api(changed(a={"type": "string", "enum": ["x", "y", "z"]}), answer=ANSWER), None),
        (api(changed(a={"type": "string", "enum": ["x"]}), answer=ANSWER), "/a: 'y' is no longer accepted"),
        (api(changed(b={"anyOf": [{"type": "string"}]}), answer=ANSWER), "/b: anyOf has 1 forms, had 2"),
        (api(changed(a={"type": "integer"}), answer=ANSWER), "/a: was string, is integer"),
        (api(BODY | {"required": ["a", "b"]}, answer=ANSWER), "/b: now required"),
        (api(without("b"), answer=ANSWER), "/b: removed"),
        (api(BODY, required=True, answer=ANSWER), "query/q: now required"),
        (api(BODY | {"additionalProperties": False}, answer=ANSWER), "/*: other members are refused"),
        (api(changed(c={"type": "string", "maxLength": 8}), answer=ANSWER), None),
        (api(changed(n=NUMBER | {"maximum": 8}), answer=ANSWER), "/n: maximum is 8, was 9"),
        (api(changed(n=NUMBER | {"minimum": 2}), answer=ANSWER), "/n: minimum is 2, was 1"),
        (api(changed(n=NUMBER | {"multipleOf": 2}), answer=ANSWER), "/n: multipleOf is 2, was 'none'"),
        (api(changed(n={"type": "integer"}), answer=ANSWER), None),
        (api(changed(t=TEXT | {"maxLength": 3}), answer=ANSWER), "/t: maxLength is 3, was none"),
        (api(changed(t=TEXT | {"pattern": "^[a-f]$"}), answer=ANSWER), "/t: pattern is '^[a-f]$', was '^[a-z]$'"),
        (api(changed(t=TEXT | {"enum": ["a"]}), answer=ANSWER), "/t: only 1 values are accepted"),
        (api(changed(t={"type": "string"}), answer=ANSWER), None),
        (api(BODY, scopes=["x:read", "x:write"], answer=ANSWER), ": now needs x:write"),
        (api(BODY, answer=ANSWER | {"required": []}), "/a: no longer always there"),
        (api(BODY, answer=ANSWER | {"properties": {}}), "/a: removed"),
        ({"paths": {}, "components": {"schemas": {}}}, "POST /v1/x: removed"),
    ],
)
def test_what_breaks_a_caller_is_seen_and_the_rest_is_not(new: dict[str, Any], said: str | None) -> None:
    found = list(breaking_changes(api(BODY, answer=ANSWER), new))
    assert len(found) == (said is not None), found
    if said is not None:
        assert found[0].endswith(said)


def test_what_changes_in_a_schema_is_seen_beneath_one_that_does_not() -> None:
    def page(item: dict[str, Any]) -> dict[str, Any]:
        told = api(BODY, answer={"$ref": "#/components/schemas/Page"})
        told["components"]["schemas"] |= {
            "Page": {"type": "object", "properties": {"items": {"items": {"$ref": "#/components/schemas/Item"}}}},
            "Item": item,
        }
        return told

    (found,) = breaking_changes(page(ANSWER), page({"type": "object", "properties": {}}))
    assert found.endswith("/items/*/a: removed")
