"""What people were told to do about agents whose case waits for something."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "open_work",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "kind", name=op.f("pk_open_work")),
    )
    rls.enable(op, "open_work")


def downgrade() -> None:
    op.drop_table("open_work")
