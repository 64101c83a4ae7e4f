"""A NIR is stored encrypted or as a blind index; events hold no NIR, pathology, cause or certificate."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from tests.linters.source import Finding, Source, calls, last_name, text_of

RULE: Final = "privacy"
NIR: Final = re.compile(r"(^|_)nir(_|$)")
BLIND_INDEX: Final = re.compile(r"_(index|blind)$")
SEALED_TYPES: Final = frozenset({"LargeBinary", "BYTEA", "Sealed"})
NEVER_IN_EVENTS: Final = re.compile(r"(^|_)(nir|pathology|pathology_group|cause|cause_key|certificate|diagnosis)(_|$)")


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        if source.service and source.layer in {"adapters", "migrations"}:
            yield from _columns(source)
        if source.service and source.layer == "events":
            yield from _payloads(source)


def _columns(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        name = text_of(call.args[0]) if call.args else None
        if last_name(call.func) != "Column" or name is None or not NIR.search(name) or BLIND_INDEX.search(name):
            continue
        kind = call.args[1] if len(call.args) > 1 else None
        if kind is None or last_name(kind.func if isinstance(kind, ast.Call) else kind) not in SEALED_TYPES:
            yield source.at(call, RULE, f"column {name} holds a NIR and is not encrypted")


def _payloads(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and NEVER_IN_EVENTS.search(last_name(field.target)):
                    yield source.at(field, RULE, f"{node.name}.{last_name(field.target)} has no place in an event")
