"""Correct a regional scheme: a new version of its document, with who and why."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.agreements.adapters import schemes
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.adapters.schemes import StoredScheme
from services.agreements.domain.errors import InvalidScheme
from services.agreements.domain.scheme_changes import correction_findings


async def correct_scheme(
    tx: AsyncConnection, stored: StoredScheme, document: SchemeDocument, recording: Recording
) -> StoredScheme:
    """The scheme as it then is, nobody else changing it until commit; the document it has already changes nothing.

    Accords read their scheme as it is known: a convention prolonged prolongs them. Terms they took of it stay theirs.
    Raises InvalidScheme.
    """
    named = document.with_names()
    if named.dump() == stored.document.with_names().dump():
        return stored
    if found := correction_findings(stored.document.to_domain(), named.to_domain()):
        raise InvalidScheme(found)
    await schemes.add(tx, named, stored.version + 1, recording)
    return StoredScheme(stored.version + 1, named)
