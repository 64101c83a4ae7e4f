"""Read golden cases, and compare an answer with what a case expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.yaml_files import read_yaml

FOLDER: Final = Path(__file__).parent / "cases"
KEYS: Final = frozenset({"name", "source", "post", "body", "status", "expect"})
OK: Final = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One request and what it must answer."""

    file: str
    name: str
    source: str
    post: str
    body: Any
    status: int
    expect: Any

    @classmethod
    def of(cls, file: str, raw: Mapping[str, Any]) -> Case:
        """Raises ValueError when a case does not say what a case must say."""
        status = raw.get("status", OK)
        if not raw.keys() <= KEYS or not raw.get("name") or not raw.get("source") or "body" not in raw:
            raise ValueError(f"{file}: {raw.get('name')}: a case has {', '.join(sorted(KEYS))}")
        if status == OK and not raw.get("expect"):
            raise ValueError(f"{file}: {raw['name']}: expects nothing")
        return cls(file, raw["name"], raw["source"], raw["post"], raw["body"], status, raw.get("expect", {}))


def read(what: str, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The cases of one file as they are written, each with its name and source."""
    found: list[dict[str, Any]] = read_yaml(folder / f"{what}.yaml")
    faulty = [raw for raw in found if not raw.get("name") or not raw.get("source")]
    if faulty:
        raise ValueError(f"{what}.yaml: a case without a name or a source: {faulty[0]}")
    return found


def files(folder: Path = FOLDER) -> list[str]:
    """What there are cases of."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load(folder: Path = FOLDER) -> list[Case]:
    """Every case that is a request. Raises ValueError on a faulty case or a name given twice in a file."""
    found: list[Case] = []
    for what in files(folder):
        cases = [Case.of(what, raw) for raw in read(what, folder) if "post" in raw]
        doubled = [name for name, times in Counter(case.name for case in cases).items() if times > 1]
        if doubled:
            raise ValueError(f"{what}.yaml: names given twice: {', '.join(doubled)}")
        found += cases
    return found


def difference(want: Any, got: Any, at: str = "") -> str | None:
    """None when `want` is a subset of `got`, else one line that says where it is not.

    >>> difference({"a": [1, {"b": "2"}]}, {"a": [1, {"b": "2", "c": 3}], "d": 4})
    >>> difference({"a": ["1.00"]}, {"a": ["1.01"]})
    "/a/0: want '1.00', got '1.01'"
    """
    match want:
        case {"contains": list(wanted)} if len(want) == 1:
            return _contained(wanted, got, at)
        case dict():
            return _object(want, got, at)
        case list():
            return _items(want, got, at)
    return None if type(want) is type(got) and want == got else f"{at}: want {want!r}, got {got!r}"


def _object(want: dict[str, Any], got: Any, at: str) -> str | None:
    if not isinstance(got, dict):
        return f"{at or '/'}: want an object, got {got!r}"
    missing = [key for key in want if key not in got]
    if missing:
        return f"{at}/{missing[0]}: missing"
    return next((found for key in want if (found := difference(want[key], got[key], f"{at}/{key}"))), None)


def _items(want: list[Any], got: Any, at: str) -> str | None:
    if not isinstance(got, list) or len(want) != len(got):
        return f"{at or '/'}: want {len(want)} items, got {got!r}"
    pairs = enumerate(zip(want, got, strict=True))
    return next((found for n, (w, g) in pairs if (found := difference(w, g, f"{at}/{n}"))), None)


def _contained(wanted: list[Any], got: Any, at: str) -> str | None:
    if not isinstance(got, list):
        return f"{at or '/'}: want a list, got {got!r}"
    lacking = [item for item in wanted if all(difference(item, found) for found in got)]
    return f"{at or '/'}: no item matches {lacking[0]!r} in {got!r}" if lacking else None
