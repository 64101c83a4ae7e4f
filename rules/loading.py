"""From YAML files to rules. Everything wrong with them is said at once, with file and id, before anything starts."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from rules.errors import InvalidRuleFile
from rules.values import UNITS, Row, RuleValue, meaning, rows_text
from rules.vocabulary import Confidence

ID_PATTERN: Final = re.compile(r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$")
RULE_KEYS: Final = frozenset({"label", "unit", "choices", "columns", "gaps", "values"})
VALUE_KEYS: Final = frozenset({"from", "to", "value", "rows", "reference", "confidence"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of law or contract: what it is called in French, its unit, its values in date order."""

    id: str
    label: str
    unit: str
    values: tuple[RuleValue, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    gaps: tuple[tuple[date, date], ...] = ()


if TYPE_CHECKING:
    _Safe = yaml.SafeLoader
else:
    # The same loader in C where the wheel has it: five times as fast, at every start of every component.
    _Safe = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Loader(_Safe):
    """Safe YAML that refuses a key given twice, where plain YAML silently keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        doubled = {key for key in keys if keys.count(key) > 1}
        if doubled:
            raise ValueError(f"line {node.start_mark.line + 1}: {', '.join(sorted(map(str, doubled)))} given twice")
        return super().construct_mapping(node, deep)


def load(folder: Path) -> dict[str, Rule]:
    """Every rule of every `*.yaml` of a folder. Raises InvalidRuleFile with all faults found."""
    rules: dict[str, Rule] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
        except (yaml.YAMLError, ValueError) as error:
            faults.append(f"{path.name}: {error}")
            continue
        for rule_id, raw in (content or {}).items():
            where = f"{path.name}: {rule_id}"
            if rule_id in rules:
                faults.append(f"{where}: this id exists already")
            try:
                rules[rule_id] = parse(str(rule_id), raw)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                faults += [f"{where}: {line}" for line in str(error).splitlines()]
    if not rules and not faults:
        faults.append(f"{folder}: no rule found")
    if faults:
        raise InvalidRuleFile(faults)
    return rules


def parse(rule_id: str, raw: Mapping[str, Any]) -> Rule:
    """One rule from what the file holds under its id. Raises ValueError with the faults, one a line."""
    faults = list(_shape_faults(rule_id, raw))
    if faults:
        raise ValueError("\n".join(faults))
    columns = dict(raw.get("columns", {}))
    choices = tuple(raw.get("choices", ()))
    values = tuple(_value(rule_id, raw["unit"], columns, entry) for entry in raw["values"])
    gaps = tuple((_day(gap, "from"), _day(gap, "to")) for gap in raw.get("gaps", ()))
    rule = Rule(rule_id, raw["label"], raw["unit"], values, columns, choices, gaps)
    faults = [*_choice_faults(rule), *continuity_faults(rule)]
    if faults:
        raise ValueError("\n".join(faults))
    return rule


def _shape_faults(rule_id: str, raw: Mapping[str, Any]) -> Iterator[str]:
    if not ID_PATTERN.match(rule_id):
        yield "an id is dotted words, the first in small letters"
    if not isinstance(raw, dict):
        yield "a rule is a mapping"
        return
    if unknown := raw.keys() - RULE_KEYS:
        yield f"unknown keys {', '.join(sorted(unknown))}"
    if not str(raw.get("label") or "").strip():
        yield "no label"
    unit = raw.get("unit")
    if unit not in UNITS:
        yield f"unknown unit {unit!r}"
    if (unit == "table") != bool(raw.get("columns")):
        yield "columns belong to tables, and to every table"
    if (unit == "choice") != bool(raw.get("choices")):
        yield "choices belong to the unit choice, and to every rule of that unit"
    if not raw.get("values"):
        yield "no values"
    if any(not str(gap.get("reason") or "").strip() for gap in raw.get("gaps", ())):
        yield "a gap needs a reason"


def _value(rule_id: str, unit: str, columns: Mapping[str, str], entry: Mapping[str, Any]) -> RuleValue:
    if unknown := entry.keys() - VALUE_KEYS:
        raise ValueError(f"unknown keys {', '.join(sorted(unknown))}")
    start = _day(entry, "from")
    end = _day(entry, "to") if "to" in entry else None
    if end is not None and end < start:
        raise ValueError(f"value from {start} ends before it starts")
    reference = entry.get("reference")
    if not isinstance(reference, str) or not reference.strip():
        raise ValueError(f"value from {start} has no reference")
    confidence = Confidence(entry.get("confidence", ""))
    if unit == "table":
        rows = tuple(_rows(entry["rows"], columns))
        text = rows_text(entry["rows"])
        return RuleValue(rule_id, text, unit, start, end, reference.strip(), confidence, text, rows)
    text = entry["value"]
    if not isinstance(text, str):
        raise TypeError(f"value from {start} must be quoted text, so that no float comes near it")
    return RuleValue(rule_id, text, unit, start, end, reference.strip(), confidence, meaning(text, unit))


def _rows(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> Iterator[Row]:
    for row in rows:
        if unknown := row.keys() - columns.keys():
            raise ValueError(f"unknown columns {', '.join(sorted(unknown))}")
        if not all(isinstance(cell, str) for cell in row.values()):
            raise TypeError("cells must be quoted text")
        yield Row(row, columns)


def _day(entry: Mapping[str, Any], key: str) -> date:
    found = entry.get(key)
    if type(found) is not date:
        raise ValueError(f"{key} must be an ISO date, not {found!r}")
    return found


def _choice_faults(rule: Rule) -> Iterator[str]:
    for value in rule.values:
        if rule.unit == "choice" and value.text not in rule.choices:
            yield f"{value.text} is none of its choices"


def continuity_faults(rule: Rule) -> Iterator[str]:
    """Values follow one another day by day; a hole is stated, with its reason, or it is a mistake."""
    holes: list[tuple[date, date]] = []
    for earlier, later in zip(rule.values, rule.values[1:], strict=False):
        if earlier.end is None or later.start <= earlier.end:
            yield f"the values from {earlier.start} and from {later.start} overlap or are out of order"
        elif later.start - earlier.end > timedelta(days=1):
            holes.append((earlier.end + timedelta(days=1), later.start - timedelta(days=1)))
    if tuple(holes) != rule.gaps:
        yield f"gaps found {_spans(holes)}, gaps stated {_spans(rule.gaps)}"


def _spans(spans: Iterable[tuple[date, date]]) -> str:
    return ", ".join(f"{start}..{end}" for start, end in spans) or "none"
