"""Every operation of the platform, read from the merged OpenAPI document, and requests made up from what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.application.openapi import Document
from relais.api_contract import merged_document

METHODS: Final = ("get", "put", "post", "patch", "delete")
SCHEMAS: Final = "#/components/schemas/"
DEEPEST: Final = 8
# What a text in a format looks like.
FORMATS: Final = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as documented."""

    method: str
    path: str
    told: Mapping[str, Any]
    schemas: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def policy(self) -> dict[str, Any] | None:
        return self.told.get("x-policy")

    def header(self, name: str) -> bool:
        """Whether a header is mandatory."""
        return any(p["name"] == name and p.get("required") for p in self.told.get("parameters", ()))

    def request(self, known: Mapping[str, str]) -> dict[str, Any]:
        """Arguments of an HTTP client: `known` values by parameter, made-up ones for what is mandatory besides."""
        path, query, headers = self.path, {}, {}
        for parameter in self.told.get("parameters", ()):
            name, place = parameter["name"], parameter["in"]
            if not parameter.get("required"):
                continue
            value = known.get(name) or str(self.sample(parameter["schema"]))
            if place == "path":
                path = path.replace(f"{{{name}}}", value)
            elif place == "query":
                query[name] = value
            else:
                headers[name] = '"1"' if name == "If-Match" else value
        made: dict[str, Any] = {"method": self.method, "url": path, "params": query, "headers": headers}
        content = self.told.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            made["json"] = self.sample(content["application/json"]["schema"], known)
        elif content:
            headers["content-type"] = next(iter(content))
            made["content"] = b"x"
        return made

    def sample(self, schema: Mapping[str, Any], known: Mapping[str, str] | None = None, depth: int = 0) -> Any:
        """A value that the schema describes, as far as it says; members called as a known parameter take its value."""
        if "$ref" in schema:
            return self.sample(self.schemas[schema["$ref"].removeprefix(SCHEMAS)], known, depth + 1)
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices:
            return self.sample(choices[0], known, depth + 1)
        told = [schema[word] for word in ("const", "default") if word in schema]
        told += [schema[word][0] for word in ("examples", "enum") if schema.get(word)]
        return told[0] if told else self._made_up(schema, known or {}, depth)

    def _made_up(self, schema: Mapping[str, Any], known: Mapping[str, str], depth: int) -> Any:
        kind = str(schema.get("type"))
        if kind == "object" and depth < DEEPEST:
            members = schema.get("properties", {})
            names = schema.get("required", ())
            return {name: known.get(name) or self.sample(members[name], known, depth + 1) for name in names}
        if kind == "array":
            return [self.sample(schema.get("items", {}), known, depth + 1)] if schema.get("minItems") else []
        if kind == "string":
            return FORMATS.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
        return {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": False}.get(kind)


def operations(told: Document) -> Iterator[Operation]:
    """Those under /v1: the others tell nothing of anybody."""
    schemas = told["components"]["schemas"]
    for path, item in told["paths"].items():
        for method in METHODS:
            if method in item and path.startswith("/v1/"):
                yield Operation(method.upper(), path, item[method], schemas)


__all__ = ["Operation", "merged_document", "operations"]
