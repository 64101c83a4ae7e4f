"""The audit trail names whom a file was about, once its lines are applied."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import audit_trail
from gateway.domain.audit import import_applied
from kit.events.envelope import Envelope


async def file_applied(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """One entry for each event; the entry of the upload, which says why, has the same trace."""
    entry = import_applied(
        envelope.time,
        (data["client"], envelope.employer),
        f"/v1/imports/{data['file']}/{data['job']}",
        envelope.correlationid,
        tuple(data["agents"]),
    )
    await audit_trail.append(tx, [entry])
