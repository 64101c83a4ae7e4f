"""Tables whose rows are written once (`kit.db.schema.append_only`), on a real server."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from kit.db.database import Scope
from kit.ids import new_id
from kit.money import Money
from tests.kit.db.sample.tables import ledger_line
from tests.postgres import ComponentDatabase, DatabaseFactory

EMPLOYER = "11111111111111"
OURS = Scope.of(frozenset({EMPLOYER}))


@pytest.fixture
async def sample(database: DatabaseFactory) -> ComponentDatabase:
    """The sample component, with one line that its api role wrote."""
    found = await database("sample")
    line = {"id": new_id(), "employer": EMPLOYER, "account": "BASE", "amount": Money(4920), "reason": "test"}
    async with found.api.transaction(OURS) as tx:
        await tx.execute(insert(ledger_line), [line])
    return found


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_line SET amount = 0", "DELETE FROM ledger_line", "TRUNCATE ledger_line"]
)
async def test_lines_cannot_be_changed(sample: ComponentDatabase, statement: str) -> None:
    for role in (sample.api, sample.worker):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with role.transaction(Scope.all()) as tx:
                await tx.execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE ledger_line SET amount = 0", "DELETE FROM ledger_line"])
async def test_not_even_the_owner_edits_a_line(sample: ComponentDatabase, statement: str) -> None:
    with pytest.raises(DBAPIError, match="never changed"):
        async with sample.migrator.transaction(Scope.all()) as tx:
            await tx.execute(text(statement))
