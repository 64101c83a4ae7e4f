"""The API as a page: plain HTML made from the OpenAPI document, with no script and nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

CONTENT_SECURITY_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_PLACES: Final = {"path": "chemin", "query": "requête", "header": "en-tête"}
_TYPES: Final = {
    "string": "texte",
    "integer": "entier",
    "number": "nombre",
    "boolean": "booléen",
    "object": "objet",
    "array": "liste",
    "null": "rien",
    "date-time": "instant",
    "uuid": "UUID",
    "password": "secret",
    "binary": "fichier",
    "uri": "adresse",
}
_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1a1a2e;background:#fff}
h1{margin:.5rem 0}h2{margin-top:2rem;border-bottom:2px solid #000091}
details{border:1px solid #ddd;border-radius:4px;margin:.4rem 0;padding:.3rem .6rem}
summary{cursor:pointer}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.m{display:inline-block;min-width:4.2rem;font-weight:700;color:#000091}.s{color:#595959}
table{border-collapse:collapse;width:100%}pre{overflow-x:auto;background:#f6f6f6;padding:.5rem}
td,th{border-bottom:1px solid #eee;padding:.2rem .4rem;text-align:left;
vertical-align:top}
"""


def page(document: Mapping[str, Any]) -> str:
    """The whole page, in French. Every text of the document is escaped."""
    shown = _examples(document)
    sections = "".join(_section(tag, operations, shown) for tag, operations in _by_tag(document).items())
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Relais, interface de programmation</title><style>{_STYLE}</style></head><body><main>"
        "<h1>Relais, interface de programmation</h1>"
        '<p>Document complet : <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). '
        "Jeton : <code>POST /oauth/token</code>, clés : <code>/.well-known/jwks.json</code>. "
        "Les erreurs sont au format RFC 9457.</p>"
        f"{sections}<h2>Schémas</h2>{''.join(_schemas(document))}</main></body></html>"
    )


_Operation = tuple[str, str, Mapping[str, Any]]


def _by_tag(document: Mapping[str, Any]) -> dict[str, list[_Operation]]:
    found: dict[str, list[_Operation]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                tag = next(iter(item[method].get("tags", ())), "Autres")
                found.setdefault(tag, []).append((method, path, item[method]))
    return dict(sorted(found.items()))


def _examples(document: Mapping[str, Any]) -> dict[str, str]:
    """By schema, what is sent for instance."""
    schemas = document.get("components", {}).get("schemas", {})
    return {
        f"#/components/schemas/{name}": json.dumps(schema["examples"][0], ensure_ascii=False, indent=1)
        for name, schema in schemas.items()
        if schema.get("type") == "object" and schema.get("examples")
    }


def _section(tag: str, operations: list[_Operation], shown: Mapping[str, str]) -> str:
    return f"<section><h2>{escape(tag)}</h2>{''.join(_operation(*one, shown) for one in operations)}</section>"


def _operation(method: str, path: str, operation: Mapping[str, Any], shown: Mapping[str, str]) -> str:
    scopes = " ".join(scope for way in operation.get("security", ()) for names in way.values() for scope in names)
    lines = [
        f"<p>{escape(operation['description'])}</p>" if "description" in operation else "",
        f"<p>Portée : <code>{escape(scopes)}</code></p>" if scopes else "",
        f"<table><tr><th>Paramètre</th><th>Où</th><th>Description</th></tr>{''.join(_parameters(operation))}</table>"
        if operation.get("parameters")
        else "",
        "".join(_bodies(operation, shown)),
        "".join(_responses(operation)),
    ]
    return (
        f'<details><summary><span class="m">{method.upper()}</span> <code>{escape(path)}</code> '
        f'<span class="s">{escape(operation.get("summary", ""))}</span></summary>{"".join(lines)}</details>'
    )


def _bodies(operation: Mapping[str, Any], shown: Mapping[str, str]) -> Iterator[str]:
    """A body by the link to its schema, or field by field where it has no name; and what is sent for instance."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content.get("schema", {})
        yield f"<p>Corps : {_schema(schema)} ({escape(kind)})</p>"
        if "properties" in schema:
            rows = "".join(_property(name, value, schema) for name, value in schema["properties"].items())
            yield f"<table>{rows}</table>"
        example = shown.get(schema.get("$ref", ""))
        if example:
            yield f"<p>Par exemple :</p><pre>{escape(example)}</pre>"


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        required = " (obligatoire)" if parameter.get("required") else ""
        place = _PLACES.get(parameter.get("in", ""), "")
        yield (
            f"<tr><td><code>{escape(parameter.get('name', ''))}</code>{required}</td>"
            f"<td>{place}</td><td>{escape(parameter.get('description', ''))}</td></tr>"
        )


def _responses(operation: Mapping[str, Any]) -> Iterator[str]:
    for status, response in operation.get("responses", {}).items():
        schemas = ", ".join(_schema(c.get("schema", {})) for c in response.get("content", {}).values())
        yield f"<p>{escape(status)} : {escape(response.get('description', ''))} {schemas}</p>"


def _schema(schema: Mapping[str, Any]) -> str:
    """A link to a named schema, or its type."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f'<a href="#{name}"><code>{name}</code></a>'
    if schema.get("type") == "array":
        return f"liste de {_schema(schema.get('items', {}))}"
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " ou ".join(_schema(choice) for choice in choices)
    if "enum" in schema:
        return " ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    kind = schema.get("format") or schema.get("type", "object")
    return escape(" ou ".join(_TYPES.get(one, one) for one in (kind if isinstance(kind, list) else [str(kind)])))


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        rows = "".join(_property(key, value, schema) for key, value in schema.get("properties", {}).items())
        about = escape(schema.get("description", ""))
        yield (
            f'<details id="{escape(name)}" open><summary><code>{escape(name)}</code></summary><p class="s">{about}</p>'
            f"{_schema(schema) if not rows else f'<table>{rows}</table>'}</details>"
        )


def _property(name: str, value: Mapping[str, Any], parent: Mapping[str, Any]) -> str:
    required = " (obligatoire)" if name in parent.get("required", ()) else ""
    return (
        f"<tr><td><code>{escape(name)}</code>{required}</td><td>{_schema(value)}</td>"
        f"<td>{escape(str(value.get('description', '')))}</td></tr>"
    )
