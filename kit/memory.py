"""The garbage collector of a process that lives long and handles thousands of rows at a time."""

from __future__ import annotations

import gc
from typing import Final

# Collect the youngest after so many new objects, not after the 700 that Python was made with: rows of one batch live as
# long as the batch, and looking at them again and again frees nothing.
YOUNG: Final = 50_000
GENERATIONS: Final = 20


def settle() -> None:
    """What is there at the start (modules, rules) stays and is not looked at again; collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, GENERATIONS, GENERATIONS)
