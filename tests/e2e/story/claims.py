"""What the statute pays and the contract adds: a claim to its payment and back, annuities, capitals, overpayments."""

from __future__ import annotations

from typing import Any, Final

from tests.e2e.story.agents import hire
from tests.e2e.story.asking import STAFF, Story
from tests.e2e.story.registry import EMPLOYER

LEAVES: Final = "/v1/agents/{agent}/leaves"
PAY: Final = "PUT /v1/pay/{employer}/{matricule}/{month}"
OF: Final = "/v1/claims/{claim}"


def tell(story: Story) -> None:
    agent = story.known["agent"] = hire(story, "M5")
    story.known |= {"employer": EMPLOYER}
    who = {"employer": EMPLOYER, "agent": agent}
    story.ask("PUT /v1/ri-maintenance/{employer}", body={"kind": "CGM"})
    story.ask("GET /v1/ri-maintenance/{employer}")
    story.ask(PAY, matricule="M5", month="2026-01")
    body = {"start": "2026-02-01", "end": "2026-07-31"}
    leave = story.ask(f"POST {LEAVES}", body=body)
    story.ask("POST /v1/agents/{agent}/options", body={"guarantee": "DEATH"})
    found = story.until(lambda: story.ask("GET /v1/claims", query={"agent": agent}).json()["items"], "a claim")
    story.known["claim"] = found[0]["id"]
    story.ask("GET /v1/entitlements", query={"agent": agent})
    _decided(story)
    _stated(story, who, leave.json()["id"])
    _handled(story)
    _paid(story)
    _overpaid(story, leave)
    _invalid(story)


def _decided(story: Story) -> None:
    query = {"claim": story.known["claim"]}
    decided = story.until(lambda: story.ask("GET /v1/benefits", query=query).json()["items"], "benefits")
    story.ask("GET /v1/decisions/{decision}", decision=decided[0]["decision"])
    story.ask("GET /v1/decisions/{decision}/trace", decision=decided[0]["decision"])
    story.ask("GET /v1/decisions/{decision}/alternatives", decision=decided[0]["decision"])
    for what in ("", "/file", "/payments"):
        story.ask(f"GET {OF}{what}")


def _stated(story: Story, who: dict[str, str], leave: str) -> None:
    story.ask("PUT /v1/claims/causes", body={**who, "leave": leave})
    for what in ("daily-allowances", "temporary-invalidities", "part-times", "replacements"):
        story.ask(f"PUT /v1/claims/{what}", body=who)
    for what in ("causes", "daily-allowances", "temporary-invalidities", "part-times", "replacements"):
        story.ask(f"GET /v1/claims/{what}", query=who)
    story.ask("PUT /v1/claims/redecisions/{employer}/{agent}")
    story.ask("GET /v1/claims/redecisions")
    story.ask("POST /v1/claims/previews", body=who)


def _handled(story: Story) -> None:
    story.ask(f"PUT {OF}/declaration")
    for document in story.ask(f"GET {OF}/file").json()["required"]:
        story.ask(f"POST {OF}/documents", body={"document": document})
    etag = story.ask(f"GET {OF}/file").headers["etag"]
    story.ask(f"POST {OF}/steps", etag=etag)
    etag = story.ask(f"GET {OF}/overrides").headers["etag"]
    story.ask(f"PUT {OF}/overrides/{{month}}", month="2026-06", etag=etag)
    story.ask(f"POST {OF}/insurer-decisions")


def _paid(story: Story) -> None:
    story.ask(f"POST {OF}/payments")
    story.ask(f"POST {OF}/payments", body={"amount": "9000.00", "reference": "VIR-2026-0002"})
    (excess,) = story.ask(f"GET {OF}/payments").json()["excesses"]
    story.ask(f"POST {OF}/payment-reviews", body={"amount": excess["amount"]})
    query = {"employer": EMPLOYER, "month": "2026-06"}
    story.ask("GET /v1/claims/advances", query=query)
    story.ask("GET /v1/awards/dues", query=query)


def _overpaid(story: Story, leave: Any) -> None:
    """The leave was shorter than what was told: a month that was paid is taken back."""
    agent = story.known["agent"]
    etag = story.ask("GET /v1/agents/{agent}").headers["etag"]
    story.ask(f"PATCH {LEAVES}/{{leave}}", leave=leave.json()["id"], etag=etag, body={"end": "2026-05-31"})
    query = {"agent": agent}
    found = story.until(lambda: story.ask("GET /v1/overpayments", query=query).json()["items"], "an overpayment")
    story.known["overpayment"] = found[0]["id"]
    story.ask("GET /v1/overpayments/{overpayment}")
    for verb, what in (("PUT", "schedule"), ("POST", "recoveries"), ("POST", "waivers")):
        story.ask(f"{verb} /v1/overpayments/{{overpayment}}/{what}")


def _another_amount(story: Story, annuity: Any) -> None:
    """One proposes it and another approves it: a client of the employer's own."""
    award, colleague = "/v1/awards/{award}/overrides", f"collegue-{story.tag}"
    about = {"id": colleague, "scopes": ["claims:read", "claims:write"], "employers": [EMPLOYER]}
    story.platform.clients[colleague] = story.ask("POST /v1/clients", body=about).json()["secret"]
    story.known["award"] = annuity["id"]
    for verb, by, said in (("proposal", STAFF, {"body": {"amount": "10.00"}}), ("approval", colleague, {})):
        etag = story.ask(f"GET {award}").headers["etag"]
        story.ask(f"PUT {award}/{verb}", by=by, etag=etag, **said)


def _invalid(story: Story) -> None:
    query = {"agent": story.known["agent"]}
    story.ask("POST /v1/agents/{agent}/invalidities")
    annuities = story.until(lambda: story.ask("GET /v1/annuities", query=query).json()["items"], "an annuity")
    _another_amount(story, annuities[0])
    story.ask("PUT /v1/annuities/revaluations", body={"agreement": story.known["agreement"]})
    story.ask("GET /v1/annuities/revaluations", query={"agreement": story.known["agreement"]})
    story.ask("POST /v1/agents/{agent}/death")
    story.until(lambda: story.ask("GET /v1/capitals", query=query).json()["items"], "a capital")
    agent = hire(story, "M6")
    before = {"start": "2025-09-15", "end": "2026-03-31"}
    leave = story.ask(f"POST {LEAVES}", agent=agent, body=before).json()["id"]
    taken = {"employer": EMPLOYER, "agent": agent, "leave": leave, "agreement": story.known["agreement"]}
    entitled = {"agent": agent}
    story.until(lambda: story.ask("GET /v1/entitlements", query=entitled).json()["periods"], "rights")
    story.ask("POST /v1/claims/takeovers", body={**taken, "from": "2026-02-01"})
    story.ask("GET /v1/claims/takeovers", query=entitled)
    story.ask("POST /v1/claims/takeovers/cancellations", body={k: taken[k] for k in ("employer", "agent", "leave")})
