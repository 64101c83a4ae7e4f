"""Python files as the linters see them: path, tree, and the comments that let a finding through."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

PACKAGES: Final = ("kit", "rules", "services", "gateway", "relais", "examples", "tests")
LET_THROUGH: Final = re.compile(r"#.*\blint\((?P<rule>[a-z-]+)\) because (?P<reason>\S.*)")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One departure from a rule of the house."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True, slots=True)
class Source:
    """One file. `path` is relative to the root of the project."""

    path: PurePosixPath
    text: str
    tree: ast.Module
    exceptions: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str, text: str) -> Source:
        return cls(PurePosixPath(path), text, ast.parse(text), _exceptions(text))

    def at(self, node: ast.expr | ast.stmt | ast.alias, rule: str, message: str) -> Finding:
        return Finding(str(self.path), node.lineno, rule, message)

    @property
    def parts(self) -> tuple[str, ...]:
        return self.path.parts

    @property
    def service(self) -> str | None:
        """The component it belongs to: a service's name, or gateway."""
        if self.parts[0] == "services" and len(self.parts) > 2:
            return self.parts[1]
        return "gateway" if self.parts[0] == "gateway" else None

    @property
    def layer(self) -> str:
        """domain, application, adapters, api, migrations, or the file's name without suffix."""
        depth = 2 if self.parts[0] == "services" else 1
        return self.parts[depth].removesuffix(".py") if len(self.parts) > depth else ""


def read(root: Path) -> list[Source]:
    """Every Python file of the project's packages."""
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return [Source.of(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the constants that are docstrings, or strings that stand alone as a comment."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def last_name(node: ast.expr) -> str:
    """The last word of a dotted name, else ''.

    >>> last_name(ast.parse("a.b.c", mode="eval").body)
    'c'
    """
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def text_of(node: ast.expr | None) -> str | None:
    """The string a constant holds, else None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _exceptions(text: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and (match := LET_THROUGH.search(token.string)):
            found[token.start[0]] = match["rule"]
    return found
