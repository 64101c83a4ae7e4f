"""The door: clients and their secrets, webhooks, feeds, work items, the audit trail; and what-if questions."""

from __future__ import annotations

import re

import httpx

from kit.settings import COMPONENTS
from tests.e2e.story.asking import PATIENCE_S, Story
from tests.platform import PASSWORD

INSURER = "demo-insurer-a"
PERSON = "demo-gestion"
FORM = "application/x-www-form-urlencoded"
SIMULATIONS = (
    "affiliation",
    "benefits",
    "contributions",
    "contributions/terms",
    "contributions/terms/days",
    "contributions/what-if",
    "net-pay",
    "statutory-pay",
)


def tell(story: Story) -> None:
    for name in SIMULATIONS:
        story.ask(f"POST /v1/simulations/{name}")
    _tokens(story)
    _clients(story)
    _persons(story)
    _delegations(story)
    _webhooks(story)
    for path in ("/v1/work-items", "/v1/audit", "/v1/statistics/cover"):
        story.ask(f"GET {path}")
    for what in ("absence", "contributions"):
        story.ask(f"GET /v1/statistics/{what}", query={"year": 2026})
    _exchanges(story)


def _tokens(story: Story) -> None:
    for what in ("jwks.json", "oauth-authorization-server"):
        story.ask(f"GET /.well-known/{what}")
    sent = {"client_id": INSURER, "client_secret": story.platform.clients[INSURER]}
    form = {**sent, "grant_type": "client_credentials"}
    token = story.ask("POST /oauth/token", body=(form, FORM)).json()["access_token"]
    story.ask("POST /oauth/revoke", body=({**sent, "token": token}, FORM))


def _clients(story: Story) -> None:
    client = f"exemple-{story.tag}"
    story.ask("POST /v1/clients", body={"id": client})
    story.ask("GET /v1/clients")
    found = story.ask("GET /v1/clients/{client}", client=client)
    story.ask("POST /v1/clients/{client}/rotations", client=client, etag=found.headers["etag"])
    found = story.ask("GET /v1/clients/{client}", client=client)
    story.ask("DELETE /v1/clients/{client}", client=client, etag=found.headers["etag"])
    story.ask("POST /v1/signing-keys/rotations")


def _persons(story: Story) -> None:
    """An account opened and changed; and a session of somebody else, ended."""
    login = f"exemple-{story.tag}"
    story.ask("GET /v1/roles")
    story.ask("POST /v1/users", body={"login": login})
    story.ask("GET /v1/users", query={"text": login})
    for name in (
        "PUT /v1/users/{login}",
        "POST /v1/users/{login}/invitations",
        "DELETE /v1/users/{login}/lock",
        "DELETE /v1/users/{login}/second-factor",
    ):
        etag = story.ask("GET /v1/users/{login}", login=login).headers["etag"]
        story.ask(name, login=login, etag=etag)
    _signed_in(story.platform.gateway)
    session = story.ask("GET /v1/sessions", query={"login": PERSON}).json()["items"][0]["id"]
    story.ask("DELETE /v1/sessions/{session}", session=session)


def _delegations(story: Story) -> None:
    """Given by the employer to another département's centre, seen, ended."""
    given = story.ask("POST /v1/delegations").json()["id"]
    story.ask("GET /v1/delegations")
    story.ask("DELETE /v1/delegations/{delegation}", delegation=given)


def _signed_in(gateway: str) -> None:
    with httpx.Client(base_url=gateway, trust_env=False, timeout=PATIENCE_S) as http:
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', http.get("/app/sign-in").text)
        assert token is not None
        http.post("/app/sign-in", data={"csrf": token[1], "login": PERSON, "password": PASSWORD})


def _webhooks(story: Story) -> None:
    """The insurer's, as is the feed."""
    story.ask("GET /v1/events", by=INSURER, query={"limit": 1})
    story.ask("GET /v1/insured", query={"limit": 1})
    webhook = story.ask("POST /v1/webhooks", by=INSURER).json()["id"]
    story.ask("GET /v1/webhooks", by=INSURER)
    story.ask("GET /v1/webhooks/{webhook}", by=INSURER, webhook=webhook)
    for what in ("keys", "replays"):
        story.ask(f"POST /v1/webhooks/{{webhook}}/{what}", by=INSURER, webhook=webhook)
    story.ask("DELETE /v1/webhooks/{webhook}", by=INSURER, webhook=webhook)


def _exchanges(story: Story) -> None:
    """How they go with clients, and between components."""
    story.ask("GET /v1/integrations")
    story.ask("GET /v1/integrations/{client}", client=INSURER)
    for component in COMPONENTS:
        of = f"/v1/exchanges/{component}"
        reader = story.ask(f"GET {of}").json()["consumers"][0]["consumer"]
        story.ask(f"GET {of}/parked")
        story.ask(f"POST {of}/replays", body={"consumer": reader})
