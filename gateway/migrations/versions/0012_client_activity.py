"""What clients ask, hour by hour, their last call and failure, how far each has read its feed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "client_hour",
        sa.Column("client", sa.Text(), primary_key=True),
        sa.Column("hour", sa.DateTime(timezone=True), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("calls", "refused", "failed")),
    )
    op.create_index("ix_client_hour_hour", "client_hour", ["hour"])
    op.create_table(
        "client_activity",
        sa.Column("client", sa.Text(), primary_key=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("failed_status", sa.Integer()),
        sa.Column("failed_operation", sa.Text()),
        sa.Column("read_to", sa.BigInteger()),
    )


def downgrade() -> None:
    for table in ("client_activity", "client_hour"):
        op.drop_table(table)
