"""Follow the registry: keep the terms of every accord as published."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import Envelope
from services.contributions.adapters import terms
from services.contributions.domain.terms_document import kept, read_terms


async def terms_published(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Keep them, once they are seen to say what contributions need; if not, the event is parked."""
    read = read_terms(data)
    await terms.store(tx, read.agreement, read.version, kept(data))
