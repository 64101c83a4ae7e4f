"""Tests mock nothing, skip nothing and do not sleep."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from tests.linters.source import Finding, Source, last_name

RULE: Final = "tests"
SKIPS: Final = frozenset({"skip", "skipif", "xfail", "importorskip"})
MOCKS: Final = frozenset({"mock", "pytest_mock"})


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        if source.parts[0] == "tests":
            yield from _idle(source)
            for node in ast.walk(source.tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                    yield from _naps(source, node)


def _idle(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and last_name(node.value) in {"mark", "pytest"}:
            yield source.at(node, RULE, f"{node.attr}: a test runs, or is not there")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in node.names]
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(set(module.split(".")) & MOCKS for module in modules):
                yield source.at(node, RULE, "fakes at ports, no mocks")


def _naps(source: Source, test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Finding]:
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and last_name(node.func) == "sleep":
            yield source.at(node, RULE, "a test polls with a bound, it does not sleep")
