"""The page that takes the accord sentence by sentence names cases that exist, of the article it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import pytest

from tests.golden.cases import files, read
from tests.golden.sources import Sources
from tests.postgres import ROOT

PAGE: Final = ROOT / "docs" / "accord.md"
NONE: Final = "—"
_CASE: Final = re.compile(r"`([a-z-]+): ([^`]+)`")
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SECTIONS: Final = ("2.1", "2.2", "3", "5.3", "6", "7", "8")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence under its article, what is made of it, and what proves it."""

    article: str
    sentence: str
    made: str
    proof: str


def rows() -> Iterator[Row]:
    article = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            article = line.removeprefix("## ").replace("Article ", "art. ").replace("Annexe", "annexe")
        elif line.startswith("| ") and not line.startswith("| sentence"):
            yield Row(article, *(cell.strip() for cell in line.strip("|").split(" | ")))


@cache
def sources() -> dict[tuple[str, str], str]:
    """The `source` of every case, by file and name."""
    return {(what, raw["name"]): raw["source"] for what in files() for raw in read(what)}


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row.article} {row.sentence[:50]}")
def test_a_sentence_is_proven(row: Row) -> None:
    cases, tests = _CASE.findall(row.proof), _TEST.findall(row.proof)
    assert cases or tests or (row.proof == NONE and row.made.startswith("nothing to compute"))
    for file, name in tests:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), name
    missing = [case for case in cases if case not in sources()]
    assert not missing
    cited = {line for case in cases for line in Sources.load().cited(sources()[case])}
    rulings = set(re.findall(r"\bS\d+\b", row.made))
    assert tests or not cases or any(line.startswith(row.article) for line in cited) or rulings & cited, cited


def test_every_article_is_there_and_every_sentence_case_of_the_registry() -> None:
    found = list(rows())
    assert list(dict.fromkeys(row.article for row in found)) == [*(f"art. {one}" for one in SECTIONS), "annexe"]
    named = {case for row in found for case in _CASE.findall(row.proof)}
    own = {("accord-articles", raw["name"]) for raw in read("accord-articles")}
    assert {case for case in own if case[1].startswith(tuple(f"art. {one} " for one in SECTIONS))} <= named
