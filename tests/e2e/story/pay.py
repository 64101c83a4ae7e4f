"""Pay and what is owed: months, statements, payments, settlements, declarations, accounts."""

from __future__ import annotations

from typing import Any, Final

from rules.vocabulary import Regime
from tests.e2e.story.agents import hire, import_file
from tests.e2e.story.asking import Story
from tests.e2e.story.registry import EMPLOYER, INSURER
from tests.postgres import ROOT

MONTH: Final = "2026-01"
EVERY: Final = {"employer": EMPLOYER}
ORDERS: Final = "POST /v1/payment-orders"
TOO_MUCH: Final = "30000.00"  # beyond what an agent's month may change by


def tell(story: Story) -> None:
    story.known |= {"employer": EMPLOYER, "month": MONTH, "insurer": INSURER, "year": "2026", "matricule": "M1"}
    _pay(story)
    _statements(story)
    _parked(story)
    _payments(story)
    _months(story)
    _settlements(story)
    _declarations(story)
    _accounts(story)


def _pay(story: Story) -> None:
    path = "/v1/pay/{employer}/{matricule}/{month}"
    story.ask(f"PUT {path}")
    story.ask(f"GET {path}")
    story.ask("GET /v1/pay", query={**EVERY, "matricule": "M1"})
    item = {**story.example("POST /v1/pay:bulk")["items"][0], **EVERY}
    story.ask("POST /v1/pay:bulk", body={"items": [{**item, "month": "2026-02"}]})
    rows = f"employer,matricule,month,tib\n{EMPLOYER},M1,2026-03,2067.57\n"
    import_file(story, "pay", (rows.encode(), "text/csv"))


def _statements(story: Story) -> None:
    def issued() -> Any:
        run = story.ask("POST /v1/runs", body={**EVERY, "dry_run": False})
        return run.json() and story.ask("GET /v1/statements", query=EVERY).json()["items"]

    statement = story.until(issued, "a statement")[0]["id"]
    story.known["statement"] = statement
    of = "GET /v1/statements/{statement}"
    for what in ("", "/lines", "/payments"):
        story.ask(of + what)
    story.ask(f"{of}/file", query={"format": "csv"})
    line = story.ask("GET /v1/contributions", query=EVERY).json()["items"][0]["id"]
    story.ask("GET /v1/contributions/{line}/trace", line=line)
    story.ask("GET /v1/runs/overview", query={"month": MONTH})
    job = story.ask("POST /v1/runs/regional").json()["id"]
    story.ask("GET /v1/runs/regional")
    story.ask("GET /v1/runs/regional/{job}", job=job)
    story.ask("GET /v1/runs/regional/{job}/refused", job=job)


def _parked(story: Story) -> None:
    """A month that changes too much waits for a person."""
    hire(story, "M4")
    story.ask("PUT /v1/pay/{employer}/{matricule}/{month}", matricule="M4", body={"tib": TOO_MUCH})

    def waits() -> Any:
        story.ask("POST /v1/runs", body={**EVERY, "dry_run": False})
        return story.ask("GET /v1/runs/parked", query={**EVERY, "state": "OPEN"}).json()["items"]

    parked = story.until(waits, "a change that waits")[0]["id"]
    story.ask("POST /v1/runs/parked/{parked}/release", parked=parked)


def _payments(story: Story) -> None:
    contract = {**EVERY, "agreement": story.known["agreement"], "insurer": INSURER}
    paid = story.ask("POST /v1/payments", body={**contract, "reference": f"VIR-{story.tag}"}).json()["id"]
    story.ask("GET /v1/payments", query=EVERY)
    story.ask("GET /v1/payments/{payment}", payment=paid)
    story.ask("POST /v1/payments/{payment}/allocations", payment=paid, body={"allocations": None})
    story.ask("POST /v1/payments/{payment}/cancellation", payment=paid)
    story.ask("GET /v1/receivables", query=EVERY)
    owed_to = {"agreement": contract["agreement"], "insurer": INSURER}
    creditors = [{**one, **owed_to} for one in story.example(ORDERS)["creditors"]]
    story.ask(ORDERS, body={**EVERY, "creditors": creditors})


def _months(story: Story) -> None:
    of = "/v1/months/{employer}"
    story.ask(f"POST {of}/{{month}}/close", month="2026-02")
    story.ask(f"POST {of}/{{month}}/reopen", month="2026-02")
    story.ask(f"GET {of}")


def _settlements(story: Story) -> None:
    story.known["settlement"] = story.ask("POST /v1/settlements", body={"insurer": INSURER}).json()["id"]
    story.ask("GET /v1/settlements")
    of = "GET /v1/settlements/{settlement}"
    for what in ("", "/lots", "/statements"):
        story.ask(of + what)
    story.ask(f"{of}/file", query={"format": "csv"})


def _declarations(story: Story) -> None:
    of = "/v1/dsn/parameters/{employer}"
    codes = {"option": "BASE", "populations": dict.fromkeys(Regime, "TOUS")}
    guarantees = {"guarantees": {"BASE": codes, "DEATH": codes}}
    story.ask(f"PUT {of}/{{agreement}}/{{insurer}}/{{start}}", start="2026-01-01", body=guarantees)
    story.ask(f"GET {of}/{{agreement}}/{{insurer}}/{{start}}", start="2026-01-01")
    story.ask(f"GET {of}")
    for what in ("", "/agents", "/file"):
        story.ask(f"GET /v1/dsn/expected/{{employer}}/{{month}}{what}")
    file = (ROOT / "examples/dsn/dsn-2025-06.txt").read_bytes()
    own = file.replace(b"'999850019'", f"'{EMPLOYER[:9]}'".encode()).replace(b"'00012'", f"'{EMPLOYER[9:]}'".encode())
    import_file(story, "dsn", (own, "text/plain"))
    found = story.until(lambda: story.ask("GET /v1/dsn", query=EVERY).json()["items"], "the declaration")
    story.known["declaration"] = found[0]["id"]
    of = "/v1/dsn/{declaration}"
    for what in ("", "/parts"):
        story.ask(f"GET {of}{what}")
    story.ask(f"POST {of}/reconcile")
    for what in ("", "/file"):
        story.ask(f"GET {of}/differences{what}")
    job = story.ask(f"POST {of}/reconciliations").json()["id"]
    story.ask("GET /v1/dsn/reconciliations/{job}", job=job)


def _accounts(story: Story) -> None:
    story.ask("GET /v1/accounts", query=EVERY)
    of = "GET /v1/accounts/{agreement}/{insurer}/{year}"
    story.ask(of)
    story.ask(f"{of}/file", query={"format": "csv"})
    days = {"from": "2026-01-01", "to": "2026-12-31"}
    story.ask("GET /v1/accounting/{employer}", query={**days, "format": "csv"})
