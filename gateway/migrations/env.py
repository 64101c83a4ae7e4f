"""Alembic's entry to the gateway's migrations."""

from gateway.adapters.tables import metadata
from kit.db.migrate import run

run(metadata)
