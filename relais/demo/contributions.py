"""Step 3: pay arrives, lines are computed, a statement is issued."""

from __future__ import annotations

from typing import Any

from relais.demo.world import CITY, World

MONTH = "2025-06"
# A category C titulaire: 2 113.92 + 300.00 - 13.92 of transfert primes/points is a base of 2 400.00.
PAY = {"tib": "2113.92", "ri": "300.00"}
BASE = "2400.00"
# Rulebook G25: the accord's rates on 2 400.00.
AMOUNTS = {"BASE": "49.20", "DEATH": "4.80", "RETIREMENT_LOSS": "8.40", "RI_FULL_PAY": "6.00"}


def play(world: World) -> None:
    report = world.report
    report.title("3. La paie de juin 2025 arrive, les cotisations sont calculées")
    world.pay("titulaire", MONTH, PAY)
    lines = world.hris.until(lambda: _lines_after_run(world), "lignes de cotisation de juin 2025")
    by_guarantee = {line["guarantee"]: line for line in lines}
    report.equal("assiette", by_guarantee["BASE"]["base"], BASE, "accord, art. 5.2 ; TPP de la catégorie C")
    report.equal("cotisations", {code: by_guarantee[code]["amount"] for code in AMOUNTS}, AMOUNTS, "rulebook G25")
    employer = {code: by_guarantee[code]["employer"] for code in AMOUNTS}
    report.equal("part de l'employeur", employer, AMOUNTS, "accord, art. 5.1")
    report.equal("part de l'agent", {by_guarantee[code]["agent"] for code in AMOUNTS}, {"0.00"}, "accord, art. 5.1")
    statement = _statement(world)
    report.note(f"bordereau {statement['number']}, {statement['lines']} lignes, assureur {statement['insurer']}")
    report.equal("bordereau adressé à", statement["insurer"], "demo-a", "accord, hypothèse : assureur A")


def _lines_after_run(world: World) -> list[dict[str, Any]] | None:
    """Run the month until the agent's four lines are there: its facts arrive in their own time."""
    if not _lines(world):
        world.hris.post("/v1/runs", {"employer": CITY, "month": MONTH, "dry_run": False}, key=None)
    lines = _lines(world)
    return lines if {line["guarantee"] for line in lines} >= set(AMOUNTS) else None


def _lines(world: World) -> list[dict[str, Any]]:
    pages = world.hris.pages("/v1/contributions", employer=CITY, month=MONTH, agent=world.id_of("titulaire"))
    return list(pages)


def _statement(world: World) -> dict[str, Any]:
    def last() -> dict[str, Any] | None:
        found = [item for item in world.hris.pages("/v1/statements", employer=CITY) if item["month"] == MONTH]
        return found[-1] if found else None

    return world.hris.until(last, "bordereau de juin 2025")
