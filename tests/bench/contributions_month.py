"""A month's contributions in columns of cents against the same in Decimal, agent by agent: ratios and wrong cents.

    python -m tests.bench.contributions_month [--agents 75000] [--large 2000000] [--rounds 15] [--sample 20000]
                                              [--openfisca PYTHON]

Four guarantees an agent, in CPU time, as nothing here waits. Decimal is measured on a sample, in this process, and
every cent of the sample is compared.
OpenFisca-core is under the AGPL, so it is in no requirements file. Its ratio is measured in an environment of its own:

    python3 -m venv /tmp/openfisca && /tmp/openfisca/bin/pip install OpenFisca-Core
    python -m tests.bench.contributions_month --openfisca /tmp/openfisca/bin/python
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from kit.columns import Column
from services.contributions.domain.columns import MILLION, UNSTATED, column, contributions, withheld
from tests.bench.contributions_world import drawn
from tests.bench.events import show, verdict

RATES: Final = (20_500, 2_000, 3_500, 2_500)
EMPLOYER: Final = 500_000
MONTHLY_TPP: Final = 1_392
MONTH_DAYS: Final = 30
# A run computes the agents of one employer, status and month together: never more than fit in a cache.
GROUP: Final = 16_384
REGION: Final = 75_000
CENT: Final = Decimal("0.01")
DECIMAL_GOAL: Final = 100
OPENFISCA_GOAL: Final = 8
SIZE_GOAL: Final = 45


class Month:
    """Pay and cover of so many agents, from so many as a region has: the generator draws them one by one."""

    def __init__(self, agents: int) -> None:
        draw = random.Random(1)
        people = drawn(min(agents, REGION))
        self.tib = [people[n % REGION].tib.cents + people[n % REGION].nbi.cents for n in range(agents)]
        self.ri = [people[n % REGION].ri.cents for n in range(agents)]
        # One month in ten is insured in part: hired, elected or dispensed inside it.
        self.covered = [draw.choice((*[MONTH_DAYS] * 9, draw.randrange(1, MONTH_DAYS))) for _ in range(agents)]

    def columns(self) -> tuple[Column, Column, Column]:
        return column(self.tib), column(self.ri), column(self.covered)


def in_columns(tib: Column, ri: Column, covered: Column) -> Iterator[tuple[Column, Column]]:
    """Amount and employer's share of each guarantee, one after the other, as a run takes them."""
    base = tib + ri - withheld(ri, ri * 0 + UNSTATED, MONTHLY_TPP, ri * 0 + MILLION)
    paid = ri * 0 + MONTH_DAYS
    for rate in RATES:
        found = contributions(base, covered, paid, rate, EMPLOYER)
        yield found.amount, found.employer


def summed(columns: tuple[Column, Column, Column]) -> int:
    """The month computed group by group, as a run does, and added up so that nothing is left undone."""
    groups = (tuple(c[start : start + GROUP] for c in columns) for start in range(0, len(columns[0]), GROUP))
    return sum(int(amount.sum()) + int(employer.sum()) for group in groups for amount, employer in in_columns(*group))


def in_decimal(month: Month, agents: int) -> list[list[tuple[int, int]]]:
    """The same, agent by agent, for the first of them."""
    rates = [Decimal(rate) / MILLION for rate in RATES]
    share, tpp = Decimal(EMPLOYER) / MILLION, Decimal(MONTHLY_TPP) / 100
    found: list[list[tuple[int, int]]] = [[] for _ in RATES]
    for n in range(agents):
        tib, ri = Decimal(month.tib[n]) / 100, Decimal(month.ri[n]) / 100
        base = tib + ri - min(tpp, ri)
        insured = (base * month.covered[n] / MONTH_DAYS).quantize(CENT, ROUND_HALF_UP)
        for place, rate in enumerate(rates):
            amount = (insured * rate).quantize(CENT, ROUND_HALF_UP)
            employer = (amount * share).quantize(CENT, ROUND_HALF_UP)
            found[place].append((int(amount * 100), int(employer * 100)))
    return found


def in_openfisca(python: str, columns: tuple[Column, Column, Column], rounds: int) -> tuple[float, Column]:
    """Seconds of a month there, and its lines in cents: amount and employer's share of each guarantee."""
    given = {"tpp": MONTHLY_TPP, "employer": EMPLOYER, "rates": RATES, "days": MONTH_DAYS, "rounds": rounds}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
        np.save(folder / "month.npy", np.stack(columns))
        subprocess.run([python, str(Path(__file__).with_name("openfisca_month.py")), name], check=True)
        return median(json.loads((folder / "seconds.json").read_text())), np.load(folder / "lines.npy")


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The median of some rounds, after one that warms up."""
    measured = []
    for _ in range(rounds + 1):
        began = time.process_time()
        work()
        measured.append(time.process_time() - began)
    return median(measured[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name, default in (("agents", 75_000), ("large", 2_000_000), ("rounds", 15), ("sample", 20_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--openfisca", help="interpreter of an environment that has OpenFisca-core")
    given = parser.parse_args()
    month = Month(given.agents)
    held, sample = month.columns(), min(given.sample, given.agents)
    small = seconds(lambda: summed(held), given.rounds)
    one_by_one = seconds(lambda: in_decimal(month, sample), 1) * given.agents / sample
    ours = [list(zip(a[:sample].tolist(), e[:sample].tolist(), strict=True)) for a, e in in_columns(*held)]
    wrong = sum(x != y for g, h in zip(ours, in_decimal(month, sample), strict=True) for x, y in zip(g, h, strict=True))
    show("a month in columns, agents/s", f"{given.agents / small:,.0f}")
    show("the same in Decimal, agents/s", f"{given.agents / one_by_one:,.0f}")
    ratio = one_by_one / small
    show("columns against Decimal", f"{ratio:,.0f}x", f"goal >= {DECIMAL_GOAL}x: {verdict(ratio >= DECIMAL_GOAL)}")
    show("wrong cents", str(wrong), f"of {sample * len(RATES)} lines, goal 0: {verdict(wrong == 0)}")
    if given.openfisca:
        theirs, lines = in_openfisca(given.openfisca, held, given.rounds)
        ratio = theirs / small
        goal = f"goal >= {OPENFISCA_GOAL}x: {verdict(ratio >= OPENFISCA_GOAL)}"
        show("columns against OpenFisca-core", f"{ratio:,.1f}x", goal)
        other = np.count_nonzero(np.stack([c for pair in in_columns(*held) for c in pair]) != lines)
        show("  cents that OpenFisca-core has otherwise", str(other), f"of {lines.size} amounts and shares")
    large = Month(given.large).columns()
    growth = seconds(lambda: summed(large), given.rounds) / small
    show(
        f"{given.large:,} agents in times of {given.agents:,}",
        f"{growth:.1f}",
        f"goal <= {SIZE_GOAL}: {verdict(growth <= SIZE_GOAL)}",
    )


if __name__ == "__main__":
    main()
