"""Enter a regional scheme in the registry."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.agreements.adapters import schemes
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.domain.errors import AlreadyRegistered


async def register_scheme(tx: AsyncConnection, document: SchemeDocument, recording: Recording) -> bool:
    """Whether it is new. The same document again changes nothing; another raises AlreadyRegistered."""
    await schemes.lock(tx, document.scheme)
    if await schemes.known(tx, document):
        return False
    if await schemes.latest(tx, document.scheme) is not None:
        raise AlreadyRegistered(pointer="/scheme")
    await schemes.add(tx, document, 1, recording)
    return True
