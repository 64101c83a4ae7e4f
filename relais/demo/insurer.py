"""Step 7: the insurer reads its own feed, and nothing else."""

from __future__ import annotations

import json
from typing import Any

from relais.api import Api
from relais.clients import demo_employers
from relais.demo.world import World
from relais.seed import ACCORD

# What an insurer needs to insure: who is covered, what is due, what is claimed. Leaves, pay and recognitions stay home.
FACTS = {
    "fr.psc.eligibility.affiliation.started.v1",
    "fr.psc.eligibility.affiliation.ended.v1",
    "fr.psc.eligibility.option.elected.v1",
    "fr.psc.claims.claim.opened.v1",
    "fr.psc.claims.benefit.decided.v1",
    "fr.psc.claims.annuity.started.v1",
    "fr.psc.claims.capital.due.v1",
}
STATEMENT = "fr.psc.contributions.statement.issued.v1"


def play(world: World) -> None:
    report = world.report
    report.title("7. L'assureur lit son flux")
    events = world.insurer.until(lambda: _complete(world), "les faits de l'assureur")
    mine = [event for event in events if _is_about(event, world)]
    for kind in sorted({event["type"] for event in mine}):
        report.note(f"{sum(event['type'] == kind for event in mine)} × {kind}")
    report.equal("nature des faits sur ces agents", {event["type"] for event in mine}, FACTS, "rien de plus")
    report.equal("lots", {event.get("insurer") for event in events}, {"demo-a"}, "un flux par assureur")
    employers = {event["employer"] for event in events if event["data"].get("agreement") == ACCORD}
    report.true("employeurs de l'accord seulement", holds=employers <= demo_employers(), source="ses lots seulement")
    about = world.id_of("hors-accord") in [event["data"].get("agent") for event in events]
    report.true("rien sur un agent hors de l'accord", holds=not about, source="ses lots seulement")
    report.equal("faits lus par un autre assureur", len(everything(world.other_insurer)), 0, "aucun lot, aucun fait")
    text = json.dumps(events, ensure_ascii=False)
    told = [nir for nir in world.nirs if nir in text]
    report.true("aucun NIR dans le flux", holds=not told, source="protection des données")


def _complete(world: World) -> list[dict[str, Any]] | None:
    events = everything(world.insurer)
    seen = {event["type"] for event in events if _is_about(event, world)}
    billed = any(event["type"] == STATEMENT for event in events)
    return events if billed and seen >= FACTS else None


def _is_about(event: dict[str, Any], world: World) -> bool:
    about = event["data"].get("agent")
    return about in [agent["id"] for agent in world.agents.values()]


def everything(api: Api) -> list[dict[str, Any]]:
    """Everything on a client's feed, from the first fact."""
    events: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = api.get("/v1/events", after=cursor, limit=200)
        if not page["events"]:
            return events
        events += page["events"]
        cursor = page["next"]
