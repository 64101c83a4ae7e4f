"""What a person may ask about his own data, and what the law says of keeping it: in each service that holds some."""

from __future__ import annotations

import uuid
from typing import Final

from tests.e2e.story.agents import hire
from tests.e2e.story.asking import JSON, Story
from tests.e2e.story.door import INSURER

SERVICES: Final = ("contributions", "claims", "agents")  # which tells the others


def tell(story: Story) -> None:
    agent = hire(story, "M8")
    restriction = "/v1/agents/{agent}/restriction"
    for verb in ("PUT", "GET"):
        story.ask(f"{verb} {restriction}", agent=agent)
    for service in SERVICES:
        query = {"agent": agent}
        shown = story.ask(f"GET /v1/{service}/erasures", query=query).json()
        confirmed = {"preview": shown["preview"], "override": True}
        story.ask(f"POST /v1/{service}/erasures", query=query, body=confirmed)
        for verb in ("GET", "POST"):
            story.ask(f"{verb} /v1/{service}/purges")
    read = story.ask("GET /v1/events", by=INSURER, query={"limit": 1}).json()["next"]
    answer = {"id": str(uuid.uuid4()), "type": "fr.psc.partner.event.acknowledged.v1", "data": {"cursor": read}}
    story.ask("POST /v1/partner-messages", by=INSURER, body=(answer, JSON))
    story.ask("GET /v1/partner-messages", by=INSURER)
