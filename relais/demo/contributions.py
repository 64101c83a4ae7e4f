"""Step 3: pay arrives, lines are computed, a statement is issued."""

from __future__ import annotations

import secrets
from typing import Any

from kit.money import Money
from relais.demo.world import CITY, World

MONTH = "2025-06"
# A category C titulaire: 2 113.92 + 300.00 - 13.92 of transfert primes/points is a base of 2 400.00.
PAY = {"tib": "2113.92", "ri": "300.00"}
BASE = "2400.00"
# Rulebook G25: the accord's rates on 2 400.00.
AMOUNTS = {"BASE": "49.20", "DEATH": "4.80", "RETIREMENT_LOSS": "8.40", "RI_FULL_PAY": "6.00"}

# Rulebook G23: what an employer pays at least towards prévoyance, each month.
FLOOR = "7.00"
# No text gives these: rules/contribution_safety.yaml marks them as assumptions of whoever runs the platform.
BOUNDS = {
    "agent_month": "500.00",
    "agent_run": "3000.00",
    "employer_share": "0.5000",
    "month_share": "0.5000",
    "employer_floor": "5000.00",
}


def play(world: World) -> None:
    report = world.report
    report.title("3. La paie de juin 2025 arrive, les cotisations sont calculées")
    world.pay("titulaire", MONTH, PAY)
    lines = world.hris.until(lambda: _after_a_run(world), "lignes de cotisation de juin 2025")
    report.equal("assiette", _sums(lines, "base")["BASE"], BASE, "accord, art. 5.2 ; TPP de la catégorie C")
    report.equal("cotisations", _sums(lines, "amount"), AMOUNTS, "rulebook G25")
    report.equal("part de l'employeur", _sums(lines, "employer"), AMOUNTS, "accord, art. 5.1")
    report.equal("part de l'agent", set(_sums(lines, "agent").values()), {"0.00"}, "accord, art. 5.1")
    _explained(world, lines[0])
    _statements(world, lines)
    _bounds(world)


def _after_a_run(world: World) -> list[dict[str, Any]] | None:
    """Run the month until the agent's four guarantees are there: their facts arrive in their own time."""
    key = world.key(f"run-{MONTH}-{secrets.token_hex(4)}")
    world.hris.post("/v1/runs", {"employer": CITY, "month": MONTH}, key=key)
    lines = list(
        world.hris.pages("/v1/contributions", employer=CITY, month=MONTH, agent=world.id_of("titulaire"), limit=200)
    )
    return lines if {line["guarantee"] for line in lines} >= set(AMOUNTS) else None


def _sums(lines: list[dict[str, Any]], field: str) -> dict[str, str]:
    """What is due is the sum of the lines: a line is never edited, it is completed by another."""
    sums = dict.fromkeys(AMOUNTS, Money.zero())
    for line in lines:
        sums[line["guarantee"]] += Money.parse(line[field])
    return {guarantee: str(amount) for guarantee, amount in sums.items()}


def _explained(world: World, line: dict[str, Any]) -> None:
    why = world.hris.get(f"/v1/contributions/{line['id']}/trace")
    world.report.true("la ligne se recalcule à l'identique", holds=why["verified"], source="décision rejouable")
    told = why["information"]
    world.report.equal("participation due au moins", told["floor"], FLOOR, "rulebook G23 : décret 2022-581")
    world.report.true("la part de l'employeur l'atteint", holds=told["floor_met"], source="rulebook G23")


def _statements(world: World, lines: list[dict[str, Any]]) -> None:
    for key in sorted({line["statement"] for line in lines}):
        statement = world.hris.get(f"/v1/statements/{key}")
        world.report.note(f"bordereau n° {statement['number']}, {statement['lines']} lignes, {statement['amount']} €")
        world.report.equal("bordereau destiné à", statement["insurer"], "demo-a", "hypothèse : assureur A")


def _bounds(world: World) -> None:
    """Beyond these a run waits for a person; a dry run says them too."""
    body = {"employer": CITY, "month": MONTH, "dry_run": True}
    again = world.hris.post("/v1/runs", body, key=world.key(f"dry-{MONTH}"))
    world.report.equal("bornes d'un traitement", again["bounds"], BOUNDS, "hypothèse d'exploitation")
