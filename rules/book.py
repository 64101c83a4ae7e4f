"""The law as dated data: what a rule says on a day, who vouches for it, and which values a decision has read."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Protocol, Self

from kit.trace import canonical
from rules.errors import InvalidRuleFile, NoValueAt, UnknownRule, WrongUnit
from rules.loading import Rule, load, parse
from rules.values import Row, RuleValue

__all__ = ["InvalidRuleFile", "NoValueAt", "Recorder", "RuleBook", "RuleValue", "Rules", "UnknownRule", "WrongUnit"]


class Rules(Protocol):
    """What the domain asks of the law: a RuleBook, or a Recorder in front of one."""

    def at(self, rule_id: str, day: date) -> RuleValue:
        """The value in force on a day. Raises UnknownRule, or NoValueAt where nothing is vouched for."""
        ...

    def table(self, rule_id: str, day: date) -> tuple[Row, ...]:
        """The rows in force on a day, of a rule that is a table."""
        ...

    def moves(self, rule_id: str, since: date, until: date) -> bool:
        """Whether another value takes effect after one day, up to another. Raises UnknownRule. Reads no value."""
        ...

    def recorder(self) -> Recorder:
        """The same book, remembering which values are read from it, whoever remembers already."""
        ...


class RuleBook:
    """All rules, read once, never changed.

    >>> book = RuleBook.load()
    >>> book.at("cnracl.employee.tib", date(2026, 1, 31)).rate
    Rate('0.1110')
    >>> book.replacing("cnracl.employee.tib", "0.1200").at("cnracl.employee.tib", date(2026, 1, 31)).text
    '0.1200'
    """

    __slots__ = ("_found", "_packed", "_rules", "_starts", "version")

    version: str
    """SHA-256 of the content, hexadecimal: equal books have equal versions."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = dict(rules)
        self._packed: dict[tuple[str, date], tuple[RuleValue, dict[str, str]]] = {}
        # The days of one set of decisions are few: each is looked for once.
        self._found = lru_cache(maxsize=1 << 16)(self._find)
        self._starts = {rule.id: [value.start for value in rule.values] for rule in rules.values()}
        self.version = hashlib.sha256(canonical(sorted(map(_content, rules.values()), key=canonical))).hexdigest()

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read and validate a folder of `*.yaml`, by default the one beside this file. Raises InvalidRuleFile."""
        return cls(load(path or Path(__file__).parent))

    @classmethod
    def from_snapshot(cls, kept: Iterable[Mapping[str, str]]) -> Self:
        """A book that knows only the values a decision read (`Recorder.snapshot`): enough to take it again."""
        raw: dict[str, dict[str, object]] = {}
        for item in sorted(kept, key=lambda item: (item["id"], item["from"])):
            rule = raw.setdefault(item["id"], {"label": item["id"], "unit": item["unit"], "values": []})
            _unpack(item, rule)
        return cls({rule_id: _without_gap_check(rule_id, rule) for rule_id, rule in raw.items()})

    def holding(self, kept: Iterable[Mapping[str, str]]) -> RuleBook:
        """A copy in which the values that a decision read stand as it read them: what if it had been taken otherwise.

        >>> book, changed = RuleBook.load(), RuleBook.load().replacing("cnracl.employee.tib", "0.1200")
        >>> recorder = book.recorder()
        >>> _ = recorder.at("cnracl.employee.tib", date(2026, 1, 31))
        >>> changed.holding(recorder.snapshot()).at("cnracl.employee.tib", date(2026, 1, 31)).text
        '0.1110'
        """
        rules = {rule.id: rule for rule in self}
        for rule in RuleBook.from_snapshot(kept):
            own = rules.get(rule.id, rule)
            values = {value.start: value for value in (*own.values, *rule.values)}
            rules[rule.id] = replace(own, values=tuple(values[start] for start in sorted(values)))
        return RuleBook(rules)

    def at(self, rule_id: str, day: date) -> RuleValue:
        """The value in force on a day. Raises UnknownRule, or NoValueAt where nothing is vouched for."""
        return self._found(rule_id, day)

    def _find(self, rule_id: str, day: date) -> RuleValue:
        starts = self._starts.get(rule_id)
        if starts is None:
            raise UnknownRule(rule_id)
        values = self._rules[rule_id].values
        position = bisect_right(starts, day) - 1
        if position < 0:
            raise NoValueAt(rule_id, day, starts[0])
        value = values[position]
        if value.end is not None and day > value.end:
            raise NoValueAt(rule_id, day, starts[0])
        return value

    def table(self, rule_id: str, day: date) -> tuple[Row, ...]:
        """The rows in force on a day. Raises as `at`, and WrongUnit when the rule is no table."""
        return _rows(self.at(rule_id, day))

    def moves(self, rule_id: str, since: date, until: date) -> bool:
        """Whether another value takes effect after one day, up to another. Raises UnknownRule. Reads no value.

        >>> RuleBook.load().moves("index_point.yearly", date(2023, 6, 30), date(2023, 7, 1))
        True
        """
        return any(since < value.start <= until for value in self.rule(rule_id).values)

    def packed(self, value: RuleValue) -> dict[str, str]:
        """A value complete, as snapshots keep it; made once for each value of this book."""
        known = self._packed.get((value.id, value.start))
        if known is None or known[0] is not value:
            known = self._packed[value.id, value.start] = (value, _packed(self.rule(value.id), value))
        return known[1]

    def recorder(self) -> Recorder:
        """The same book, remembering which values are read from it."""
        return Recorder(self)

    def rule(self, rule_id: str) -> Rule:
        """A rule with its label, unit and all its values. Raises UnknownRule."""
        if rule_id not in self._rules:
            raise UnknownRule(rule_id)
        return self._rules[rule_id]

    def __iter__(self) -> Iterator[Rule]:
        """Rules by id."""
        return (self._rules[rule_id] for rule_id in sorted(self._rules))

    def __len__(self) -> int:
        return len(self._rules)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def replacing(self, rule_id: str, value: str, on: date | None = None) -> RuleBook:
        """A copy in which the value in force on a day reads otherwise: what if the law said that.

        `on` may be left out when the rule has one value. A table takes its rows as JSON text.
        """
        rule = self.rule(rule_id)
        if on is None and len(rule.values) > 1:
            raise ValueError(f"{rule_id} has several values: say on which day")
        old = self.at(rule_id, on) if on is not None else rule.values[0]
        entries = [{**_entry(v), **(_stated(v.unit, value) if v is old else {})} for v in rule.values]
        return RuleBook({**self._rules, rule_id: parse(rule_id, {**_raw(rule), "values": entries})})


class Recorder:
    """A rule book that remembers which values were read, in the order of their first use."""

    __slots__ = ("_book", "_used")

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._used: dict[tuple[str, date], RuleValue] = {}

    def at(self, rule_id: str, day: date) -> RuleValue:
        """As RuleBook.at."""
        value = self._book.at(rule_id, day)
        self._used.setdefault((rule_id, value.start), value)
        return value

    def table(self, rule_id: str, day: date) -> tuple[Row, ...]:
        """As RuleBook.table."""
        return _rows(self.at(rule_id, day))

    def moves(self, rule_id: str, since: date, until: date) -> bool:
        """As RuleBook.moves."""
        return self._book.moves(rule_id, since, until)

    def recorder(self) -> Recorder:
        """As RuleBook.recorder: another one, that has read nothing yet."""
        return Recorder(self._book)

    @property
    def version(self) -> str:
        return self._book.version

    @property
    def used(self) -> list[RuleValue]:
        """The values read so far, each once, in the order of first use."""
        return list(self._used.values())

    def parameters(self) -> list[dict[str, str]]:
        """The values read, as interfaces show them: id, value, from, reference."""
        return [value.parameter() for value in self._used.values()]

    def snapshot(self) -> list[dict[str, str]]:
        """The values read, complete: `RuleBook.from_snapshot` gives back a book that answers the same."""
        return [self._book.packed(value) for value in self._used.values()]


def _rows(value: RuleValue) -> tuple[Row, ...]:
    if value.unit != "table":
        raise WrongUnit(f"{value.id} is in {value.unit}, not a table")
    return value.rows


def _stated(unit: str, text: str) -> dict[str, object]:
    return {"rows": json.loads(text)} if unit == "table" else {"value": text}


def _entry(value: RuleValue) -> dict[str, object]:
    """A value as a file holds it."""
    entry = {"from": value.start, "reference": value.reference, "confidence": value.confidence.value}
    return {**entry, **_stated(value.unit, value.text), **({"to": value.end} if value.end else {})}


def _raw(rule: Rule) -> dict[str, object]:
    """A rule as a file holds it, without its values."""
    raw: dict[str, object] = {"label": rule.label, "unit": rule.unit}
    if rule.columns:
        raw["columns"] = dict(rule.columns)
    if rule.choices:
        raw["choices"] = list(rule.choices)
    if rule.gaps:
        raw["gaps"] = [{"from": start, "to": end, "reason": "stated"} for start, end in rule.gaps]
    return raw


def _content(rule: Rule) -> list[object]:
    packed = [{**_packed(rule, value), "label": rule.label} for value in rule.values]
    return [rule.id, packed]


def _packed(rule: Rule, value: RuleValue) -> dict[str, str]:
    packed = {**value.parameter(), "unit": value.unit, "confidence": value.confidence.value}
    if value.end is not None:
        packed["to"] = value.end.isoformat()
    if rule.columns:
        packed["columns"] = json.dumps(dict(rule.columns), sort_keys=True)
    if rule.choices:
        packed["choices"] = json.dumps(rule.choices)
    return packed


def _unpack(item: Mapping[str, str], rule: dict[str, object]) -> None:
    """Add a kept value to the raw rule it belongs to."""
    for key in ("columns", "choices"):
        if key in item:
            rule[key] = json.loads(item[key])
    entry: dict[str, object] = {
        "from": date.fromisoformat(item["from"]),
        "reference": item["reference"],
        "confidence": item["confidence"],
        **_stated(item["unit"], item["value"]),
    }
    if "to" in item:
        entry["to"] = date.fromisoformat(item["to"])
    values = rule["values"]
    assert isinstance(values, list)
    values.append(entry)


def _without_gap_check(rule_id: str, raw: dict[str, object]) -> Rule:
    """A kept rule has the holes of what was not read; parse value by value, then put them side by side."""
    entries = raw["values"]
    assert isinstance(entries, list)
    parts = [parse(rule_id, {**raw, "values": [entry]}) for entry in entries]
    return replace(parts[0], values=tuple(value for part in parts for value in part.values))
