"""The API as a page: plain HTML made from the OpenAPI document, with no script and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

CONTENT_SECURITY_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_PLACES: Final = {"path": "chemin", "query": "requête", "header": "en-tête"}
_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1a1a2e;background:#fff}
h1{margin:.5rem 0}h2{margin-top:2rem;border-bottom:2px solid #000091}
details{border:1px solid #ddd;border-radius:4px;margin:.4rem 0;padding:.3rem .6rem}
summary{cursor:pointer}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.m{display:inline-block;min-width:4.2rem;font-weight:700;color:#000091}.s{color:#595959}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #eee;padding:.2rem .4rem;text-align:left;
vertical-align:top}
"""


def page(document: Mapping[str, Any]) -> str:
    """The whole page, in French. Every text of the document is escaped."""
    sections = "".join(_section(tag, operations) for tag, operations in _by_tag(document).items())
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


def _section(tag: str, operations: list[_Operation]) -> str:
    return f"<section><h2>{escape(tag)}</h2>{''.join(_operation(*one) for one in operations)}</section>"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    scopes = " ".join(scope for way in operation.get("security", ()) for names in way.values() for scope in names)
    body = operation.get("requestBody", {}).get("content", {})
    lines = [
        f"<p>Portée : <code>{escape(scopes)}</code></p>" if scopes else "",
        f"<table><tr><th>Paramètre</th><th>Où</th><th>Description</th></tr>{''.join(_parameters(operation))}</table>"
        if operation.get("parameters")
        else "",
        "".join(
            f"<p>Corps : {_schema(content.get('schema', {}))} ({escape(kind)})</p>" for kind, content in body.items()
        ),
        "".join(_responses(operation)),
    ]
    return (
        f'<details><summary><span class="m">{method.upper()}</span> <code>{escape(path)}</code> '
        f'<span class="s">{escape(operation.get("summary", ""))}</span></summary>{"".join(lines)}</details>'
    )


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
    kind = "/".join(schema["type"]) if isinstance(schema.get("type"), list) else str(schema.get("type", "objet"))
    return escape(str(schema.get("format") or kind))


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
