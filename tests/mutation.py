"""Whether the tests of a domain notice when its code says something else: seeded mutants, and how many were caught.

    python -m tests.mutation claims [--mutants 500] [--seed 1] [--workers 2]

Each mutant changes one place of `services/<service>/domain` (a comparison, an operator, a connective, a whole number,
a negation, the smaller for the larger) in a copy of the tree and runs `tests/services/<service>/domain` until the first
failure. What is never caught is printed with its place, then the score; the last line is the same as JSON.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
COPIED: Final = ("kit", "rules", "services", "gateway", "relais", "deploy", "examples", "tests", "pyproject.toml")
# A mutant that makes a loop endless is caught by the clock.
LIMIT_SECONDS: Final = 300
BAR: Final = 0.85
_SWAPPED: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
_OTHER_NAME: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the file, the number of the change in it, its line, and what it does."""

    file: str
    number: int
    line: int
    what: str


def changes(tree: ast.Module) -> Iterator[tuple[ast.AST, str, Callable[[], None]]]:
    """Every change of a module, in the order of the tree: where, what, and the act that makes it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPPED:
            other = _SWAPPED[type(node.ops[0])]
            yield node, f"{_name(node.ops[0])} → {other.__name__}", _setting(node.ops, 0, other())
        elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _SWAPPED and not _of_types(node):
            other = _SWAPPED[type(node.op)]
            yield node, f"{_name(node.op)} → {other.__name__}", _assigning(node, "op", other())
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, "not → nothing", _assigning(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield node, f"{node.value} → {node.value + 1}", _assigning(node, "value", node.value + 1)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OTHER_NAME:
            other_name = _OTHER_NAME[node.func.id]
            yield node, f"{node.func.id} → {other_name}", _assigning(node.func, "id", other_name)


def mutants_of(root: Path, service: str) -> list[Mutant]:
    """All there are in a domain."""
    found = []
    for path in sorted((root / "services" / service / "domain").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for number, (node, what, _) in enumerate(changes(tree)):
            found.append(Mutant(str(path.relative_to(root)), number, getattr(node, "lineno", 0), what))
    return found


def mutated(source: str, number: int) -> str:
    """The module with that change made.

    >>> [mutated("half = used >= 90", number) for number in (0, 1)], mutated("x = not y", 0)
    (['half = used > 90', 'half = used >= 91'], 'x = not not y')
    """
    tree = ast.parse(source)
    *_, (_, _, make) = (change for place, change in enumerate(changes(tree)) if place <= number)
    make()
    return ast.unparse(tree)


def caught(copy: Path, mutant: Mutant, tests: str) -> bool:
    """Whether the tests fail with the change made in that copy, which is then as it was."""
    path = copy / mutant.file
    source = path.read_text(encoding="utf-8")
    path.write_text(mutated(source, mutant.number), encoding="utf-8")
    arguments = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # our own arguments
            arguments, cwd=copy, env=environment, capture_output=True, check=False, timeout=LIMIT_SECONDS
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(source, encoding="utf-8")
    return done.returncode != 0


def main(arguments: Sequence[str]) -> int:
    """0 when the score reaches the bar."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("service", choices=("agreements", "eligibility", "contributions", "claims"))
    parser.add_argument("--mutants", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(arguments)
    everything = mutants_of(ROOT, asked.service)
    chosen = Random(asked.seed).sample(everything, min(asked.mutants, len(everything)))
    tests = f"tests/services/{asked.service}/domain"
    with tempfile.TemporaryDirectory(prefix="relais-mutants-") as folder:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(asked.workers):
            free.put(_copied(Path(folder) / str(number)))

        def one(mutant: Mutant) -> bool:
            copy = free.get()
            try:
                return caught(copy, mutant, tests)
            finally:
                free.put(copy)

        with ThreadPoolExecutor(asked.workers) as pool:
            results = list(pool.map(one, chosen))
    for mutant, seen in zip(chosen, results, strict=True):
        if not seen:
            sys.stdout.write(f"not caught: {mutant.file}:{mutant.line} {mutant.what}\n")
    score = sum(results) / len(results)
    sys.stdout.write(f"{sum(results)} of {len(results)} caught, of {len(everything)} possible: {score:.1%}\n")
    sys.stdout.write(json.dumps({"caught": sum(results), "mutants": len(results)}) + "\n")
    return 0 if score >= BAR else 1


def _copied(to: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / name)
    return to


def _of_types(node: ast.BinOp | ast.BoolOp) -> bool:
    """Whether it joins types rather than values."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)


def _name(node: ast.AST) -> str:
    return type(node).__name__


def _setting(items: list[ast.cmpop], place: int, value: ast.AST) -> Callable[[], None]:
    def act() -> None:
        items[place] = value  # type: ignore[call-overload]  # an operator of the same kind

    return act


def _assigning(node: ast.AST, field: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, field, value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
