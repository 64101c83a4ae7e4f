"""Step 2: agents are hired, affiliated from the right day, and choose options."""

from __future__ import annotations

from typing import Any

from relais.api import Refused
from relais.demo.world import OUTSIDE, World

FULL_TIME = "35.00"
OPTIONS = ("DEATH", "RETIREMENT_LOSS", "RI_FULL_PAY")
# Exactly the threshold of décret 2022-244: one hour less and the agent is in the régime général.
JUST_CNRACL = "28.00"


def titulaire(start: str, *, hours: str = FULL_TIME) -> dict[str, Any]:
    return {
        "kind": "TITULAIRE",
        "start": start,
        "weekly_hours": hours,
        "category": "C",
        "service_start": "2005-09-01",
        "titular": True,
    }


def contractuel(start: str, end: str) -> dict[str, Any]:
    return {"kind": "CONTRACTUEL_PUBLIC", "contract": "CDD", "start": start, "end": end, "weekly_hours": FULL_TIME}


def play(world: World) -> None:
    report = world.report
    report.title("2. Des agents sont recrutés, affiliés au bon jour, et choisissent des options")
    hires = [
        world.hire("titulaire", titulaire("2025-02-01"), birth="1975-03-01"),
        world.hire("contractuel", contractuel("2025-02-01", "2025-06-30"), birth="1990-05-02"),
        world.hire("vingt-huit", titulaire("2025-02-01", hours=JUST_CNRACL), birth="1980-11-20"),
        world.hire("hors-accord", titulaire("2025-02-01"), birth="1982-07-14", employer=OUTSIDE, by=world.staff),
    ]
    remarks = sorted({one["code"] for hired in hires for one in hired["warnings"]})
    report.equal("remarques sur ces embauches", remarks, [], "rien n'y est improbable : âges, durées, NIR")
    report.note(f"agent {world.id_of('titulaire')}, matricule {world.matricule('titulaire')}")
    _affiliations(world)
    _replay(world)
    for guarantee in OPTIONS:
        elect(world, "titulaire", guarantee)
    report.note("options 1, 2 et 3 choisies par l'agent titulaire")
    _only_for_cnracl(world)


def elect(world: World, role: str, guarantee: str) -> dict[str, Any]:
    """Choose an option for an agent, as the HRIS sends the choice."""
    body = {"guarantee": guarantee, "from": "2025-02-01"}
    chosen: dict[str, Any] = world.hris.post(f"/v1/agents/{world.id_of(role)}/options", body)
    return chosen


def _only_for_cnracl(world: World) -> None:
    """Option 1 opens at exactly 28 hours a week, and to no contractuel."""
    report = world.report
    chosen = elect(world, "vingt-huit", "RETIREMENT_LOSS")
    report.equal("option 1 à 28 heures", chosen["guarantee"], "RETIREMENT_LOSS", "CNRACL : décret 2022-244")
    try:
        elect(world, "contractuel", "RETIREMENT_LOSS")
    except Refused as refused:
        report.equal("option 1 d'un contractuel", refused.code, "option_not_open", "accord, annexe : CNRACL seulement")
    else:
        report.fail("option 1 d'un contractuel : acceptée  [accord, annexe : CNRACL seulement]")


def _affiliations(world: World) -> None:
    report = world.report
    covered = affiliation(world, "titulaire")
    first = covered["periods"][0]
    report.equal("titulaire affilié dès", _start(covered, "AFFILIATED"), "2025-02-01", "accord, art. 2.1 et 3")
    for reason in first["reasons"]:
        report.note(f"{reason['detail']} ({reason['reference']})")
    waiting = affiliation(world, "contractuel")
    report.equal(
        "contractuel de cinq mois : pas encore éligible",
        waiting["periods"][0]["outcome"],
        "NOT_YET_ELIGIBLE",
        "accord, art. 3 : six mois consécutifs",
    )
    reference = next((reason["reference"] for reason in waiting["periods"][0]["reasons"]), None)
    report.equal("article cité", reference, "accord art. 3", "accord, art. 3")


def _replay(world: World) -> None:
    """The same hire sent twice is one agent."""
    again = world.hire("titulaire", titulaire("2025-02-01"), birth="1975-03-01")
    found = world.hris.get("/v1/agents", employer=again["employer"], matricule=again["matricule"])["items"]
    world.report.equal("la même embauche envoyée deux fois", len(found), 1, "une clé naturelle : SIRET et matricule")


def affiliation(world: World, role: str) -> dict[str, Any]:
    """The agent's cover, once it is decided."""

    def read() -> dict[str, Any] | None:
        answer: dict[str, Any] = world.hris.get(f"/v1/agents/{world.id_of(role)}/affiliation")
        return answer if answer.get("periods") else None

    return world.hris.until(read, f"affiliation de {role}")


def _start(answer: dict[str, Any], outcome: str) -> str | None:
    return next((period["start"] for period in answer["periods"] if period["outcome"] == outcome), None)
