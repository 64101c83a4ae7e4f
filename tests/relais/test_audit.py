"""`make audit` says of how much it knows, and fails on what is known to be vulnerable alone."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from tests.postgres import ROOT


@pytest.fixture
def audit() -> Any:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "requirements/audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOUND = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "Dependency not found"}
HURT = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([SOUND], 0, "connues : 0 (sur 1 composants)"),
        ([], 0, "ne répond pas pour 1 composants sur 1"),
        ([SKIPPED], 0, "ne répond pas pour 1 composants sur 1"),
        ([HURT], 1, "c 2 : PYSEC-1, corrigée par 2.1"),
    ],
)
def test_what_is_not_known_is_said_and_fails_nothing(
    audit: Any, packages: list[dict[str, Any]], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit._said(packages, 1) == code
    assert said in capsys.readouterr().out
