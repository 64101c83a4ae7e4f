"""A synthetic region as files: one pass, one agent in memory at a time, the same bytes for the same seed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from kit.period import Month, Period
from kit.trace import plain
from relais.synthetic.leaves import Leave, leaves_of
from relais.synthetic.region import Agent, Employer, agents_of, employers

NOTICE = (
    "Données synthétiques : aucune personne, aucun employeur réel. NIR en département 00, SIREN en 000 : "
    "valides de forme, impossibles de fait. Les distributions sont des hypothèses."
)


@dataclass(frozen=True, slots=True)
class Order:
    """What to generate: `today` is the day the region is seen on, `point` the yearly point d'indice in euros."""

    employers: int
    agents: int
    seed: int
    today: date
    point: Decimal


def write_region(order: Order, folder: Path, progress: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Write `employers.csv`, `agents.jsonl`, `pay.jsonl`, `leaves.jsonl` and `region.json`, which it returns."""
    region = list(employers(order.employers, order.agents))  # refuses before anything is written
    folder.mkdir(parents=True, exist_ok=True)
    counts = {"agents": 0, "leaves": 0}
    with ExitStack() as files:
        agents, pay, leaves = (files.enter_context(_create(folder / f"{n}.jsonl")) for n in ("agents", "pay", "leaves"))
        table = csv.writer(files.enter_context(_create(folder / "employers.csv")))
        table.writerow(("siret", "name", "agents", "assumption"))
        for employer in region:
            table.writerow((employer.siret, employer.name, employer.agents, "true"))
            for agent, away in people(order, employer):
                _line(agents, hire_row(agent))
                _line(pay, pay_row(agent, Month.of(order.today).previous()))
                for leave in away:
                    _line(leaves, leave_row(leave))
                counts["agents"] += 1
                counts["leaves"] += len(away)
                progress(1)
    summary = {"assumption": True, "notice": NOTICE, **plain_order(order), "written": counts}
    (folder / "region.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return summary


def people(order: Order, employer: Employer) -> Iterator[tuple[Agent, list[Leave]]]:
    """The agents of one employer, each with the leaves of the year that ends on the order's day."""
    year = Period(order.today.replace(month=1, day=1), order.today)
    for agent in agents_of(employer, seed=order.seed, today=order.today, point=order.point):
        yield agent, list(leaves_of(agent, seed=order.seed, year=year))


def plain_order(order: Order) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else plain(value) for name, value in asdict(order).items()}


def hire_row(agent: Agent) -> dict[str, Any]:
    """One agent as the HRIS announces it (the body of a hire)."""
    return {
        "employer": agent.employer,
        "matricule": agent.matricule,
        "nir": agent.nir,
        "last_name": agent.last_name,
        "first_name": agent.first_name,
        "birth_date": agent.birth_date.isoformat(),
        "employment": {
            "kind": agent.kind,
            "contract": agent.contract,
            "start": agent.start.isoformat(),
            "end": agent.end.isoformat() if agent.end else None,
            "weekly_hours": agent.weekly_hours,
            "category": agent.category,
            "service_start": agent.start.isoformat(),
            "titular": agent.kind == "TITULAIRE",
        },
    }


def pay_row(agent: Agent, month: Month) -> dict[str, Any]:
    """One month of pay of one agent."""
    return {
        "employer": agent.employer,
        "matricule": agent.matricule,
        "month": str(month),
        "tib": str(agent.tib),
        "nbi": str(agent.nbi),
        "ri": str(agent.ri),
    }


def leave_row(leave: Leave) -> dict[str, Any]:
    """One leave with its entries, the first the initial stop."""
    return {
        "employer": leave.employer,
        "matricule": leave.matricule,
        "kind": leave.kind,
        "entries": [plain(entry) for entry in leave.entries],
    }


def _create(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8", newline="")


def _line(file: IO[str], row: dict[str, Any]) -> None:
    file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
