"""The registry: an organisation, a scheme and its committee, an accord from its deposit to its denunciation."""

from __future__ import annotations

from typing import Any, Final

from relais.synthetic.identity import fictitious_siret
from tests.e2e.story.asking import Story

EMPLOYER: Final = "00000009100017"  # of the example
INSURER: Final = "assureur-exemple"
ON: Final = {"on": "2027-12-31"}


def tell(story: Story) -> None:
    _organisations(story)
    _schemes(story)
    _agreements(story)
    _notices(story)
    _changes(story)


def _organisations(story: Story) -> None:
    insurer = {"kind": "INSURER", "code": INSURER, "name": "Assureur d'exemple", "siret": None, "departement": None}
    story.ask("POST /v1/organisations", body=insurer)
    story.ask("POST /v1/organisations")
    story.ask("GET /v1/organisations", query={"limit": 1})
    found = story.ask("GET /v1/organisations/{key}", key=EMPLOYER)
    story.ask("PATCH /v1/organisations/{key}", key=EMPLOYER, etag=found.headers["etag"])
    rows = b"kind,siret,code,name\nUNION,,syndicat-exemple,Syndicat de d\xc3\xa9monstration\nUNION,,,Sans code\n"
    job = story.ask("POST /v1/organisations/imports", body=(rows, "text/csv")).json()["id"]
    story.ask("GET /v1/organisations/imports/{job}", job=job)
    story.ask("GET /v1/organisations/imports/{job}/rejects", job=job)


def _schemes(story: Story) -> None:
    story.ask("POST /v1/schemes")
    story.known["scheme"] = "exemple-2026"
    found = story.ask("GET /v1/schemes/{scheme}")
    story.ask("PUT /v1/schemes/{scheme}", etag=found.headers["etag"])
    for what in ("", "/{scheme}/history"):
        story.ask(f"GET /v1/schemes{what}")
    _committee(story, "/v1/schemes/{scheme}")
    story.ask("GET /v1/conventions")
    story.ask("POST /v1/conventions/{convention}/end", convention="exemple-2026", body=ON)  # shown, not done


def _committee(story: Story, of: str) -> None:
    story.ask(f"POST {of}/committee/members")
    story.ask(f"POST {of}/committee/meetings")
    story.ask(f"POST {of}/committee/meetings/{{held_on}}/sending", held_on="2026-03-20")
    story.ask(f"POST {of}/committee/members/leaving")
    story.ask(f"GET {of}/committee")


def _agreements(story: Story) -> None:
    story.ask("POST /v1/agreements")
    story.known["agreement"] = "exemple-2026"
    for step in ("sign", "publish"):
        story.ask(f"POST /v1/agreements/{{agreement}}/{step}")
    for what in ("", "/terms", "/history"):
        story.ask(f"GET /v1/agreements/{{agreement}}{what}")
    story.ask("GET /v1/agreements/{agreement}/comparison", query={"before": "2026-01-01"})
    story.ask("GET /v1/agreements")
    story.ask("GET /v1/agreements/late-committees")
    for what in ("map", "parties"):
        story.ask(f"GET /v1/agreements/{what}")
    _committee(story, "/v1/agreements/{agreement}")


def _notices(story: Story) -> None:
    """Nobody waits for one yet: what is handed to an agent comes with the agents."""
    story.ask("POST /v1/agreements/{agreement}/notices")
    for what in ("", "/deliveries", "/mails", "/waiting"):
        story.ask(f"GET /v1/agreements/{{agreement}}/notices{what}")


def _changes(story: Story) -> None:
    """Each change is shown first, and made with the proof of having read it. The accord in force is only looked at."""
    of = "POST /v1/agreements/{agreement}"
    for change in ("denunciation", "revisions", "employers/{employer}/end"):
        story.ask(f"{of}/{change}", employer=EMPLOYER)
    employer = fictitious_siret(92)
    other = {"agreement": "exemple-suspendu", "employers": [{**_employer(story), "siret": employer}]}
    story.ask("POST /v1/agreements", body=other)
    for step in ("sign", "publish"):
        story.ask(f"{of}/{step}", agreement="exemple-suspendu")
    shown = story.ask(f"{of}/suspension", agreement="exemple-suspendu", body={"on": "2026-05-01"}).json()
    confirmed = {"on": "2026-05-01", "confirm": shown["confirm"]}
    story.ask(f"{of}/suspension", agreement="exemple-suspendu", body=confirmed)
    story.ask(f"{of}/resumption", agreement="exemple-suspendu", body={"on": "2026-06-01"})


def _employer(story: Story) -> dict[str, Any]:
    employer: dict[str, Any] = story.example("POST /v1/agreements")["employers"][0]
    return employer
