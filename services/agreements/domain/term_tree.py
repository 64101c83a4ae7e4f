"""The terms of a document one by one, each under a path of names: what two versions differ in, what a lock protects.

A list of things that have a name goes by the names, so that reordering it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# What names an item of a list, in the first of these forms it has: every list of an accord's or a scheme's has one.
_NAMES: Final = (
    ("id",),
    ("number",),
    ("holder",),
    ("siret",),
    ("code", "from"),
    ("code",),
    ("employer", "from"),
    ("side", "party", "name"),
    ("populations",),
    ("from",),
)
_SEPARATOR: Final = "/"


@dataclass(frozen=True, slots=True, order=True)
class TermChange:
    """A term and what it says before and after; None where it says nothing."""

    term: str
    before: str | None
    after: str | None


def terms_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Every term by its path; what is null is not there.

    >>> terms_of({"rates": [{"from": "2025-01-01", "rate": "0.0205", "to": None}], "levels": ["0.9", "0.95"]})
    {'rates/2025-01-01/from': '2025-01-01', 'rates/2025-01-01/rate': '0.0205', 'levels': '0.9, 0.95'}
    """
    return dict(_walk(document, ""))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[TermChange]:
    """Every term that two documents do not say alike, in the order of paths.

    >>> changes({"a": {"b": "1"}}, {"a": {"b": "2"}, "c": True})
    [TermChange(term='a/b', before='1', after='2'), TermChange(term='c', before=None, after='true')]
    """
    old, new = terms_of(before), terms_of(after)
    paths = sorted(old.keys() | new.keys())
    return [TermChange(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def locked(path: str, locks: Sequence[str]) -> bool:
    """Whether a lock protects a term: it names the term or something the term is part of.

    >>> locked("guarantees/BASE/mandatory", ["guarantees/BASE"]), locked("guarantees/BASE2", ["guarantees/BASE"])
    (True, False)
    """
    return any(path == lock or path.startswith(lock + _SEPARATOR) for lock in locks)


def _walk(value: object, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case Mapping():
            for name, item in value.items():
                yield from _walk(item, f"{path}{_SEPARATOR}{name}" if path else name)
        case list() if any(isinstance(item, Mapping) for item in value):
            for item in value:
                yield from _walk(item, f"{path}{_SEPARATOR}{_name(item)}")
        case list():
            if value:
                yield path, ", ".join(sorted(_text(item) for item in value))
        case _:
            yield path, _text(value)


def _name(item: Mapping[str, Any]) -> str:
    names = next(names for names in _NAMES if all(item.get(name) is not None for name in names))
    parts = (item[name] for name in names)
    return " ".join("+".join(sorted(part)) if isinstance(part, list) else _text(part) for part in parts)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
