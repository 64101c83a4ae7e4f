"""A domain imports the standard library, value types of the kit, rules and itself; nothing else."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from tests.linters.source import Finding, Source

RULE: Final = "imports"
VALUE_TYPES: Final = frozenset(
    {
        "kit.money",
        "kit.rate",
        "kit.period",
        "kit.columns",
        "kit.stretches",
        "kit.trace",
        "kit.errors",
        "kit.ids",
        "kit.nir",
        "kit.siret",
    }
)
# Pure as they are, these reach outside the process or read its state.
IMPURE: Final = frozenset(
    {
        "asyncio",
        "http",
        "io",
        "logging",
        "os",
        "pathlib",
        "random",
        "secrets",
        "socket",
        "subprocess",
        "threading",
        "urllib",
    }
)


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        if source.parts[0] == "services" and source.layer == "domain" and source.service:
            for node in ast.walk(source.tree):
                for module in _modules(node):
                    if not _allowed(module, source.service):
                        assert isinstance(node, ast.Import | ast.ImportFrom)
                        yield source.at(node, RULE, f"a domain does not import {module}")


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"kit.{alias.name}" for alias in node.names] if node.module == "kit" else [node.module or "."]
    return []


def _allowed(module: str, service: str) -> bool:
    top = module.partition(".")[0]
    if top == "kit":
        return module in VALUE_TYPES
    if top == "services":
        return f"{module}.".startswith(f"services.{service}.domain.")
    return top == "rules" or (top in sys.stdlib_module_names and top not in IMPURE)
