"""A statement with all its lines, to be made into a document."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.contributions.adapters import agents, statements
from services.contributions.adapters.papers.paper import Paper
from services.contributions.adapters.statements import Wanted
from services.contributions.domain.errors import StatementTooLong, UnknownStatement

# What a document holds; the lines of a longer statement are read page by page.
MAX_LINES: Final = 200_000


async def paper_of(tx: AsyncConnection, key: UUID) -> Paper:
    """Raises UnknownStatement, StatementTooLong."""
    statement = await statements.one(tx, key)
    if statement is None:
        raise UnknownStatement
    if statement.lines > MAX_LINES:
        raise StatementTooLong
    lines = await statements.lines_after(tx, MAX_LINES, None, Wanted(statement=key))
    matricules = await agents.matricules(tx, statement.employer)
    return Paper(statement, lines, matricules)
