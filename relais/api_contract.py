"""The API as outsiders rely on it: the merged OpenAPI document, and what in a new one breaks callers of an old one.

A caller sends what the old document allowed and reads what it promised. So a request may ask for nothing more and
refuse nothing that was taken; an answer may only grow, and an error keeps its code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from math import inf
from typing import Any, Final, Literal

from pydantic import SecretStr

from gateway.application.openapi import Document, merged
from kit.crypto import KeyRing
from kit.http.documents import document
from kit.http.policy import X_POLICY
from kit.settings import COMPONENTS, Settings

Schema = Mapping[str, Any]
Side = Literal["request", "answer"]
METHODS: Final = ("get", "put", "post", "patch", "delete")
DEEPEST: Final = 12
_REFERENCE: Final = "#/components/schemas/"
_FORMS: Final = ("anyOf", "oneOf")
# What bounds a value from above and from below, and what else may refuse one.
_MOST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LEAST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_REFUSING: Final = ("pattern", "const", "multipleOf", "uniqueItems")


def merged_document() -> Document:
    """The document of the whole platform, made without a server."""
    ring = SecretStr(KeyRing.generate("document"))
    nowhere = SecretStr("postgresql+asyncpg://nobody@127.0.0.1/none")
    producers = {name: "http://127.0.0.1:1" for name in COMPONENTS if name != "gateway"}
    found: dict[str, Document] = {}
    for name in COMPONENTS:
        settings = Settings(component=name, database_url=nowhere, key_ring=ring, producers=producers)
        module = import_module("gateway.main" if name == "gateway" else f"services.{name}.main")
        app = module.create_app(settings)
        found[name] = document(getattr(app, "api", app))
    own = found.pop("gateway")
    return merged(own, found)


def breaking_changes(old: Document, new: Document) -> Iterator[str]:
    """What in `new` breaks those who call by `old`: an operation each, with the reason."""
    for path, item in old["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            name = f"{method.upper()} {path}"
            if method not in new["paths"].get(path, {}):
                yield f"{name}: removed"
                continue
            for change in _operation(item[method], new["paths"][path][method], old, new):
                yield f"{name}{change}"


def lost_errors(old: Sequence[Schema], new: Sequence[Schema]) -> Iterator[str]:
    """What those who tell refusals apart by `code` and status no longer meet."""
    now = {(one["code"], one["status"]) for one in new}
    codes = {code for code, _ in now}
    for code, status in sorted({(one["code"], one["status"]) for one in old} - now):
        yield f"{code}: no longer {status}" if code in codes else f"{code}: removed"


def _operation(before: Schema, after: Schema, old: Document, new: Document) -> Iterator[str]:
    yield from _parameters(before, after, old, new)
    asked = set(after.get(X_POLICY, {}).get("scopes", ())) - set(before.get(X_POLICY, {}).get("scopes", ()))
    yield from (f": now needs {scope}" for scope in sorted(asked))
    old_body, new_body = before.get("requestBody", {}), after.get("requestBody", {})
    if new_body.get("required") and not old_body.get("required"):
        yield ": a body is now required"
    yield from _contents(old_body, new_body, _Comparison("request", old, new))
    for status, answer in before.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        if status not in after.get("responses", {}):
            yield f": no longer answers {status}"
            continue
        yield from _contents(answer, after["responses"][status], _Comparison("answer", old, new))


def _parameters(before: Schema, after: Schema, old: Document, new: Document) -> Iterator[str]:
    known = {(p["in"], p["name"]): p for p in before.get("parameters", ())}
    now = {(p["in"], p["name"]): p for p in after.get("parameters", ())}
    for place, parameter in known.items():
        if place not in now:
            yield f" {place[0]}/{place[1]}: removed"
            continue
        comparison = _Comparison("request", old, new)
        yield from comparison.compare(parameter["schema"], now[place]["schema"], f" {place[0]}/{place[1]}", 0)
    for place, parameter in now.items():
        if parameter.get("required") and not known.get(place, {}).get("required"):
            yield f" {place[0]}/{place[1]}: now required"


def _contents(before: Schema, after: Schema, comparison: _Comparison) -> Iterator[str]:
    for kind, content in before.get("content", {}).items():
        if kind not in after.get("content", {}):
            yield f": no longer {kind}"
        elif "schema" in content:
            yield from comparison.compare(content["schema"], after["content"][kind].get("schema", {}), " ", 0)


class _Comparison:
    """One side of an operation: what is sent may be asked less, what is answered may be told more."""

    def __init__(self, side: Side, old: Document, new: Document) -> None:
        self._side, self._old, self._new = side, old, new
        self._seen: set[tuple[str, str]] = set()

    def compare(self, before: Schema, after: Schema, place: str, depth: int) -> Iterator[str]:
        names = str(before.get("$ref", "")), str(after.get("$ref", ""))
        if all(names):
            if names in self._seen:
                return
            self._seen.add(names)
        before, after = _resolved(before, self._old), _resolved(after, self._new)
        if depth > DEEPEST:
            return
        if before.get("type") != after.get("type") or before.get("format") != after.get("format"):
            yield f"{place}: was {_kind(before)}, is {_kind(after)}"
            return
        if self._side == "request":
            yield from _refusals(before, after, place)
        yield from self._members(before, after, place, depth)
        if isinstance(before.get("items"), dict) and isinstance(after.get("items"), dict):
            yield from self.compare(before["items"], after["items"], f"{place}/*", depth + 1)
        yield from self._others(before, after, place, depth)
        for word in _FORMS:
            forms, others = before.get(word, []), after.get(word, [])
            if len(others) < len(forms) if self._side == "request" else len(others) > len(forms) > 0:
                yield f"{place}: {word} has {len(others)} forms, had {len(forms)}"
                continue
            for one, other in zip(forms, others, strict=False):
                yield from self.compare(one, other, place, depth + 1)

    def _others(self, before: Schema, after: Schema, place: str, depth: int) -> Iterator[str]:
        """Members that are not named: of any kind, of one kind, or none."""
        old, new = before.get("additionalProperties", True), after.get("additionalProperties", True)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self.compare(old, new, f"{place}/*", depth + 1)
        elif old != new and (new is not True if self._side == "request" else isinstance(old, dict)):
            yield f"{place}/*: other members are {'refused' if new is False else 'of another kind'}"

    def _members(self, before: Schema, after: Schema, place: str, depth: int) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        had, has = set(before.get("required", ())), set(after.get("required", ()))
        for name in sorted(old):
            if name not in new:
                yield f"{place}/{name}: removed"
            else:
                yield from self.compare(old[name], new[name], f"{place}/{name}", depth + 1)
        if self._side == "request":
            yield from (f"{place}/{name}: now required" for name in sorted(has - had))
        else:
            yield from (f"{place}/{name}: no longer always there" for name in sorted((had - has) & new.keys()))


def _refusals(before: Schema, after: Schema, place: str) -> Iterator[str]:
    """What was taken before and may be refused now. Of two patterns nobody can say which one takes more."""
    for value in before.get("enum", ()):
        if value not in after.get("enum", before["enum"]):
            yield f"{place}: {value!r} is no longer accepted"
    if "enum" in after and "enum" not in before:
        yield f"{place}: only {len(after['enum'])} values are accepted"
    for word in _MOST:
        if word in after and after[word] < before.get(word, inf):
            yield f"{place}: {word} is {after[word]}, was {before.get(word, 'none')}"
    for word in _LEAST:
        if word in after and after[word] > before.get(word, -inf):
            yield f"{place}: {word} is {after[word]}, was {before.get(word, 'none')}"
    for word in _REFUSING:
        if after.get(word) and after[word] != before.get(word):
            yield f"{place}: {word} is {after[word]!r}, was {before.get(word, 'none')!r}"


def _resolved(schema: Schema, told: Document) -> Schema:
    name = schema.get("$ref")
    if not isinstance(name, str) or not name.startswith(_REFERENCE):
        return schema
    found: Schema = told["components"]["schemas"].get(name.removeprefix(_REFERENCE), {})
    return found


def _kind(schema: Schema) -> str:
    return " ".join(str(schema[word]) for word in ("type", "format") if word in schema) or "anything"
