"""The month of `contributions_month.py` in OpenFisca-core: run by the interpreter of an environment that has it.

OpenFisca-core is under the AGPL: it is in no requirements file and nothing of Relais imports it. This file is a program
of its own, which `contributions_month --openfisca PYTHON` starts: it reads the columns tib, ri and covered (cents,
days) from `month.npy` in a folder, and leaves there the seconds of each round and the cents of each guarantee.
"""

# mypy: ignore-errors
# What it imports is not installed where types are checked.

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

MONTH = "2025-06"
PERSON = build_entity("person", "persons", "An agent", is_person=True)


def variable(name, formula=None):
    """A monthly amount of an agent; without a formula it is given."""
    said = {"value_type": float, "entity": PERSON, "definition_period": DateUnit.MONTH, "label": name}
    return type(name, (Variable,), said | ({"formula": formula} if formula else {}))


def half_up(euros):
    return np.floor(euros * 100 + 0.5) / 100


def system(given):
    """The base after the TPP, its insured part, then amount and employer's share of each guarantee."""
    tpp, share, days = given["tpp"] / 100, given["employer"] / 1e6, given["days"]

    def base(person, period, _parameters):
        ri = person("ri", period)
        whole = person("tib", period) + ri - np.minimum(tpp, ri)
        return half_up(whole * person("covered", period) / days)

    def amount(rate):
        return lambda person, period, _parameters: half_up(person("base", period) * rate)

    def employer(place):
        return lambda person, period, _parameters: half_up(person(f"amount_{place}", period) * share)

    found = TaxBenefitSystem([PERSON])
    for name in ("tib", "ri", "covered"):
        found.add_variable(variable(name))
    found.add_variable(variable("base", base))
    for place, rate in enumerate(given["rates"]):
        found.add_variable(variable(f"amount_{place}", amount(rate / 1e6)))
        found.add_variable(variable(f"employer_{place}", employer(place)))
    return found


def main():
    folder = Path(sys.argv[1])
    given = json.loads((folder / "given.json").read_text(encoding="utf-8"))
    tib, ri, covered = np.load(folder / "month.npy")
    taxes, seconds, lines = system(given), [], []
    for _ in range(given["rounds"] + 1):
        simulation = SimulationBuilder().build_default_simulation(taxes, len(tib))
        for name, values in (("tib", tib / 100), ("ri", ri / 100), ("covered", covered)):
            simulation.set_input(name, MONTH, values)
        began = time.process_time()
        lines = [
            simulation.calculate(f"{what}_{place}", MONTH)
            for place in range(len(given["rates"]))
            for what in ("amount", "employer")
        ]
        seconds.append(time.process_time() - began)
    np.save(folder / "lines.npy", np.rint(np.array(lines, dtype=np.float64) * 100).astype(np.int64))
    (folder / "seconds.json").write_text(json.dumps(seconds[1:]), encoding="utf-8")


if __name__ == "__main__":
    main()
