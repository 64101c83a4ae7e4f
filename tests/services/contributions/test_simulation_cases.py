"""The simulation over HTTP: golden cases, and bodies that are no question."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from services.contributions.main import create_app
from tests.golden.cases import OK, Case, difference
from tests.postgres import SessionPostgres
from tests.services.client import Service, running
from tests.services.contributions.facts import ROOT
from tests.services.contributions.test_simulation import ASKED, ask
from tests.services.contributions.world import NOW, World

CASES: Final = ROOT / "tests" / "golden" / "contributions.yaml"


def cases(file: Path) -> list[Case]:
    return [Case.of(file.name, raw) for raw in yaml.safe_load(file.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
async def asked(postgres: SessionPostgres) -> AsyncIterator[Service]:
    """One service for all cases: they write nothing."""
    world = World(await postgres.component("contributions"))
    await world.database.empty()
    await world.accord()
    async with running(create_app, world.database, NOW) as service:
        yield service


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: case.name)
async def test_a_case_is_answered_as_its_source_says(asked: Service, case: Case) -> None:
    response = await ask(asked, case.body)
    assert response.status_code == case.status, f"{case.source}: {response.text}"
    if case.status != OK:
        assert response.headers["content-type"].startswith("application/problem+json")
        assert response.json()["code"]
        assert all(error["pointer"] for error in response.json()["errors"])
    found = difference(case.expect, response.json())
    assert found is None, f"{case.source}: {found}"


@pytest.mark.parametrize("body", [None, [], [ASKED], "text", 5, True, {}])
async def test_a_body_that_is_no_question_is_refused(asked: Service, body: Any) -> None:
    response = await ask(asked, body)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
