"""No figure or date of the law in a domain: it belongs in rules/, with its source and its dates. And no float."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from tests.linters.source import Finding, Source, calls, docstrings, last_name

RULE: Final = "law"
FLOAT: Final = "float"
# What structure needs: nothing, one, a pair, the months of a year.
STRUCTURAL: Final = frozenset({0, 1, 2, 12})
# A date, a month, or a number with decimals, as the whole of a string.
FIGURE: Final = re.compile(r"\d{4}-\d{2}(-\d{2})?|\d+[.,]\d+|\d{2,}")
READERS: Final = frozenset({"Decimal", "Fraction", "Money", "Rate", "Month", "parse", "fromisoformat", "rounded"})
DATES: Final = frozenset({"date", "datetime"})
# Keyword arguments and class attributes that are limits of memory or HTTP statuses, no law.
TECHNICAL_KEYWORDS: Final = frozenset({"maxsize", "maxlen"})
TECHNICAL_NAMES: Final = frozenset({"status"})


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        if source.parts[0] == "services" and source.layer == "domain":
            yield from _figures(source)
            yield from _built(source)
            yield from _floats(source)


def _figures(source: Source) -> Iterator[Finding]:
    """Numbers beyond the structural ones, and strings that are figures."""
    passed_over = docstrings(source.tree) | _technical(source.tree)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Constant) or id(node) in passed_over:
            continue
        if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value not in STRUCTURAL:
            yield source.at(node, RULE, f"the number {node.value} belongs in rules/, or needs a reason")
        elif isinstance(node.value, str) and FIGURE.fullmatch(node.value):
            yield source.at(node, RULE, f"{node.value!r} belongs in rules/, or needs a reason")


def _built(source: Source) -> Iterator[Finding]:
    """date(2025, 1, 1), Decimal("1"), Fraction(1, 2): a figure even when its parts are small."""
    for call in calls(source.tree):
        name = last_name(call.func)
        constants = [arg for arg in call.args if isinstance(arg, ast.Constant)]
        if name in DATES and any(isinstance(arg.value, int) for arg in constants):
            yield source.at(call, RULE, "a date of the law belongs in rules/")
        elif name == "Fraction" and len(constants) > 1:
            yield source.at(call, RULE, "a share of the law belongs in rules/")
        elif name in READERS and any(
            isinstance(arg.value, str) and re.search(r"[1-9]", arg.value) for arg in constants
        ):
            yield source.at(call, RULE, f"{name} of a literal: the figure belongs in rules/")


def _floats(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield source.at(node, FLOAT, f"{node.value} is no exact number")
        elif isinstance(node, ast.Name) and node.id == "float":
            yield source.at(node, FLOAT, "amounts and rates are exact: Money, Rate, Fraction")


def _technical(tree: ast.AST) -> set[int]:
    """Constants under a technical keyword or name, indexes (positions in a text or a tuple), and bases of powers."""
    parts = [part for node in ast.walk(tree) if (part := _technical_part(node)) is not None]
    return {id(constant) for part in parts for constant in ast.walk(part) if isinstance(constant, ast.Constant)}


def _technical_part(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.keyword(arg=name, value=value) if name in TECHNICAL_KEYWORDS:
            return value
        case ast.Assign(targets=targets, value=value) if {last_name(t) for t in targets} <= TECHNICAL_NAMES:
            return value
        case ast.AnnAssign(target=target, value=value) if last_name(target) in TECHNICAL_NAMES:
            return value
        case ast.Subscript(slice=index):
            return index
        case ast.BinOp(left=base, op=ast.Pow()):
            return base
    return None
