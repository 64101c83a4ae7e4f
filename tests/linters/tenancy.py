"""Every table with an employer is under row-level security, put there by a migration of its own component."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
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
    """Names given to rls.enable, directly or by a loop over literal names."""
    looped: dict[str, list[str]] = {}
    constants: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                constants[last_name(target)] = _texts(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            looped.setdefault(node.target.id, []).extend(_texts(node.iter) or constants.get(last_name(node.iter), []))
    for call in calls(tree):
        if last_name(call.func) in ENABLERS and len(call.args) > 1:
            name = text_of(call.args[1])
            yield from [name] if name is not None else looped.get(last_name(call.args[1]), [])


def _texts(node: ast.expr) -> list[str]:
    if not isinstance(node, ast.Tuple | ast.List | ast.Set):
        return []
    return [text for element in node.elts if (text := text_of(element)) is not None]
