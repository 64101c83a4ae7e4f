"""All linters over all files, less what a comment lets through with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.linters import clock, database, imports, law, privacy, rule_ids, tenancy, tests
from tests.linters.source import Finding, Source, read

Linter = Callable[[Sequence[Source]], Iterator[Finding]]

LINTERS: Final[tuple[Linter, ...]] = (
    imports.check,
    law.check,
    database.check,
    clock.check,
    rule_ids.check,
    tenancy.check,
    privacy.check,
    tests.check,
)
STALE: Final = "stale"


def findings(sources: Sequence[Source], linters: Iterable[Linter] = LINTERS) -> list[Finding]:
    """What departs from the rules of the house, in the order of files and lines."""
    found = {finding for linter in linters for finding in linter(sources)}
    allowed = {(str(source.path), line, rule) for source in sources for line, rule in source.exceptions.items()}
    used = {(f.path, f.line, f.rule) for f in found} & allowed
    stale = [Finding(path, line, STALE, f"lint({rule}) lets nothing through") for path, line, rule in allowed - used]
    return sorted([f for f in found if (f.path, f.line, f.rule) not in allowed] + stale)


def project_findings(root: Path) -> list[Finding]:
    return findings(read(root))
