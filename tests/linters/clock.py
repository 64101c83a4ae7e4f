"""Nobody reads the wall clock but kit/clock.py, a composition root and adapters: a clock is passed in."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from tests.linters.source import Finding, Source, calls, last_name

RULE: Final = "clock"
CHECKED: Final = frozenset({"kit", "rules", "services", "gateway", "relais"})
READERS: Final = {
    "datetime": frozenset({"now", "today", "utcnow"}),
    "date": frozenset({"today"}),
    "func": frozenset({"now", "current_date", "current_timestamp"}),
    "time": frozenset({"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"}),
}


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        if source.parts[0] in CHECKED and not _may_read(source):
            for call in calls(source.tree):
                if isinstance(call.func, ast.Attribute) and call.func.attr in READERS.get(
                    last_name(call.func.value), ()
                ):
                    yield source.at(call, RULE, f"{ast.unparse(call.func)}() reads the wall clock; take a Clock")


def _may_read(source: Source) -> bool:
    return (
        str(source.path) == "kit/clock.py"
        or source.path.name == "main.py"
        or source.layer in {"adapters", "migrations"}
    )
