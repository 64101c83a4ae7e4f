"""The picture of an agent's cover: what it shows, and whom it refuses to name."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rich.console import Console

from relais.api import Api
from relais.commands.explain import BAR_WIDTH, LOOKS, asked, picture
from relais.errors import CommandError
from rules.vocabulary import AffiliationOutcome
from tests.platform import TestPlatform

SENIORITY = {"rule": "eligibility.seniority", "reference": "accord art. 3", "detail": "Ancienneté de présence."}
ANSWER: dict[str, Any] = {
    "agent": "0190d6f0-0000-7000-8000-000000000001",
    "employer": "99985001900012",
    "agreement": "la-roche-sur-yon-2025",
    "as_of": "2025-09-15",
    "outcome": "AFFILIATED",
    "periods": [
        {"start": "2025-02-01", "end": "2025-07-31", "outcome": "NOT_YET_ELIGIBLE", "reasons": [SENIORITY]},
        {"start": "2025-08-01", "end": None, "outcome": "AFFILIATED", "reasons": [SENIORITY]},
    ],
    "options": [{"guarantee": "DEATH", "from": "2025-08-01", "to": None}],
    "decision": "0190d6f0-0000-7000-8000-000000000002",
    "decided_at": "2025-09-15T09:00:00Z",
}


def shown(answer: dict[str, Any]) -> str:
    console = Console(width=140, highlight=False)
    with console.capture() as captured:
        console.print(picture(answer))
    return captured.get()


def test_every_outcome_has_a_look() -> None:
    assert LOOKS.keys() == {outcome.value for outcome in AffiliationOutcome}


def test_the_timeline_is_drawn_to_scale_with_reasons_and_articles() -> None:
    text = shown(ANSWER)
    bar = next(line for line in text.splitlines() if "█" in line and "→" in line)
    # 181 days of wait of the 227 until the day asked about
    assert bar.count("░") == -(-181 * BAR_WIDTH // 227)
    assert bar.count("░") + bar.count("█") == BAR_WIDTH
    for word in ("couvert", "pas encore éligible", "Ancienneté de présence.", "accord art. 3", "option 2, décès", "…"):
        assert word in text


def test_before_any_decision_it_says_so() -> None:
    text = shown({**ANSWER, "periods": [], "outcome": None})
    assert "Aucune décision" in text


def test_a_day_before_the_first_period() -> None:
    assert "avant la première période" in shown({**ANSWER, "as_of": "2024-01-01", "outcome": None})


async def test_an_agent_is_found_by_matricule_and_by_id(platform: TestPlatform) -> None:
    await asyncio.to_thread(_found, platform)


def _found(platform: TestPlatform) -> None:
    body = {
        "employer": "99985001900012",
        "matricule": "EXPLAIN-1",
        "nir": "180050000200225",
        "last_name": "Exemple",
        "first_name": "Ana",
        "birth_date": "1980-05-02",
        "employment": {"kind": "TITULAIRE", "start": "2025-02-01", "weekly_hours": "35.00", "category": "C"},
    }
    with platform.api("demo-hris") as hris, platform.api("demo-staff") as staff:
        agent = hris.post("/v1/agents", body, key="explain-1")["id"]
        hris.until(lambda: hris.get(f"/v1/agents/{agent}/affiliation")["periods"], "l'affiliation")
        by_name = _asked(staff, "EXPLAIN-1")
        assert _asked(staff, agent) == by_name
        assert "couvert" in shown(by_name)
        for unknown in ("NOBODY", "0190d6f0-0000-7000-8000-00000000ffff"):
            with pytest.raises(CommandError, match="Agent inconnu"):
                _asked(staff, unknown)
        with pytest.raises(CommandError, match="as_of"):
            asked(staff, agent, employer=None, on="demain", known_at=None)


def _asked(api: Api, who: str) -> dict[str, Any]:
    return asked(api, who, employer=None, on=None, known_at=None)
