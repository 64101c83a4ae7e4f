"""Who changed what in an accord, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import Field

from kit.http.auth import requires
from kit.http.route import Tx, service_router
from kit.http.types import Answer
from services.agreements.adapters import agreements
from services.agreements.api.agreements import Key
from services.agreements.domain.errors import UnknownAgreement
from services.agreements.domain.lifecycle import Status
from services.agreements.domain.term_tree import changes

router = service_router(tags=["Accords"])


class EntryKind(StrEnum):
    """What was recorded: a version of the document, or a step of the accord's life."""

    VERSION = "VERSION"
    STEP = "STEP"


class ChangedTermAnswer(Answer):
    """A term and what it said before and after; null: nothing."""

    term: str
    before: str | None
    after: str | None


class EntryAnswer(Answer):
    """One thing recorded. `from` is the day a version speaks from, `on` the day of a step."""

    recorded_at: datetime
    recorded_by: str
    reason: str | None
    kind: EntryKind
    version: int | None = None
    since: date | None = Field(None, serialization_alias="from")
    status: Status | None = None
    on: date | None = None
    changes: list[ChangedTermAnswer] = Field(default_factory=list)

    @classmethod
    def of_version(cls, row: Mapping[str, Any], before: dict[str, Any] | None) -> Self:
        changed = [] if before is None else changes(before, row["document"])
        return cls(
            **_who(row),
            kind=EntryKind.VERSION,
            version=row["version"],
            since=row["effective_from"],
            changes=[ChangedTermAnswer.model_validate(one) for one in changed],
        )

    @classmethod
    def of_step(cls, row: Mapping[str, Any]) -> Self:
        return cls(**_who(row), kind=EntryKind.STEP, status=Status(row["status"]), on=row["on"])


@router.get(
    "/v1/agreements/{agreement}/history",
    dependencies=[requires("agreements:read")],
    summary="Versions et étapes d'un accord, de la plus ancienne à la dernière",
)
async def history(agreement: Key, tx: Tx) -> list[EntryAnswer]:
    """Every version with the terms it changed, and every step, oldest first."""
    versions = await agreements.versions(tx, agreement)
    if not versions:
        raise UnknownAgreement
    before = [None, *(row["document"] for row in versions)]
    entries = [EntryAnswer.of_version(row, old) for row, old in zip(versions, before, strict=False)]
    entries += [EntryAnswer.of_step(row) for row in await agreements.steps(tx, agreement)]
    return sorted(entries, key=lambda entry: (entry.recorded_at, entry.kind is EntryKind.STEP))


def _who(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("recorded_at", "recorded_by", "reason")}
