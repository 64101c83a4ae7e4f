"""The accord of La Roche-sur-Yon as its event tells it, and variations of it."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from kit.db.database import Scope
from kit.events.envelope import Envelope
from kit.ids import new_id
from kit.period import Period
from services.eligibility.application import follow_agreements
from services.eligibility.domain.terms import EligibilityTerms
from services.eligibility.domain.terms_document import read_terms, terms_for
from services.eligibility.events import AGREEMENTS
from tests.postgres import ComponentDatabase
from tests.yaml_files import read_yaml

FILE = Path(__file__).resolve().parents[3] / "examples" / "accords" / "la-roche-sur-yon-2025.yaml"
FROM_THE_EFFECT = Period(date(2025, 1, 1))


@cache
def _document() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(FILE)
    return content


def content(**changes: Any) -> dict[str, Any]:
    """What the event says of cover, parts of it replaced: `eligibility={"return_days": 45}` changes that figure."""
    whole = copy.deepcopy({**_document(), "version": 1})
    for name, change in changes.items():
        whole[name] = {**whole[name], **change} if isinstance(change, dict) else change
    return whole


def terms(bound: Period = FROM_THE_EFFECT, employer: str | None = None, **changes: Any) -> EligibilityTerms:
    """The terms as this service reads them, for all or as they read for one employer."""
    found = read_terms(terms_for(content(**changes), employer), bound)
    assert found is not None
    return found


async def publish(database: ComponentDatabase, version: int = 1, **changes: Any) -> None:
    """The accord's event arrives, parts of it replaced."""
    data = content(version=version, **changes)
    envelope = Envelope(
        id=new_id(),
        source="/agreements",
        type="fr.psc.agreements.agreement.published.v1",
        time=datetime(2025, 1, 1, tzinfo=UTC),
        topic=AGREEMENTS,
        partitionkey=data["agreement"],
        sequence=version,
        data=data,
    )
    async with database.worker.transaction(Scope.all()) as tx:
        await follow_agreements.published(tx, envelope, data)
