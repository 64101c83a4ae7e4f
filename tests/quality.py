"""The quality bar, measured: `make quality` prints one line per row, then the same as JSON.

    golden-cases           612 cases, 0 failed tests          ≥ 180 cases, 0 differences           met

A row is `met`, `not met`, or `not yet` when what it measures is not in the project so far. Everything is measured on
the tree as it is: tests of a row are run, counts are counted; nothing is remembered from an earlier run. Rows that take
from a quarter of an hour to hours are measured when they are named, or all are, and say `not asked` otherwise:

    make quality ARGS="domain-coverage kill-at-random"
    make quality ARGS=all
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from tests.golden.sources import all_sources

ROOT = Path(__file__).resolve().parents[1]
ALL = "all"
MET, NOT_MET, NOT_YET, NOT_ASKED = "met", "not met", "not yet", "not asked"


@dataclass(frozen=True, slots=True)
class Case:
    """One test as pytest reported it; `properties` are the figures it recorded (`record_property`)."""

    file: str
    name: str
    passed: bool
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """The tests that were run, by the file they are in."""

    cases: list[Case]

    def of(self, paths: Sequence[str]) -> list[Case]:
        return [case for case in self.cases if any(case.file.startswith(path) for path in paths)]


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and whether it reaches the bar; `met` None: nothing to measure yet."""

    text: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the bar. `tests` are run for it; `measure` reads their results, or the tree."""

    id: str
    bar: str
    tests: tuple[str, ...] = ()
    measure: Callable[[Row, Results], Figure] | None = None
    long: bool = False  # measured when named only


def all_pass(row: Row, results: Results) -> Figure:
    """Every test of the row passes, and there is at least one."""
    cases = results.of(row.tests)
    failed = sum(not case.passed for case in cases)
    return Figure(f"{len(cases)} tests, {failed} failed", None if not cases else not failed)


def golden(row: Row, results: Results) -> Figure:
    """Cases in YAML, each with its source; the tests that ask them, and that hold them to the sources."""
    count = sum(1 for _ in all_sources())
    failed = sum(not case.passed for case in results.of(row.tests))
    return Figure(f"{count} cases, {failed} failed tests", _reached(count, CASES, failed))


def properties(row: Row, results: Results) -> Figure:
    """Tests that Hypothesis drives, on the domains and the value types they are made of."""
    found = sum(1 for folder in row.tests for path in (ROOT / folder).rglob("*.py") for _ in _given(path))
    failed = sum(not case.passed for case in results.of(row.tests))
    return Figure(f"{found} properties, {failed} failed tests", _reached(found, PROPERTIES, failed))


def recorded(name: str) -> Callable[[Row, Results], Figure]:
    """A figure that the row's tests recorded, met when they pass."""

    def measure(row: Row, results: Results) -> Figure:
        cases = results.of(row.tests)
        texts = [case.properties[name] for case in cases if name in case.properties]
        passed = all(case.passed for case in cases)
        return Figure(texts[0] if texts else f"{len(cases)} tests", passed if cases else None)

    return measure


def command(*arguments: str) -> Callable[[Row, Results], Figure]:
    """A command of the project that has nothing to say against the tree, and the tests of what it checks."""

    def measure(row: Row, results: Results) -> Figure:
        done = subprocess.run([sys.executable, "-m", *arguments], check=False, capture_output=True, text=True, cwd=ROOT)
        findings = len((done.stdout + done.stderr).splitlines()) if done.returncode else 0
        failed = sum(not case.passed for case in results.of(row.tests))
        return Figure(f"{findings} findings, {failed} failed tests", done.returncode == 0 and not failed)

    return measure


def in_full(name: str) -> Callable[[Row, Results], Figure]:
    """A figure that a test records, run at its full size."""

    def measure(row: Row, _results: Results) -> Figure:
        full = replace(row, tests=IN_FULL[row.id])
        return recorded(name)(full, run_tests(full.tests, {"RELAIS_DEPTH": "deep"}, "--timeout=3600"))

    return measure


def coverage(_row: Row, _results: Results) -> Figure:
    """The branches of every `domain/` that the tests of the services take."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        packages = [f"--cov=services/{name}/domain" for name in SERVICES]
        arguments = [*packages, "--cov-branch", f"--cov-report=json:{report}", "--numprocesses=4", "--dist=loadgroup"]
        results = run_tests(["tests/services", "tests/golden"], {}, *arguments)
        totals = json.loads(report.read_text())["totals"]
    failed = sum(not case.passed for case in results.cases)
    taken, there = totals["covered_branches"], totals["num_branches"]
    figure = f"{taken} of {there} branches, {totals['missing_lines']} lines never run, {failed} failed tests"
    return Figure(figure, taken == there and not totals["missing_lines"] and not failed)


def mutants(_row: Row, _results: Results) -> Figure:
    """Seeded changes of the domains that their tests notice."""
    told = _told("tests.mutation", "--mutants", str(MUTANTS))
    score = 100 * told["caught"] // told["mutants"]
    return Figure(f"{told['caught']} of {told['mutants']} caught, {score} %", score >= SCORE)


def storm(_row: Row, _results: Results) -> Figure:
    """A platform whose processes are killed under load."""
    told = _told("tests.chaos")
    bad = {what: told[what] for what in ("lost", "doubled", "faults")}
    text = f"{told['kills']} kills, {told['acknowledged']} acknowledged, " + ", ".join(
        f"{n} {w}" for w, n in bad.items()
    )
    return Figure(text, told["kills"] >= KILLS and not any(bad.values()))


def _told(module: str, *arguments: str) -> dict[str, int]:
    """The last line of a command, which is JSON."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return told


CASES, PROPERTIES, KILLS, MUTANTS, SCORE = 180, 40, 100, 500, 85
SERVICES = ("agreements", "eligibility", "contributions", "claims")
LAW_MUTATION = "tests/e2e/test_law_mutation.py"
IN_FULL = {"law-mutation": (LAW_MUTATION,), "schemathesis": ("tests/e2e/test_every_operation.py",)}
KIT_EVENTS = "tests/kit/events"
# Requests are asked by the first; the others ask a domain or the law alone.
GOLDEN = (
    "tests/golden",
    "tests/rules/test_golden_figures.py",
    "tests/services/agreements/test_changes.py",
    "tests/services/agreements/test_committee.py",
    "tests/services/agreements/test_terms.py",
    "tests/services/agreements/test_validation.py",
    "tests/services/contributions/test_owed.py",
)
MACHINES = (
    "tests/services/agreements/test_lifecycle.py",
    "tests/services/claims/machines",
    "tests/services/contributions/machines",
    "tests/services/eligibility/machines",
)
ROWS: tuple[Row, ...] = (
    Row(
        "demo",
        "all green over both transports",
        ("tests/e2e/test_demo.py", "tests/relais/test_run_over_kafka.py"),
        all_pass,
    ),
    Row("golden-cases", "≥ 180 cases, 0 differences", GOLDEN, golden),
    Row("properties", "≥ 40 properties", ("tests/services", "tests/rules"), properties),
    Row("law-mutation", "every value the demo uses", measure=in_full("law-mutation"), long=True),
    Row("law-literals", "0 literals of law in domain/", ("tests/linters",), command("tests.linters")),
    Row("state-machines", "no illegal state", MACHINES, all_pass),
    Row("domain-coverage", "100 % of branches", measure=coverage, long=True),
    Row("mutation-score", "≥ 85 % of 500 mutants", measure=mutants, long=True),
    Row("recomputation", "byte-identical", ("tests/e2e/test_recomputation.py",), all_pass),
    Row("schemathesis", "100 % of operations, 0 server error", measure=in_full("schemathesis"), long=True),
    Row(
        "authorisation-matrix",
        "100 % of operations, 0 leak",
        ("tests/e2e/test_authorisation.py",),
        recorded("authorisation-matrix"),
    ),
    Row(
        "row-level-security",
        "100 % of tables",
        ("tests/kit/db/test_tenancy.py", "tests/relais/test_row_level_security.py"),
        command("relais.migrations", "check"),
    ),
    Row("kill-at-random", "100 kills, 0 lost, 0 doubled", measure=storm, long=True),
    Row("tripled-and-shuffled", "same final state", (f"{KIT_EVENTS}/test_delivery.py",), all_pass),
    Row("kafka-down", "0 lost, drained ≤ 30 s", (f"{KIT_EVENTS}/test_kafka.py",), all_pass),
    Row(
        "identical-requests",
        "1 effect; 1 success",
        ("tests/kit/http/test_unit_of_work.py", "tests/services/eligibility/test_replays.py"),
        all_pass,
    ),
    Row("poison-event", "parked, replayed in order", (f"{KIT_EVENTS}/test_parking.py",), all_pass),
    Row("hot-aggregates", "0 skipped, 0 out of order", (f"{KIT_EVENTS}/test_contract.py",), all_pass),
    Row("restored-producer", "same state", (f"{KIT_EVENTS}/test_restore.py",), all_pass),
    Row("one-trace-id", "found", ("tests/e2e/test_trace_id.py",), all_pass),
    Row(
        "nothing-personal",
        "0 in logs, topics, URLs, errors",
        ("tests/e2e/test_privacy.py", "tests/kit/http/test_traces_and_logs.py", "tests/kit/db/test_tenancy.py"),
        all_pass,
    ),
)


def run_tests(paths: Sequence[str], environment: Mapping[str, str] = MappingProxyType({}), *more: str) -> Results:
    """Run these files and folders, those that exist, in one pytest."""
    present = [path for path in paths if (ROOT / path).exists()]
    if not present:
        return Results([])
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        arguments = ["-q", f"--junit-xml={report}", "-o", "junit_family=xunit1", *more, *present]
        command = [sys.executable, "-m", "pytest", *arguments]
        subprocess.run(command, check=False, cwd=ROOT, stdout=sys.stderr, env={**os.environ, **environment})
        return Results(list(_cases(report)))


def _cases(report: Path) -> Iterator[Case]:
    for found in ET.parse(report).getroot().iter("testcase"):
        passed = not any(found.find(kind) is not None for kind in ("failure", "error", "skipped"))
        told = {item.get("name", ""): item.get("value", "") for item in found.iter("property")}
        yield Case(found.get("file", ""), found.get("name", ""), passed, told)


def _reached(count: int, wanted: int, failed: int) -> bool | None:
    """Not even begun is not yet there; what falls short is not met."""
    return None if not count and not failed else count >= wanted and not failed


def _given(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a file that Hypothesis drives."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            ast.unparse(decorator).startswith(("given(", "hypothesis.given(")) for decorator in node.decorator_list
        ):
            yield node


def measured(rows: Sequence[Row], *, named: bool) -> list[dict[str, str]]:
    """Every row with its figure and status."""
    results = run_tests(sorted({path for row in rows for path in row.tests}))
    found: list[dict[str, str]] = []
    for row in rows:
        asked = named or not row.long
        figure = row.measure(row, results) if row.measure and asked else Figure("—", None)
        status = NOT_ASKED if not asked else NOT_YET if figure.met is None else MET if figure.met else NOT_MET
        found.append({"id": row.id, "figure": figure.text, "bar": row.bar, "status": status})
    return found


def main(arguments: Sequence[str]) -> int:
    """Rows that are quick, those named, or `all`. Exit code 1 when one is not met, 2 for a name that no row has."""
    unknown = set(arguments) - {row.id for row in ROWS} - {ALL}
    if unknown:
        names = ", ".join((ALL, *(row.id for row in ROWS)))
        sys.stderr.write(f"no such row: {', '.join(sorted(unknown))}; there are {names}\n")
        return 2
    rows = [row for row in ROWS if not arguments or ALL in arguments or row.id in arguments]
    found = measured(rows, named=bool(arguments))
    for one in found:
        sys.stdout.write(f"{one['id']:<22} {one['figure']:<34} {one['bar']:<36} {one['status']}\n")
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 1 if any(one["status"] == NOT_MET for one in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
