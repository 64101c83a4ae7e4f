"""Webhooks of partners: where their events are posted, how far each has come, what went wrong last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text())),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("previous_sealed", sa.LargeBinary()),
        sa.Column("previous_until", instant),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("next_at", instant, nullable=False),
        sa.Column("leased_until", instant, nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("attempted_at", instant),
        sa.Column("delivered_at", instant),
        sa.Column("disabled_at", instant),
        sa.Column("recorded_at", instant, nullable=False),
    )
    op.create_index("ix_webhook_client", "webhook", ["client"])
    rls.enable(op, "webhook", column="owner")


def downgrade() -> None:
    op.drop_table("webhook")
