"""How far each mailbox was read, written in the transaction of what its messages do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.agreements.adapters.mailbox import Place
from services.agreements.adapters.tables import mailbox_place


async def of(tx: AsyncConnection, key: str) -> Place | None:
    """How far a mailbox was read; None when it never was."""
    query = select(mailbox_place).where(mailbox_place.c.mailbox == key)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else Place(row["numbering"], row["last"])


async def advance(tx: AsyncConnection, key: str, place: Place, at: datetime) -> bool:
    """Go on to a place, whoever else does so waiting until commit; False when somebody was there already."""
    table = mailbox_place.c
    values = {"numbering": place.numbering, "last": place.last, "read_at": at}
    further = or_(table.numbering != place.numbering, table.last < place.last)
    new = insert(mailbox_place).values(mailbox=key, **values)
    done = await tx.execute(new.on_conflict_do_update(index_elements=[table.mailbox], set_=values, where=further))
    return done.rowcount == 1
