"""One OpenAPI 3.1 document for the whole platform, merged from those of its services."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.application.descriptions import describe
from gateway.routes import service_of
from kit.http.documents import followed

Document = dict[str, Any]
VERSION: Final = "3.1.0"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
_REFERENCE: Final = "#/components/"


def merged(own: Document, services: Mapping[str, Document]) -> Document:
    """The paths that the gateway serves or routes, with every component they use.

    Two services may name two different components alike: each then gets its service's name before its own. The same
    component under the same name stays one. The result is the same whatever the order of the services.
    """
    documents = {"gateway": own} | {name: services[name] for name in sorted(services)}
    documents = {name: _reachable(name, document) for name, document in documents.items()}
    renamed = _collisions(documents)
    paths: Document = {}
    components: dict[str, Document] = {}
    for name, document in documents.items():
        rewritten = _rewritten(document, renamed.get(name, {}))
        for path, item in rewritten["paths"].items():
            paths[path] = {method: _operation(name, op) if method in _METHODS else op for method, op in item.items()}
        for kind, members in rewritten.get("components", {}).items():
            components.setdefault(kind, {}).update(members)
    document = {
        "openapi": VERSION,
        "info": {**own["info"], "title": "Relais"},
        "servers": [{"url": "/"}],
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": {kind: dict(sorted(members.items())) for kind, members in sorted(components.items())},
    }
    describe(document)
    return document


def _reachable(name: str, document: Document) -> Document:
    """A service's document without the paths that the gateway does not route to it, as its own feed."""
    if name == "gateway":
        return document
    paths = {path: item for path, item in document["paths"].items() if service_of(path) == name}
    kept = {"paths": paths, "components": document.get("components", {})}
    used = _used(kept)
    components = {
        kind: {
            member: value for member, value in members.items() if kind == "securitySchemes" or (kind, member) in used
        }
        for kind, members in kept["components"].items()
    }
    return {**kept, "components": components}


def _used(document: Document) -> set[tuple[str, str]]:
    """The components that the paths refer to, and those that these refer to."""
    found: set[tuple[str, str]] = set()
    waiting = list(_references(document["paths"]))
    while waiting:
        kind, member = waiting.pop()
        if (kind, member) in found:
            continue
        found.add((kind, member))
        waiting += _references(document["components"].get(kind, {}).get(member, {}))
    return found


def _references(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REFERENCE):
            kind, _, member = reference.removeprefix(_REFERENCE).partition("/")
            yield kind, member
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _collisions(documents: Mapping[str, Document]) -> dict[str, dict[str, str]]:
    """By service, the references that change because another service means something else by the name."""
    meanings: dict[tuple[str, str], set[str]] = {}
    for document in documents.values():
        for kind, members in document.get("components", {}).items():
            for member, value in members.items():
                meanings.setdefault((kind, member), set()).add(json.dumps(value, sort_keys=True))
    ambiguous = {place for place, values in meanings.items() if len(values) > 1}
    return {
        name: {
            f"{_REFERENCE}{kind}/{member}": f"{_REFERENCE}{kind}/{name.capitalize()}{member}"
            for kind, members in document.get("components", {}).items()
            for member in members
            if (kind, member) in ambiguous
        }
        for name, document in documents.items()
    }


def _rewritten(document: Document, renamed: Mapping[str, str]) -> Document:
    components = {
        kind: {
            renamed.get(f"{_REFERENCE}{kind}/{member}", member).rpartition("/")[2]: followed(value, renamed)
            for member, value in members.items()
        }
        for kind, members in document.get("components", {}).items()
    }
    return {"paths": followed(document["paths"], renamed), "components": components}


def _operation(service: str, operation: Any) -> Any:
    """An operation's id is unique in the whole document: it starts with its service."""
    if not isinstance(operation, dict) or "operationId" not in operation:
        return operation
    return {**operation, "operationId": f"{service}_{operation['operationId']}"}
