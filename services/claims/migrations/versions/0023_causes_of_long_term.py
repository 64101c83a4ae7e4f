"""Whether what a leave is about is a long-term condition (ALD), of which a waiting day is withheld once in three years."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("leave_cause", sa.Column("ald", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("leave_cause", "ald")
