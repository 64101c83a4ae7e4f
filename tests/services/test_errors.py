"""What services refuse with is what their published catalogue says: clients decide by code and status."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from kit.errors import RelaisError

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("services/*/domain/errors.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parts[-3])
def test_errors_are_as_published(file: Path) -> None:
    published: list[dict[str, Any]] = json.loads((ROOT / "contracts/errors.json").read_text(encoding="utf-8"))
    named = [one for one in runpy.run_path(str(file), run_name=file.stem).values() if isinstance(one, type)]
    errors = [one for one in named if issubclass(one, RelaisError) and one.__module__ == file.stem]
    assert errors
    for one in errors:
        entry = {"code": one.code, "status": one.status, "title_fr": one.title_fr, "title_en": one.title_en}
        assert entry in published
