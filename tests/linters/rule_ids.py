"""A rule that code asks for by its id exists in the rule book, and is read as what its unit is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from rules.book import RuleBook
from rules.values import MONEY_UNITS, WHOLE_UNITS
from tests.linters.source import Finding, Source, calls, text_of

RULE: Final = "rule-id"
LOOKUPS: Final = frozenset({"at", "table"})
CHECKED: Final = frozenset({"rules", "services", "gateway", "relais"})
READINGS: Final = {
    "rate": frozenset({"rate"}),
    "money": MONEY_UNITS,
    "integer": WHOLE_UNITS,
    "date": frozenset({"date"}),
    "choice": frozenset({"choice"}),
}


@cache
def units() -> dict[str, str]:
    """The unit of every rule, by id."""
    return {rule.id: rule.unit for rule in RuleBook.load()}


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        if source.parts[0] in CHECKED:
            lookups = {id(call): rule for call in calls(source.tree) if (rule := _looked_up(call))}
            yield from _unknown(source, lookups)
            yield from _misread(source, lookups)


def _looked_up(call: ast.Call) -> str | None:
    """The literal dotted id that `.at(id, day)` or `.table(id, day)` asks for."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in LOOKUPS or len(call.args) != 2:
        return None
    found = text_of(call.args[0])
    return found if found is not None and "." in found else None


def _unknown(source: Source, lookups: dict[int, str]) -> Iterator[Finding]:
    for call in calls(source.tree):
        rule = lookups.get(id(call))
        if rule is not None and rule not in units():
            yield source.at(call, RULE, f"no rule is called {rule}")


def _misread(source: Source, lookups: dict[int, str]) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and (rule := lookups.get(id(node.value))) in units():
            expected = READINGS.get(node.attr)
            if expected is not None and units()[str(rule)] not in expected:
                yield source.at(node, RULE, f"{rule} is in {units()[str(rule)]}, it is not read as .{node.attr}")
