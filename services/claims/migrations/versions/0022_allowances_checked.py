"""What a notified daily allowance is checked by: the first day of its stop, and what social security granted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("daily_allowance", sa.Column("stop_start", sa.Date()))
    for name in ("waiting_waived", "long_illness", "checked"):
        op.add_column("daily_allowance", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in ("stop_start", "waiting_waived", "long_illness", "checked"):
        op.drop_column("daily_allowance", name)
