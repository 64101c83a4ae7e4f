from pathlib import Path
from typing import Any

import pytest

from tests.golden.cases import Case, difference, files, load, read
from tests.postgres import ROOT

RAW = {"name": "n", "source": "s", "post": "/p", "body": {}, "expect": {"a": 1}}


@pytest.mark.parametrize(
    ("want", "got"),
    [
        ({}, {"a": 1}),
        ({"a": {"b": []}}, {"a": {"b": [], "c": 1}}),
        ({"contains": [{"a": 1}]}, [{"a": 2}, {"a": 1, "b": 1}]),
        (None, None),
    ],
)
def test_a_subset_is_no_difference(want: Any, got: Any) -> None:
    assert difference(want, got) is None


@pytest.mark.parametrize(
    ("want", "got", "at"),
    [
        ({"a": 1}, {}, "/a: missing"),
        ({"a": 1}, [], "/: want an object"),
        ({"a": [1]}, {"a": [1, 2]}, "/a: want 1 items"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "/a/1: want 2, got 3"),
        ({"a": {"contains": [{"b": 1}]}}, {"a": [{"b": 2}]}, "/a: no item matches"),
        ({"a": {"contains": []}}, {"a": {}}, "/a: want a list"),
        ({"a": True}, {"a": 1}, "/a: want True, got 1"),
        ({"a": None}, {"a": "x"}, "/a: want None"),
    ],
)
def test_a_difference_says_where(want: Any, got: Any, at: str) -> None:
    found = difference(want, got)
    assert found is not None
    assert found.startswith(at)


@pytest.mark.parametrize("change", [{"name": ""}, {"source": ""}, {"colour": "red"}, {"expect": {}}, {"expect": None}])
def test_a_case_that_says_too_little_or_too_much_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="what"):
        Case.of("what", RAW | change)


def test_a_name_is_given_once_in_a_file(tmp_path: Path) -> None:
    case = "- {name: n, source: s, post: /p, body: {}, status: 422}\n"
    for what in ("a", "b"):
        (tmp_path / f"{what}.yaml").write_text(case, encoding="utf-8")
    assert [c.status for c in load(tmp_path)] == [422, 422]
    (tmp_path / "b.yaml").write_text(case * 2, encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.yaml: names given twice: n"):
        load(tmp_path)


def test_what_is_no_request_has_a_name_and_a_source_too(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- {name: n, source: s, month: 2026-01}\n", encoding="utf-8")
    assert load(tmp_path) == []
    assert len(read("a", tmp_path)) == 1
    (tmp_path / "a.yaml").write_text("- {name: n, month: 2026-01}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.yaml"):
        read("a", tmp_path)


def test_a_file_of_other_questions_is_read_by_a_test() -> None:
    """A case that nobody asks proves nothing."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    unread = [what for what in files() if "post" not in read(what)[0] and f'read("{what}")' not in tests]
    assert unread == []
