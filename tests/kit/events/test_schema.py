"""Schemas say what is on the wire, and which changes break a reader."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field
from sqlalchemy import text

from kit.db.database import Scope
from kit.events.envelope import EventData
from kit.events.outbox import publish
from kit.events.schema import asyncapi, data_schema, envelope_schema, incompatibilities
from tests.kit.events.sample.thing import PUBLISHES, Changed
from tests.postgres import ComponentDatabase


class Line(BaseModel):
    guarantee: str
    amount: str


class Issued(EventData):
    type: ClassVar[str] = "fr.psc.source.statement.issued.v1"
    topic: ClassVar[str] = "psc.source.statement.v1"

    start: str = Field(alias="from")
    state: str = Field(pattern="^(open|closed)$")
    lines: list[Line]
    note: str | None = None


BASE = data_schema(Issued)


def test_a_schema_stands_alone_and_names_fields_as_on_the_wire() -> None:
    assert "$defs" not in BASE
    assert "$ref" not in json.dumps(BASE)
    assert BASE["required"] == ["from", "state", "lines"]
    payload = Issued.model_validate(
        {"from": "2026-01-01", "state": "open", "lines": [{"guarantee": "BASE", "amount": "1.00"}]}
    )
    Draft202012Validator(BASE).validate(payload.model_dump(mode="json"))


async def test_an_event_written_is_an_event_described(source: ComponentDatabase) -> None:
    async with source.api.transaction(Scope.all()) as tx:
        await publish(tx, Changed(value=1), key="thing")
        stored = (await tx.execute(text("SELECT CAST(envelope AS text) FROM outbox"))).scalar_one()
    on_the_wire = json.loads(stored)
    assert list(Draft202012Validator(envelope_schema()).iter_errors(on_the_wire)) == []
    assert list(Draft202012Validator(data_schema(Changed)).iter_errors(on_the_wire["data"])) == []


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("properties", "state"), None, "/state: removed"),
        (("properties", "added"), {"type": "string"}, None),
        (("properties", "state"), {"type": "integer"}, "/state: type was 'string', is 'integer'"),
        (("required",), ["from", "state"], "/lines: no longer required"),
        (("required",), ["from", "state", "lines", "note"], "/note: now required"),
        (("properties", "state", "pattern"), "^open$", "/state: pattern was"),
        (("properties", "lines", "items", "properties", "amount"), None, "/lines/*/amount: removed"),
        (("properties", "note", "anyOf"), [{"type": "string"}], "/note: anyOf has 1 forms, had 2"),
        (("description",), "said better", None),
    ],
)
def test_only_optional_additions_are_compatible(path: tuple[str, ...], value: object, reason: str | None) -> None:
    changed = json.loads(json.dumps(BASE))
    inner: dict[str, Any] = changed
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
        inner_required = changed.get("required", [])
        changed["required"] = [name for name in inner_required if name != path[-1]]
    else:
        inner[path[-1]] = value
    found = list(incompatibilities(BASE, changed))
    if reason is None:
        assert found == []
    else:
        assert any(line.startswith(reason) for line in found), found


def test_a_new_field_must_be_optional() -> None:
    changed = json.loads(json.dumps(BASE))
    changed["properties"]["added"] = {"type": "string"}
    changed["required"].append("added")
    assert list(incompatibilities(BASE, changed)) == ["/added: added, and not optional"]


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi({"source": PUBLISHES}, version="1")
    references = list(references_of(document))
    assert len(references) > 2 * len(PUBLISHES)
    for reference in references:
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        assert found


def references_of(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in references_of(item)]
    if isinstance(value, dict):
        here = [value["$ref"]] if "$ref" in value else []
        return here + [found for item in value.values() for found in references_of(item)]
    return []
