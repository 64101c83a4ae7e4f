"""A decision as a page that an agent can read: what was decided, step by step, with the articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from kit.trace import Snapshot
from rules.book import RuleBook
from rules.sources import source
from services.claims.application.explain_words import CODES, CODES_OF, MONTHS, NOTES, STEPS, WARNINGS, WORDS

EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
# What is said in one breath: the version is the accord's, not the decision's.
TOGETHER: Final = (("start", "end"), ("valid_from", "valid_to"), ("agreement", "version"))
MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def page(snapshot: Snapshot, rules: RuleBook, recorded_on: date) -> str:
    """The page, in French; rules are called as the book calls them."""
    lines = [f"Décision enregistrée le {_value(recorded_on.isoformat())}", ""]
    lines += _step(snapshot.trace, rules, 0)
    alerts = {alert for month in snapshot.result["months"] for alert in month["alerts"]} | _annuity_alerts(snapshot)
    alerts |= {alert for capital in snapshot.result["capitals"] for alert in capital.get("alerts", ())}
    for alert in sorted(alerts):
        lines += ["", f"Attention : {WARNINGS[alert]}"]
    return "\n".join(lines) + "\n"


def _annuity_alerts(snapshot: Snapshot) -> set[str]:
    annuity = snapshot.result["annuity"]
    return {*annuity["alerts"], *annuity.get("doubts", ())} if annuity else set()


def _step(step: Mapping[str, Any], rules: RuleBook, depth: int) -> Iterator[str]:
    margin = "  " * depth
    name = STEPS.get(step["rule"]) or (rules.rule(step["rule"]).label if step["rule"] in rules else step["rule"])
    yield f"{margin}- {name} : {_value(step['result'])}"
    inputs = _said(step["inputs"])
    if inputs:
        yield f"{margin}  ({' ; '.join(inputs)})"
    if step["rule"] in NOTES:
        yield f"{margin}  {NOTES[step['rule']]}"
    if step["reference"]:
        yield f"{margin}  [{source(step['reference'])}]"
    for inner in step["steps"]:
        yield from _step(inner, rules, depth + 1)


def _said(values: Mapping[str, Any]) -> list[str]:
    """Each value with its word. Snapshots are kept by the letter: a person says when it begins before when it ends.

    >>> _said({"end": "2026-06-30", "start": "2026-06-01"}), _said({"end": None, "start": "2026-06-01"})
    (['du 01/06/2026 au 30/06/2026'], ['du 01/06/2026'])
    >>> _said({"version": 1, "agreement": "exemple-2026"})
    ['accord exemple-2026 version 1']
    >>> _said({"kind": "CMO", "formula": "NONE"}), _said({"2026-06": "997.11"})
    (['congé de maladie ordinaire', 'formule aucune rente'], ['juin 2026 997,11'])
    """
    told = {key: f"{_name(key)} {_value(one, key)}".lstrip() for key, one in values.items() if one not in EMPTY}
    for first, last in TOGETHER:
        if told.keys() >= {first, last}:
            told[first] += f" {told.pop(last)}"
    return list(told.values())


def _name(name: str) -> str:
    return WORDS[name] if name in WORDS else _text(name)


def _value(value: Any, name: str = "") -> str:
    """A value as a French reader writes it: 31/01/2026, 1 234,56, mai 2026."""
    if isinstance(value, Mapping):
        return ", ".join(_said(value)) or "aucun"
    if isinstance(value, list):
        return " ; ".join(_value(item, name) for item in value) or "aucun"
    if value is None:
        return "aucun"
    return CODES_OF.get(name, {}).get(str(value)) or _text(str(value))


def _text(text: str) -> str:
    if text in CODES:
        return CODES[text]
    if found := MONTH.fullmatch(text):
        return f"{MONTHS[int(found[2]) - 1]} {found[1]}"
    try:
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    except ValueError:
        pass
    whole, point, decimals = text.partition(".")
    if point and whole.removeprefix("-").isdecimal() and decimals.isdecimal():
        grouped = f"{int(whole):,}".replace(",", " ") if whole not in ("-0", "0") else whole
        return f"{grouped},{decimals}"
    return text
