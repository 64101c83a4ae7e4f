"""Whether the tests of a domain notice when its code says something else: seeded mutants, and how many were caught.

    python -m tests.mutation [SERVICE …] [--mutants 500] [--seed 1] [--workers 2]

The tests of the services and the golden cases run once, all must pass, and it is noted which run through which line.
Each mutant then changes one place of a `domain/` (a comparison, an operator, a connective, a whole number, a negation,
the smaller for the larger) in a copy of the tree, and the tests that pass there run, those that look at little else
first, until one fails or half a minute's worth have not: the score is a lower bound. Progress goes to standard error;
what is never caught is printed with its place, then the score, and the same as JSON on the last line.
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
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Final

from coverage import CoverageData

from tests.conftest import SHARED

ROOT: Final = Path(__file__).resolve().parents[1]
COPIED: Final = (
    *("kit", "rules", "services", "gateway", "relais"),
    *("contracts", "deploy", "docs", "examples", "tests", "pyproject.toml"),
)
SERVICES: Final = ("agreements", "eligibility", "contributions", "claims")
OF_ALL: Final = ("tests/services/test_errors.py", "tests/golden")
# How much of the tests, as they take on the tree as it is, is tried on one mutant.
BUDGET_SECONDS: Final = 30.0
# A mutant that makes a loop endless is caught by the clock: five times what its tests take, and this.
LIMIT_SECONDS: Final = 120.0
BAR: Final = 0.85
# Exit codes of pytest; interrupted: a module that no longer imports; unknown: a test that nobody finds by that name.
PASSED, FAILED, INTERRUPTED, UNKNOWN = 0, 1, 2, 4
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


@dataclass(frozen=True, slots=True)
class Survey:
    """For each file of a domain, the tests that pass through each of its lines; the seconds that each test takes.

    `slow`: those for which something slow to start is started; `reach`: through how many lines of domains each runs.
    """

    lines: dict[str, dict[int, frozenset[str]]]
    seconds: dict[str, float]
    slow: frozenset[str]
    reach: Counter[str]

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Those that pass there, up to the budget: what looks at little else before what looks at everything.

        What runs at import is everybody's in that file.
        """
        lines = self.lines.get(mutant.file, {})
        passing = lines.get(mutant.line) or frozenset().union(*lines.values())
        closest = sorted(passing, key=lambda test: (test in self.slow, self.reach[test], self.seconds[test], test))
        spent = accumulate(self.seconds[test] for test in closest)
        return [test for test, until in zip(closest, spent, strict=True) if until <= BUDGET_SECONDS]


def survey(copy: Path, services: Sequence[str], workers: int) -> Survey:
    """Run all tests once on the tree as it is. Raises AssertionError, with what pytest said, when one fails."""
    report, data = copy / "report.xml", copy / ".coverage"
    measured = [f"--cov=services/{service}/domain" for service in services]
    arguments = ["--cov-context=test", "--cov-report=", f"--junit-xml={report}", "-o", "junit_family=xunit1", *measured]
    tests = [*(f"tests/services/{service}" for service in services), *OF_ALL]
    done = _pytest(copy, [*arguments, f"--numprocesses={workers}", "--dist=loadgroup", *tests])
    assert done.returncode == PASSED, done.stdout.decode()[-2000:]
    cases = {_node(case): float(case.get("time", 0)) for case in ET.parse(report).iter("testcase")}
    seconds = {_ungrouped(case): time for case, time in cases.items()}
    slow = frozenset(_ungrouped(case) for case in cases if case.rpartition("@")[2] in SHARED)
    found = CoverageData(str(data))
    found.read()
    lines = {}
    for file in found.measured_files():
        contexts = found.contexts_by_lineno(file)
        lines[str(Path(file).relative_to(copy))] = {
            line: frozenset(test for name in names if (test := _named(name)) in seconds)
            for line, names in contexts.items()
        }
    reach = Counter(test for of_file in lines.values() for tests_there in of_file.values() for test in tests_there)
    return Survey(lines, seconds, slow, reach)


def caught(copy: Path, mutant: Mutant, tests: Sequence[str], seconds: float) -> bool:
    """Whether one of the tests fails with the change made in that copy, which is then as it was."""
    if not tests:
        return False
    path, asked = copy / mutant.file, copy / "asked.txt"
    source = path.read_text(encoding="utf-8")
    path.write_text(mutated(source, mutant.number), encoding="utf-8")
    asked.write_text("\n".join(tests), encoding="utf-8")
    try:
        done = _pytest(copy, ["-x", f"@{asked}"], limit=LIMIT_SECONDS + 5 * seconds)
        if done.returncode == UNKNOWN and b"ERROR: not found" in done.stdout:
            # A parameter is named after a value that has changed: its function is asked with all of them.
            whole = dict.fromkeys(test.partition("[")[0] for test in tests)
            asked.write_text("\n".join(whole), encoding="utf-8")
            done = _pytest(copy, ["-x", f"@{asked}"], limit=LIMIT_SECONDS + 5 * seconds)
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(source, encoding="utf-8")
    no_import = b"ImportError while loading conftest" in done.stdout
    assert no_import or done.returncode in {PASSED, FAILED, INTERRUPTED}, done.stdout.decode()[-2000:]
    return done.returncode != PASSED


def _pytest(copy: Path, arguments: Sequence[str], limit: float | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(  # our own arguments
        command, cwd=copy, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=limit
    )


def main(arguments: Sequence[str]) -> int:
    """0 when the score reaches the bar."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("services", nargs="*", metavar="SERVICE", help=f"by default all: {', '.join(SERVICES)}")
    parser.add_argument("--mutants", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--after", type=int, default=0, metavar="N", help="leave the first N out, tried before")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(arguments)
    services = asked.services or SERVICES
    if unknown := set(services) - set(SERVICES):
        parser.error(f"no such service: {', '.join(sorted(unknown))}")
    everything = [mutant for service in services for mutant in mutants_of(ROOT, service)]
    chosen = Random(asked.seed).sample(everything, min(asked.mutants, len(everything)))[asked.after :]
    with tempfile.TemporaryDirectory(prefix="relais-mutants-") as folder:
        copies = [_copied(Path(folder) / str(number)) for number in range(asked.workers)]
        _progress("which tests pass where…")
        passing = survey(copies[0], services, asked.workers)
        results = _tried(chosen, passing, copies)
    for mutant, seen in zip(chosen, results, strict=True):
        if not seen:
            sys.stdout.write(f"not caught: {mutant.file}:{mutant.line} {mutant.what}\n")
    score = sum(results) / len(results)
    sys.stdout.write(f"{sum(results)} of {len(results)} caught, of {len(everything)} possible: {score:.1%}\n")
    sys.stdout.write(json.dumps({"caught": sum(results), "mutants": len(results)}) + "\n")
    return 0 if score >= BAR else 1


def _tried(mutants: Sequence[Mutant], passing: Survey, copies: Sequence[Path]) -> list[bool]:
    """Whether each was caught; as many at a time as there are copies."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(mutant: Mutant) -> bool:
        tests = passing.tests_of(mutant)
        copy = free.get()
        try:
            return caught(copy, mutant, tests, sum(passing.seconds[test] for test in tests))
        finally:
            free.put(copy)

    results: list[bool] = []
    with ThreadPoolExecutor(len(copies)) as pool:
        for mutant, seen in zip(mutants, pool.map(one, mutants), strict=True):
            results.append(seen)
            _progress(
                f"{len(results)} of {len(mutants)}, {sum(results)} caught"
                + ("" if seen else f"; not {mutant.file}:{mutant.line} {mutant.what}")
            )
    return results


def _progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _node(case: ET.Element) -> str:
    """A test as pytest is asked for it: `<file>[::<class>…]::<name>`; a report joins file and classes by dots."""
    file = case.get("file", "")
    classes = case.get("classname", "").removeprefix(file.removesuffix(".py").replace("/", ".")).split(".")[1:]
    return "::".join([file, *classes, case.get("name", "")])


def _named(context: str) -> str:
    """The test of a coverage context, `<file>::<name>@<group>|<phase>`."""
    return _ungrouped(context.rpartition("|")[0])


def _ungrouped(name: str) -> str:
    """A test without the group it ran in; doctests have none."""
    return name.rpartition("@")[0] or name


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
