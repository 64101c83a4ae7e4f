"""The accord of La Roche-sur-Yon as its event tells it, and variations of it."""

from __future__ import annotations

import copy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kit.period import Period
from services.eligibility.domain.documents import read_terms
from services.eligibility.domain.terms import EligibilityTerms

FILE = Path(__file__).resolve().parents[3] / "examples" / "accords" / "la-roche-sur-yon-2025.yaml"
FROM_THE_EFFECT = Period(date(2025, 1, 1))


@cache
def _document() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return content


def content(**changes: Any) -> dict[str, Any]:
    """What the event says of cover, parts of it replaced: `eligibility={"return_days": 45}` changes that figure."""
    whole = copy.deepcopy({**_document(), "version": 1})
    for name, change in changes.items():
        whole[name] = {**whole[name], **change} if isinstance(change, dict) else change
    return whole


def terms(bound: Period = FROM_THE_EFFECT, **changes: Any) -> EligibilityTerms:
    """The terms as this service reads them."""
    found = read_terms(content(**changes), bound)
    assert found is not None
    return found
