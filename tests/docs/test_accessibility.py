"""docs/accessibility.md has every criterion of the RGAA, each with a state and what it rests on."""

from __future__ import annotations

import re
from collections import Counter

from tests.postgres import ROOT

PAGE = (ROOT / "docs/accessibility.md").read_text(encoding="utf-8")
COUNTS = re.findall(r"^\| (C|NC|NA|NE) \| [^|]+ \| (\d+) \|$", PAGE, re.MULTILINE)
ROWS = re.findall(r"^\| (\d+\.\d+) \| [^|]+ \| (\w+) \| ([^|]*?) ?\|$", PAGE, re.MULTILINE)
# Criteria of each theme of version 4.1.
THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)


def test_every_criterion_is_there_once_in_order() -> None:
    wanted = [f"{theme}.{n}" for theme, number in enumerate(THEMES, start=1) for n in range(1, number + 1)]
    assert len(wanted) == 106
    assert [number for number, *_ in ROWS] == wanted


def test_the_states_add_up_and_say_what_they_rest_on() -> None:
    said = {
        state: int(count) for state, count in re.findall(r"^\| (C|NC|NA|NE) \| [^|]+ \| (\d+) \|$", PAGE, re.MULTILINE)
    }
    counted = Counter(state for _, state, _ in ROWS)
    assert said == {state: counted[state] for state in ("C", "NC", "NA", "NE")}
    assert [number for number, state, why in ROWS if state in {"C", "NC"} and not why] == []
    to_mend = re.search(r"\*\*To mend\*\*: ([\d., ]+|none)\.$", PAGE, re.MULTILINE)
    assert to_mend is not None
    assert to_mend[1] == (", ".join(number for number, state, _ in ROWS if state == "NC") or "none")


def test_every_test_that_is_named_exists() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert {name for name in re.findall(r"`(test_\w+)`", PAGE) if f"def {name}(" not in sources} == set()
