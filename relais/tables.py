"""Tables on the standard output: as wide as the terminal, and as wide as their content where there is none."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

# Wider than any content: what is piped is folded by whoever reads it.
UNBOUNDED: Final = 10_000


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str | None = None) -> None:
    """Nothing when there is no row."""
    if not rows:
        return
    if title:
        sys.stdout.write(title + "\n")
    table = Table(*columns, box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*row)
    if sys.stdout.isatty():
        Console(highlight=False).print(table)
        return
    console = Console(highlight=False, width=UNBOUNDED)
    with console.capture() as captured:
        console.print(table)
    sys.stdout.writelines(line.rstrip() + "\n" for line in captured.get().splitlines())
