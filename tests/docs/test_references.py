"""docs/references.md says what every citation of a golden case or of a rule stands for."""

from __future__ import annotations

import re

from rules.book import RuleBook
from tests.golden.sources import Sources
from tests.postgres import ROOT

PAGE = (ROOT / "docs/references.md").read_text(encoding="utf-8")
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|(?: ([^|]+?) \|)?$", PAGE, re.MULTILINE)}
# A sheet of the BIP has a name of six or seven letters; those after the first of a list leave its prefix out.
SHEETS = re.compile(r"BIP:[a-z0-9]{6,7}(?:, (?:BIP:)?[a-z0-9]{6,7}\b)*")
PARAMETERS = re.compile(r"\bOF ((?!et\b|tests/)[a-z_/]+)")


def references() -> str:
    return " ; ".join(value.reference for rule in RuleBook.load() for value in rule.values)


def test_every_line_of_the_sources_is_there_with_its_title() -> None:
    lines = Sources.load().lines
    said = {line: ROWS.get(line, ("",))[0] for line in lines["rulebook"]}
    assert said == lines["rulebook"]
    assert {line: ROWS.get(f"accord {line}", ("",))[0] for line in lines["accord"]} == lines["accord"]


def test_every_open_question_says_which_choice_was_made() -> None:
    questions = [line for line in ROWS if re.fullmatch(r"S\d+", line)]
    assert len(questions) == 30
    assert [question for question in questions if not ROWS[question][1]] == []


def test_every_sheet_parameter_and_chapter_that_a_rule_cites_is_there() -> None:
    sheets = {name for group in SHEETS.findall(references()) for name in re.findall(r"[a-z0-9]{6,7}", group)}
    cited = {f"BIP:{name}" for name in sheets} | {f"OF {name}" for name in PARAMETERS.findall(references())}
    cited |= set(re.findall(r"§[0-9.]+[0-9]|§[0-9]", references()))
    assert len(cited) > 25
    assert cited - ROWS.keys() == set()
