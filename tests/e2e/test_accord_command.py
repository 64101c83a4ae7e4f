"""`relais accord publish` and `diff --from`, typed in another shell beside a platform that runs."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from typer.testing import CliRunner

from relais.commands.accord import app
from relais.credentials import Credentials
from relais.home import Home, Running, write_private
from tests.platform import TestPlatform
from tests.services.agreements.accord import EXAMPLES, LRSY, changed, raw

EMPLOYER = {"siret": "99985009200019", "name": "Commune d'essai", "from": "2025-01-01"}
OWN: dict[str, Any] = {
    "/agreement": "essai-2025",
    "/employers": [EMPLOYER],
    "/signatories": [
        {"side": "EMPLOYER", "party": "Commune d'essai", "name": "A. Maire", "deliberation": "2025-01-10"},
        {"side": "UNION", "party": "Syndicat", "name": "U. Délégué", "mandate": "mandaté"},
    ],
}
REVISED = {
    "/guarantees/0/rates": [
        {
            "from": "2025-01-01",
            "to": "2027-12-31",
            "guaranteed_to": "2027-12-31",
            "rate": "0.0205",
            "employer_share": "1",
            "source": "annexe",
        },
        {"from": "2028-01-01", "rate": "0.0230", "employer_share": "0.8000", "source": "avenant 1"},
    ]
}


@pytest.fixture
def home(platform: TestPlatform, tmp_path: Path) -> Path:
    """What a platform leaves in its home for the commands of other shells."""
    own = Home(tmp_path)
    write_private(own.secrets, json.dumps(asdict(Credentials({}, dict(platform.clients), {}))))
    port = urlsplit(platform.gateway).port
    assert port is not None
    own.announce(Running(os.getpid(), {"gateway": port}, ""))
    return tmp_path


async def run(home: Path, *arguments: str, answers: str = "") -> tuple[int, str]:
    """Exit code (1 for a refusal) and everything said."""
    environment = {"RELAIS_HOME": str(home), "COLUMNS": "400"}
    done = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env=environment, input=answers)
    return done.exit_code, f"{done.output}{done.exception or ''}"


def written(folder: Path, name: str, change: dict[str, Any]) -> str:
    path = folder / name
    path.write_text(yaml.safe_dump(changed(change)), encoding="utf-8")
    (folder / "pays-de-la-loire-2024.yaml").write_text(yaml.safe_dump(raw("pays-de-la-loire-2024")), encoding="utf-8")
    return str(path)


async def test_an_accord_is_published_then_revised(home: Path) -> None:
    first, second = written(home, "un.yaml", OWN), written(home, "deux.yaml", OWN | REVISED)
    for _ in range(2):
        assert await run(home, "publish", first, "--published-on", "2025-03-10") == (0, "essai-2025 : PUBLISHED\n"), (
            "twice changes nothing"
        )
    code, said = await run(home, "publish", second)
    assert code == 1
    assert "un avenant demande --from et --reason" in said
    avenant = ("publish", second, "--from", "2028-01-01", "--reason", "avenant 1")
    code, said = await run(home, *avenant, answers="n\n")
    assert code == 1
    assert "Personne ne peut confirmer ici : ajoutez --yes." in said
    code, said = await run(home, *avenant, "--yes")
    assert code == 0, said
    assert "guarantees/BASE/rates/2028-01-01/rate" in said
    assert "essai-2025 : 0 agent(s) couvert(s) ensuite, 0 rente(s) en cours" in said
    assert said.endswith("essai-2025 : avenant publié\n")
    code, said = await run(home, *avenant, "--yes")
    assert code == 0
    assert "0 clause(s) changée(s)" in said


async def test_a_comparison_says_for_how_many_and_for_how_much(home: Path, platform: TestPlatform) -> None:
    real, other = str(EXAMPLES / f"{LRSY}.yaml"), written(home, "autre.yaml", REVISED)
    with platform.api("demo-staff") as staff:
        agents = await asyncio.to_thread(_covered, staff)
    code, said = await run(home, "diff", real, other, "--from", "2028-01-01")
    assert code == 0, said
    assert f"{LRSY} : {agents} agent(s) couvert(s) ensuite" in said
    assert "cotisations du mois, en €" in said
    assert "total" in said


def _covered(staff: Any) -> int:
    body = {"document": changed(REVISED), "from": "2028-01-01", "reason": "comparaison"}
    shown = staff.post(f"/v1/agreements/{LRSY}/revisions", body)
    found: int = shown["affected"][0]["agents"]
    return found


async def test_what_the_platform_refuses_is_said(home: Path) -> None:
    broken = written(home, "faux.yaml", OWN | {"/agreement": "faux-2025", "/guarantees/0/mandatory": False})
    code, said = await run(home, "publish", broken)
    assert code == 1
    assert "accord non valide" in said
    assert "accord art. 3" in said
    elsewhere = written(home, "ailleurs.yaml", OWN | REVISED | {"/agreement": "jamais-2025"})
    code, said = await run(home, "diff", elsewhere, elsewhere, "--from", "2028-01-01")
    assert code == 1
    assert "Accord introuvable" in said
    early = written(home, "tot.yaml", OWN | {"/guarantees/0/rates/0/rate": "0.0210"})
    code, said = await run(home, "publish", early, "--from", "2026-01-01", "--reason", "x", "--yes")
    assert code == 1
    assert "Accord non valide" in said


async def test_without_a_platform_there_is_nobody_to_ask(tmp_path: Path) -> None:
    code, said = await run(tmp_path, "publish", str(EXAMPLES / f"{LRSY}.yaml"))
    assert code == 1
    assert "Relais ne tourne pas" in said
