"""What the OpenAPI document says of its operations and fields, from their policies and from `descriptions.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from kit.http.etag import ABOUT
from kit.http.policy import X_POLICY

_WORDS: Final = Path(__file__).with_name("descriptions.yaml")


@cache
def words() -> dict[str, Any]:
    """The file: `policies`, `fields` and their `nulls` by name, `schemas` by schema and name."""
    found: dict[str, Any] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return found


def describe(document: dict[str, Any]) -> None:
    """Give a description to each operation that has a policy, and to each field that has none of its own."""
    for path, item in document["paths"].items():
        for operation in item.values():
            if isinstance(operation, dict) and X_POLICY in operation:
                operation.setdefault("description", _asked(operation[X_POLICY]))
                _say_where_versions_are_read(operation, path, document["paths"])
    for name, schema in document["components"].get("schemas", {}).items():
        for field, told in schema.get("properties", {}).items():
            if (own := words()["schemas"].get(name, {}).get(field)) is not None:
                told["description"] = own
            elif (usual := _usual(field, told)) is not None:
                told.setdefault("description", usual)


def _say_where_versions_are_read(operation: dict[str, Any], path: str, paths: dict[str, Any]) -> None:
    """A version to change is read from the resource itself or the nearest above, where nothing else is said."""
    for parameter in operation.get("parameters", ()):
        if parameter.get("description") == ABOUT:
            read = path
            while read and "get" not in paths.get(read, {}):
                read = read.rpartition("/")[0]
            parameter["description"] = f"{ABOUT[:-1]}, lu par GET {read}." if read else ABOUT


def _usual(field: str, told: dict[str, Any]) -> str | None:
    """What a name says everywhere; and what null means, where it may be."""
    text, null = words()["fields"].get(field), words()["nulls"].get(field)
    return text if text is None or null is None or not _nullable(told) else f"{text} Nul : {null}"


def _nullable(told: dict[str, Any]) -> bool:
    return any(choice.get("type") == "null" for choice in told.get("anyOf", ()))


def _asked(policy: dict[str, Any]) -> str:
    """In a sentence or three: whose rows, whether the access is audited, whether anything is written."""
    said = words()["policies"]
    sentences = [said["tenancy"][policy["tenancy"]]]
    sentences += [said[name] for name in ("personal", "computes") if policy[name]]
    return " ".join(sentences)
