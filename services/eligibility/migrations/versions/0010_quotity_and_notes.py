"""A TPT has the share of full time worked, a sick note that was late the day it was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db.types import RateColumn

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("leave_entry", sa.Column("quotity", RateColumn))
    op.add_column("leave_entry", sa.Column("sent_on", sa.Date()))
