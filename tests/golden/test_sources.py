"""Every line of the rulebook's tables and of the accord is cited by a case."""

from __future__ import annotations

import pytest

from tests.golden.sources import Sources, all_sources

SOURCES = Sources.load()


def test_every_line_is_cited_by_a_case() -> None:
    cited = {line for _, source in all_sources() for line in SOURCES.cited(source)}
    assert SOURCES.ids - cited == SOURCES.told_elsewhere.keys() | SOURCES.awaited


def test_a_line_is_told_elsewhere_or_awaited_and_exists() -> None:
    assert SOURCES.told_elsewhere.keys() | SOURCES.awaited <= SOURCES.ids
    assert not SOURCES.told_elsewhere.keys() & SOURCES.awaited


@pytest.mark.parametrize(
    ("source", "cited"),
    [
        ("rulebook §1.1 CMO contractuel (décret 88-145 art. 7)", {"§1.1 CMO contractuel"}),
        ("rulebook §1.1 CLM: in the 4 years before the day", {"§1.1 CLM"}),
        ("rulebook §1.1 AT/MP, §2.1, G6; simulation API, G7", {"§1.1 AT/MP", "G6"}),
        ("accord art. 7 and 9", {"art. 7", "art. 9"}),
        ("accord art. 2.1 (30 jours continus); rulebook S11", {"art. 2.1", "S11"}),
        ("accord, annexe, option 1; décret 88-145 art. 9", {"annexe option 1"}),
        ("accord annexe invalidité < 50 %, art. 5.1", {"annexe invalidité < 50 %", "art. 5.1"}),
    ],
)
def test_a_source_cites(source: str, cited: set[str]) -> None:
    assert SOURCES.cited(source) == cited


@pytest.mark.parametrize("source", ["rulebook G99", "rulebook §1.1 CMA", "accord art. 12", "accord annexe, option 4"])
def test_a_line_that_does_not_exist_is_no_source(source: str) -> None:
    with pytest.raises(ValueError, match="has no"):
        SOURCES.cited(source)
