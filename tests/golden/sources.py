"""The lines of the sources, and which of them a case cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.golden.cases import files, read
from tests.yaml_files import read_yaml

HERE: Final = Path(__file__).parent
DOCUMENTS: Final = ("rulebook", "accord")
_ASIDE: Final = re.compile(r"\([^)]*\)|«[^»]*»|:.*")
_LIST: Final = re.compile(r"(?<=, )(?=\d)|(?<= and )(?=\d)")
# What looks like a line of a source, so that a citation of none is an error.
_LOOKS: Final = {
    "rulebook": re.compile(r"\b[GS]\d+\b|§1\.1 [\w/-]+"),
    "accord": re.compile(r"art\. \d[\d.]*|option \d"),
}


@dataclass(frozen=True, slots=True)
class Sources:
    """Title of each line by its id, by document; lines told elsewhere, with where; lines whose case is awaited."""

    lines: dict[str, dict[str, str]]
    told_elsewhere: dict[str, str]
    awaited: frozenset[str]

    @classmethod
    def load(cls) -> Sources:
        raw: dict[str, Any] = read_yaml(HERE / "sources.yaml")
        lines = {name: raw[name] for name in DOCUMENTS}
        return cls(lines, raw["told_elsewhere"], frozenset(raw["awaited"]))

    @property
    def ids(self) -> set[str]:
        return {line for lines in self.lines.values() for line in lines}

    def cited(self, source: str) -> set[str]:
        """The lines that a case's `source` cites. Raises ValueError when it cites one that does not exist.

        >>> sorted(Sources.load().cited("rulebook §1.1 CMO contractuel, G25; accord art. 5.1, 5.2, annexe taux"))
        ['G25', 'annexe taux', 'art. 5.1', 'art. 5.2', '§1.1 CMO contractuel']
        """
        found: set[str] = set()
        for segment in source.split(";"):
            document = segment.split()[0].rstrip(",") if segment.strip() else ""
            if document in self.lines:
                found |= self._in(document, segment)
        return found

    def _in(self, document: str, segment: str) -> set[str]:
        text = _ASIDE.sub("", segment).replace("annexe, ", "annexe ").strip()
        if document == "accord":
            text = _LIST.sub("art. ", text)
        # The longest first, and no further than its end: "§1.1 CMO" is no part of "§1.1 CMO contractuel".
        known = sorted(self.lines[document], key=len, reverse=True)
        pattern = re.compile("|".join(rf"{re.escape(line)}(?![\w.]*\w)" for line in known))
        strange = _LOOKS[document].findall(pattern.sub("", text))
        if strange:
            raise ValueError(f"{document} has no {', '.join(strange)}")
        return set(pattern.findall(text))


def all_sources() -> Iterator[tuple[str, str]]:
    """Every case's file and `source`."""
    for what in files():
        for raw in read(what):
            yield what, raw["source"]
