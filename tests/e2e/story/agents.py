"""An agent's file: hired, changed, away, back, gone and not gone; and the same by files."""

from __future__ import annotations

import json
from random import Random
from typing import Any, Final

from relais.synthetic.identity import fictitious_nir
from tests.e2e.story.asking import Story
from tests.e2e.story.registry import EMPLOYER
from tests.services.agreements.relay import report_of

OF: Final = "/v1/agents/{agent}"
PDF: Final = b"%PDF-1.4\n%%EOF\n"
JSON_LINES: Final = "application/jsonl"


def hire(story: Story, matricule: str, **more: Any) -> str:
    """An agent whom nobody else knows, once covered."""
    nir = fictitious_nir(Random(f"{story.tag}{matricule}"), 1975, 3)
    body = {"employer": EMPLOYER, "matricule": matricule, "nir": nir, **more}
    agent = str(story.ask("POST /v1/agents", body=body).json()["id"])
    read = f"GET {OF}/affiliation"
    story.until(lambda: story.ask(read, agent=agent).json()["periods"], f"the cover of {matricule}")
    return agent


def tell(story: Story) -> None:
    story.known["agent"] = hire(story, "M1")
    story.ask("GET /v1/agents", query={"employer": EMPLOYER})
    story.ask("GET /v1/affiliations", query={"employer": EMPLOYER})
    found = story.ask(f"GET {OF}")
    story.ask(f"PATCH {OF}", etag=found.headers["etag"])
    _facts(story)
    _dispense(story)
    _proofs(story)
    _notice(story)
    _many(story)


def _facts(story: Story) -> None:
    """What is recorded is then changed, with the version that recording it gave."""
    for noun, name in (
        ("employments", "employment"),
        ("options", "option"),
        ("invalidities", "invalidity"),
        ("positions", "position"),
        ("leaves", "leave"),
    ):
        made = story.ask(f"POST {OF}/{noun}")
        etag = made.headers["etag"]
        path = f"{OF}/{noun}/{{{name}}}"
        if noun == "leaves":
            etag = story.ask(f"POST {path}/extensions", **{name: made.json()["id"]}).headers["etag"]
        story.ask(f"PATCH {path}", **{name: made.json()["id"], "etag": etag})
    made = story.ask(f"POST {OF}/departures")
    story.ask(f"DELETE {OF}/departures/{{departure}}", departure=made.json()["id"], etag=made.headers["etag"])
    story.ask(f"POST {OF}/death", body={"kind": "IAD"})
    story.ask(f"DELETE {OF}/death/{{kind}}", kind="IAD")


def _dispense(story: Story) -> None:
    contract = {"kind": "CONTRACTUEL_PUBLIC", "contract": "CDD", "start": "2026-01-05", "end": "2028-12-31"}
    agent = hire(story, "M2", employment={**contract, "weekly_hours": "35.00"})
    asked = story.ask(f"POST {OF}/dispenses", agent=agent).json()["id"]
    proved = story.ask(f"POST {OF}/dispenses/{{dispense}}/proofs", agent=agent, dispense=asked)
    etag = proved.headers["etag"]
    story.ask(f"PATCH {OF}/dispenses/{{dispense}}", agent=agent, dispense=asked, etag=etag)
    story.ask(f"POST {OF}/opening-balance", agent=hire(story, "M3"))


def _proofs(story: Story) -> None:
    query = {"purpose": "DISPENSE"}
    proof = story.ask(f"POST {OF}/proofs", query=query, body=(PDF, "application/pdf")).json()["id"]
    story.ask(f"GET {OF}/proofs")
    story.ask(f"GET {OF}/proofs/{{proof}}", proof=proof)
    story.ask(f"DELETE {OF}/proofs/{{proof}}", proof=proof)


def _notice(story: Story) -> None:
    """Who is covered waits for the notice of the insurer: one is handed it, another gets it by mail."""
    of = "/v1/agreements/{agreement}/notices"
    handed = {"agent": story.known["agent"], "employer": EMPLOYER}
    who = {"agent": hire(story, "M7"), "employer": EMPLOYER}

    def both_wait() -> bool:
        waiting = {one["agent"] for one in story.ask(f"GET {of}/waiting").json()["items"]}
        return {handed["agent"], who["agent"]} <= waiting

    story.until(both_wait, "agents who wait for the notice")
    story.ask(f"POST {of}/{{version}}/deliveries", version=1, body=handed)
    mail = {**story.example(f"POST {of}/{{version}}/mails")["mails"][0], **who}
    story.ask(f"POST {of}/{{version}}/mails", version=1, body={"mails": [mail]})
    sent = story.until(lambda: story.platform.post.received, "the mail")[-1]
    report = report_of(sent, "delivered", "2.0.0")
    story.ask("POST /v1/notices/reports", body=(report, "message/rfc822"))


def _many(story: Story) -> None:
    """Several in one call, and files of any size."""
    hired = story.example("POST /v1/agents") | {"employer": EMPLOYER}
    rows = [{**hired, "matricule": f"M{n}", "nir": fictitious_nir(Random(n), 1975, 3)} for n in (11, 12, 13)]
    story.ask("POST /v1/agents:bulk", body={"items": rows[:1]})
    entries = [{"start": "2026-03-02", "end": "2026-03-13"}]
    leave: dict[str, Any] = {"employer": EMPLOYER, "matricule": "M11", "kind": "CMO", "entries": entries}
    balance = {"employer": EMPLOYER, "matricule": "M11", "as_of": "2026-01-01"}
    for kind, row in (("agents", rows[1]), ("leaves", leave), ("opening-balances", balance)):
        import_file(story, kind, (json.dumps(row).encode(), JSON_LINES))


def import_file(story: Story, kind: str, body: tuple[bytes, str]) -> None:
    """Send a file, follow it to its end, read what it refused."""
    path = f"/v1/imports/{kind}"
    job = story.ask(f"POST {path}", body=body, employer_of=EMPLOYER).json()["id"]
    told = story.until(lambda: _ended(story, f"GET {path}/{{job}}", job), f"the import of {kind}")
    assert (told["state"], told["rejected"]) == ("done", 0), story.ask(f"GET {path}/{{job}}/rejects", job=job).text
    story.ask(f"GET {path}/{{job}}/rejects", job=job)
    if kind == "agents":
        story.ask(f"GET {path}/{{job}}/warnings", job=job)


def _ended(story: Story, name: str, job: str) -> dict[str, Any] | None:
    told: dict[str, Any] = story.ask(name, job=job).json()
    return told if told["finished_at"] else None
