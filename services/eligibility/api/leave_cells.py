"""Leaves and opening balances as cells of a CSV file, in the way pay writes its lists: `|` between parts, `:` inside.

Days come first, then what is said by name: `2026-02-01:2026-02-28|2026-03-01:2026-03-31:paid=non`. What does not follow
the pattern stays as it is, to be refused with its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kit.whole import whole_number

_ENTRY: Final = frozenset({"paid", "seniority_days", "quotity", "sent_on"})
_OF_LEAVE: Final = frozenset({"waiting_days", "cause"})
_NUMBERS: Final = frozenset({"waiting_days", "seniority_days"})
_WORDS: Final = {"oui": True, "non": False}
_LISTS: Final = ("leaves", "options", "entries")
_DISPENSE: Final = ("requested_on", "individual_cover", "proofs")
_DAYS: Final = 2


def leave_of_cells(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a line as a leave.

    >>> leave_of_cells({"kind": "CMO", "waiting_days": "1", "entries": "2026-02-01:2026-02-28|2026-03-01:"})["entries"]
    [{'start': '2026-02-01', 'end': '2026-02-28'}, {'start': '2026-03-01'}]
    """
    fields = {name: _value(name, cell) for name, cell in cells.items()}
    return fields | {"entries": [_entry(part) or part for part in _parts(cells, "entries")]}


def opening_of_cells(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a line as an opening balance; `+` stands between a leave and its renewals.

    >>> cells = {"leaves": "CLD:2023-01-01:2023-12-31:cause=a+2024-01-01:", "options": "DEATH:2025-10-01"}
    >>> found = opening_of_cells(cells)
    >>> found["leaves"]
    [{'kind': 'CLD', 'cause': 'a', 'entries': [{'start': '2023-01-01', 'end': '2023-12-31'}, {'start': '2024-01-01'}]}]
    >>> found["options"]
    [{'guarantee': 'DEATH', 'from': '2025-10-01'}]
    """
    fields = {name: cell for name, cell in cells.items() if name not in {*_LISTS, *_DISPENSE}}
    dispense = {name: cells[name] for name in _DISPENSE if name in cells}
    if "proofs" in dispense:
        dispense["proofs"] = _parts(cells, "proofs")
    return {
        **fields,
        "leaves": [_leave(part) or part for part in _parts(cells, "leaves")],
        "options": [_option(part) or part for part in _parts(cells, "options")],
        **({"dispense": dispense} if dispense else {}),
    }


def _parts(cells: Mapping[str, Any], name: str) -> list[str]:
    return [part.strip() for part in cells.get(name, "").split("|") if part.strip()]


def _leave(text: str) -> dict[str, Any] | None:
    """A leave, of which what concerns the whole is said with its first stop."""
    kind, _, rest = text.partition(":")
    entries = [_entry(part, _ENTRY | _OF_LEAVE) for part in rest.split("+")]
    if None in entries:
        return None
    stops = [entry for entry in entries if entry is not None]
    whole = {name: stops[0].pop(name) for name in sorted(_OF_LEAVE & stops[0].keys())}
    return {"kind": kind.strip(), **whole, "entries": stops}


def _option(text: str) -> dict[str, str] | None:
    guarantee, colon, since = text.partition(":")
    return {"guarantee": guarantee.strip(), "from": since.strip()} if colon else None


def _entry(text: str, names: frozenset[str] = _ENTRY) -> dict[str, Any] | None:
    """A stop or a renewal; None where it is not written as one, or says a thing twice or that it does not have."""
    cells = [cell.strip() for cell in text.split(":")]
    if len(cells) < _DAYS:
        return None
    said = [cell.partition("=") for cell in cells[_DAYS:]]
    found = {name: _value(name, value) for name, equals, value in said if equals and name in names}
    if len(found) < len(said):
        return None
    return {"start": cells[0], **({"end": cells[1]} if cells[1] else {}), **found}


def _value(name: str, cell: str) -> Any:
    """A cell as JSON would say it."""
    if name in _NUMBERS and (number := whole_number(cell)) is not None:
        return number
    return _WORDS.get(cell.lower(), cell) if name == "paid" else cell
