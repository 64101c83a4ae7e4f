"""The main job of the file over HTTP, on a real database: hire, cover, options, leaves, invalidity."""

from __future__ import annotations

from kit.db.migrate import check
from tests.services.eligibility.conftest import CITY, Eligibility, hire_body

TIMELINE = [{"start": "2025-02-01", "end": None, "outcome": "AFFILIATED"}]


async def test_tables_and_migrations_agree(eligibility: Eligibility) -> None:
    assert await check(eligibility.database.urls["migrator"], "eligibility") == []


async def test_an_agent_is_hired_and_affiliated_from_the_right_day_with_the_article(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        hired = await hris.post("/v1/agents", json=hire_body(), headers={"idempotency-key": "h1"})
        assert hired.status_code == 201, hired.text
        agent = hired.json()["id"]
        assert "nir" not in hired.text
        assert await eligibility.decide() == 1
        cover = (await hris.get(f"/v1/agents/{agent}/affiliation")).json()
    assert (cover["outcome"], cover["agreement"]) == ("AFFILIATED", "la-roche-sur-yon-2025")
    (period,) = cover["periods"]
    assert (period["start"], period["end"]) == ("2025-02-01", None)
    assert period["reasons"][0]["reference"] == "accord art. 2.1 et 3"
    assert cover["trace"]["rule"] == "eligibility.affiliation"
    hired_event, started = await eligibility.events()
    assert hired_event["type"] == "fr.psc.eligibility.agent.hired.v1"
    assert hired_event["data"]["employment"]["regime"] == "CNRACL"
    assert (started["type"], started["employer"]) == ("fr.psc.eligibility.affiliation.started.v1", CITY)
    assert (started["data"]["from"], started["data"]["to"]) == ("2025-02-01", None)
    assert [{k: p[k] for k in TIMELINE[0]} for p in started["data"]["timeline"]] == TIMELINE
