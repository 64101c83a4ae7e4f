"""Every table with an employer is under row-level security, put there by a migration of its own component."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.linters.source import Finding, Source, calls, last_name, text_of

RULE: Final = "tenancy"
ENABLERS: Final = frozenset({"enable", "enable_through"})
TENANT_COLUMN: Final = "employer"


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    secured: dict[str, set[str]] = {}
    for source in sources:
        if source.service and source.layer == "migrations":
            secured.setdefault(source.service, set()).update(_secured(source.tree))
    for source in sources:
        if source.service and source.layer == "adapters":
            for name, call in _tenant_tables(source.tree):
                if name not in secured.get(source.service, set()):
                    yield source.at(
                        call, RULE, f"{name} has an employer, and no migration puts it under row-level security"
                    )


def _tenant_tables(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Tables declared with a column that is the tenant key, whatever helper makes the column."""
    for call in calls(tree):
        name = text_of(call.args[0]) if call.args else None
        if last_name(call.func) != "Table" or name is None:
            continue
        for argument in call.args[1:]:
            columns = [inner for inner in calls(argument) if inner.args and text_of(inner.args[0]) == TENANT_COLUMN]
            named = isinstance(argument, ast.Call) and last_name(argument.func) == TENANT_COLUMN
            if named or (columns and last_name(columns[0].func) in {"Column", "column"}):
                yield name, call
                break


def _secured(tree: ast.AST) -> Iterator[str]:
    """Names given to rls.enable, directly or by a loop over names that can be read off the file."""
    constants = dict(_assignments(tree))
    for loop in ast.walk(tree):
        if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name):
            enabled = [call for call in _enabling(loop) if last_name(call.args[1]) == loop.target.id]
            yield from _texts(loop.iter, constants) if enabled else []
    yield from (name for call in _enabling(tree) if (name := text_of(call.args[1])) is not None)


def _enabling(tree: ast.AST) -> list[ast.Call]:
    return [call for call in calls(tree) if last_name(call.func) in ENABLERS and len(call.args) > 1]


def _assignments(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((last_name(target), node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield last_name(node.target), node.value


def _texts(node: ast.expr, constants: Mapping[str, ast.expr]) -> list[str]:
    """The strings of a literal, of a name that stands for one, or of several put together."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return [text for part in parts for text in _texts(part, constants)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [*_texts(left, constants), *_texts(right, constants)]
        case ast.Starred(value=value):
            return _texts(value, constants)
        case ast.Name(id=name) if name in constants:
            return _texts(constants[name], {key: value for key, value in constants.items() if key != name})
    return []
