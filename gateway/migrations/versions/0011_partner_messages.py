"""What insurers answer, by REST or by their topic, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0011"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "partner_message",
        sa.Column("insurer", sa.Text(), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("cursor", sa.Text()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_partner_message_received_at", "partner_message", ["received_at"])
    rls.enable(op, "partner_message", column="insurer")


def downgrade() -> None:
    op.drop_table("partner_message")
