"""Contracts of events, generated from their models: a JSON Schema per type, one AsyncAPI document, what may change.

Inside a version only optional properties may be added: consumers read old events again (rebuild, restore), and readers
of the old version read new ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema

from kit.events.envelope import Envelope, EventData, EventType

Schema = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# What says how a value looks, beside its properties; any difference changes what is on the wire.
_SHAPE: Final = ("type", "format", "pattern", "enum", "const", "minLength", "maxLength", "minimum", "maximum")
_COMBINED: Final = ("anyOf", "oneOf", "allOf", "prefixItems")


class _Untitled(GenerateJsonSchema):
    """Without the titles that repeat the names."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the base class asks
        return False


def data_schema(model: type[EventData]) -> Schema:
    """The JSON Schema (2020-12) of a payload, as it is on the wire.

    >>> class Moved(EventData):
    ...     type = "fr.psc.eligibility.agent.moved.v1"
    ...     topic = "psc.eligibility.agent.v1"
    ...     agent: str
    ...     note: str | None = None
    >>> data_schema(Moved)["required"]
    ['agent']
    """
    schema = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_Untitled)
    return {"$schema": DIALECT, "$id": f"urn:relais:event:{model.type}", **inlined(schema)}


def envelope_schema() -> Schema:
    """The JSON Schema of the CloudEvents envelope around every payload; `sequence` is text on the wire."""
    schema = Envelope.model_json_schema(by_alias=True, mode="serialization", schema_generator=_Untitled)
    schema = inlined(schema)
    schema["required"] = [name for name, field in Envelope.model_fields.items() if field.is_required()]
    return {"$schema": DIALECT, "$id": "urn:relais:envelope:v1", **schema}


def asyncapi(published: Mapping[str, Sequence[type[EventData]]], *, version: str) -> Schema:
    """One AsyncAPI 3.0 document for what each component publishes: a channel per topic, a message per type."""
    channels: dict[str, Schema] = {}
    messages: dict[str, Schema] = {}
    operations: dict[str, Schema] = {}
    for component, models in sorted(published.items()):
        for model in sorted(models, key=lambda one: one.type):
            messages[model.type] = _message(model)
            channel = channels.setdefault(model.topic, {"address": model.topic, "messages": {}})
            channel["messages"][model.type] = {"$ref": f"#/components/messages/{_pointer(model.type)}"}
            operations.setdefault(
                f"{component}.{model.topic}",
                {"action": "send", "channel": {"$ref": f"#/channels/{_pointer(model.topic)}"}, "title": component},
            )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Relais",
            "version": version,
            "description": "Events of prévoyance: CloudEvents 1.0, structured JSON. One order per topic and key.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": dict(sorted(channels.items())),
        "operations": operations,
        "components": {"messages": messages, "schemas": {"envelope": envelope_schema()}},
    }


def incompatibilities(old: Schema, new: Schema, place: str = "") -> Iterator[str]:
    """What in `new` breaks those who rely on `old`, as JSON pointers with the reason.

    >>> old = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    >>> new = {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]}
    >>> list(incompatibilities(old, new))
    ['/a: removed', '/b: added, and not optional']
    """
    for word in _SHAPE:
        if old.get(word) != new.get(word):
            yield f"{place or '/'}: {word} was {old.get(word)!r}, is {new.get(word)!r}"
    yield from _properties(old, new, place)
    for word in ("items", "additionalProperties"):
        before, after = old.get(word), new.get(word)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from incompatibilities(before, after, f"{place}/*")
        elif before != after:
            yield f"{place or '/'}: {word} changed"
    for word in _COMBINED:
        before, after = old.get(word, []), new.get(word, [])
        if len(before) != len(after):
            yield f"{place or '/'}: {word} has {len(after)} forms, had {len(before)}"
            continue
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from incompatibilities(one, other, f"{place}/{word}/{number}")


def _properties(old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    required_before, required_after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before.keys() | after.keys()):
        where = f"{place}/{name}"
        if name not in after:
            yield f"{where}: removed"
        elif name not in before:
            if name in required_after:
                yield f"{where}: added, and not optional"
        else:
            if (name in required_before) != (name in required_after):
                yield f"{where}: {'no longer' if name in required_before else 'now'} required"
            yield from incompatibilities(before[name], after[name], where)


def _message(model: type[EventData]) -> Schema:
    kind = EventType(model.type)
    return {
        "name": model.type,
        "title": kind.family.rpartition(f".{kind.service}.")[2],
        "summary": (model.__doc__ or "").strip().partition("\n")[0],
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/envelope"},
                {
                    "type": "object",
                    "properties": {"type": {"const": model.type}, "data": _without_names(data_schema(model))},
                },
            ]
        },
    }


def _without_names(schema: Schema) -> Schema:
    return {word: value for word, value in schema.items() if word not in {"$schema", "$id"}}


def _pointer(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def inlined(schema: Schema) -> Schema:
    """The schema with its definitions in their places, so that it stands alone wherever it is put."""
    definitions = schema.pop("$defs", {})

    def resolved(value: Any, within: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [resolved(item, within) for item in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            name = value["$ref"].rpartition("/")[2]
            assert name not in within, f"{name} contains itself: a payload is a finite tree"
            rest = {word: item for word, item in value.items() if word != "$ref"}
            return resolved({**definitions[name], **rest}, (*within, name))
        return {word: resolved(item, within) for word, item in value.items()}

    inlined: Schema = resolved(schema, ())
    return inlined
