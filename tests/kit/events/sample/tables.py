"""Two components for the tests of events: `source` publishes, `sink` applies. Both have the same tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Table, Text

from kit.db.schema import kit_tables, new_metadata

metadata = new_metadata()
kit = kit_tables(metadata)

# Every effect of a handler, in the order of its application.
applied = Table(
    "applied",
    metadata,
    Column("serial", BigInteger, Identity(always=True), primary_key=True),
    Column("key", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("value", BigInteger, nullable=False),
)

# What was built from the events of a key; depends on their order.
state = Table(
    "state",
    metadata,
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
)
