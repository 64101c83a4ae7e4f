"""The real accord, and variations of it."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from kit.recording import Recording
from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.domain.agreement import Agreement
from tests.yaml_files import read_yaml

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "accords"
NOW = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)
STAFF = Recording(NOW, "demo-staff")
LRSY = "la-roche-sur-yon-2025"


def raw(name: str = LRSY) -> dict[str, Any]:
    """The document as its file holds it, for the caller to change."""
    return copy.deepcopy(_read(name))


@cache
def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(EXAMPLES / f"{name}.yaml")
    return content


def scheme() -> SchemeDocument:
    return SchemeDocument.model_validate(raw("pays-de-la-loire-2024"))


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The accord with values put at JSON pointers; None removes a list item or clears a field; `/-` appends."""
    document = raw()
    for pointer, value in changes.items():
        *path, last = pointer.strip("/").split("/")
        place: Any = document
        for part in path:
            place = place[int(part)] if isinstance(place, list) else place[part]
        if isinstance(place, list):
            if last == "-":
                place.append(value)
            elif value is None:
                del place[int(last)]
            else:
                place[int(last)] = value
        else:
            place[last] = value
    return document


def document(changes: dict[str, Any] | None = None) -> AgreementDocument:
    return AgreementDocument.model_validate(changed(changes or {}))


def agreement(changes: dict[str, Any] | None = None) -> Agreement:
    return document(changes).to_domain()
